"""What a notebook server of a project needs, as the platform knows it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectLaunch:
    """Everything needed to start JupyterLab for one project."""

    project: str
    """`owner/name`, to show."""
    workspace: Path
    """The project's folder: the kernel's working directory and the root of the file browser."""
    home: Path
    """HOME of the server and its kernels; must be in `read_write` or below a folder that is."""
    python_lab: Path
    """Interpreter of the environment that JupyterLab runs in."""
    kernel_python: Path
    """Interpreter of the environment that the project's kernels run in."""
    api_url: str
    """The platform's REST API, for the Lab extension."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """More variables for the server and its kernels."""
    read_write: tuple[Path, ...] = ()
    """Besides `workspace` and `home`."""
    read_only: tuple[Path, ...] = ()
    """Datasets, modules and whatever else the project may read."""


class ProjectLauncher(Protocol):
    """Turns the server name that JupyterHub knows into a project."""

    def launch(self, username: str, slug: str) -> ProjectLaunch:
        """The launch of a project that `username` may work in; raises NotFound or Forbidden. May block."""
        ...
