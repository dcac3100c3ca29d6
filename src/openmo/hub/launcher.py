"""How the spawner asks what the notebook server of a project needs."""

from typing import Protocol

from openmo.projects.launch import ProjectLaunch


class ProjectLauncher(Protocol):
    """Turns the server name that JupyterHub knows into a project."""

    def launch(self, username: str, slug: str) -> ProjectLaunch:
        """The launch of a project that `username` may work in; raises NotFound or Forbidden. May block."""
        ...
