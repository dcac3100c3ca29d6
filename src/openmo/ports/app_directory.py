"""What the gateway must know of deployed apps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from openmo.core.ids import ProjectId, ReleaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class AppLimits:
    """Bounds on calls of one app."""

    timeout: float = 60.0
    """Seconds of one call."""
    memory_bytes: int = 2 << 30
    workers: int = 2
    queue: int = 64
    idle_seconds: float = 60.0
    """An idle worker is stopped after that."""
    body_bytes: int = 32 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployedRelease:
    """One callable release of an app."""

    release_id: ReleaseId
    project_id: ProjectId
    owner: str
    app: str
    version: str
    channel: str
    """`dev` (owner only) or `release`."""
    public: bool
    folder: Path
    """The immutable tree with handler.py and app_spec.yml."""
    python: Path
    """The interpreter of its environment."""
    read_only: tuple[Path, ...] = ()
    """Datasets, modules and environment that its code may read."""
    spec: Mapping[str, Any]
    """The parsed app_spec.yml, in the form that `openmo.specs` loads."""
    limits: AppLimits = field(default_factory=AppLimits)


class AppDirectory(Protocol):
    """Finds the release that answers a call; a lookup is cheap enough for every call."""

    def find(self, owner: str, app: str, version: str | None) -> DeployedRelease | None:
        """The newest release, or that version; None when there is no such app or version."""
        ...
