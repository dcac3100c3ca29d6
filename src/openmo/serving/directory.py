"""What the gateway must know of deployed apps."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import ClassVar, Protocol

from openmo.core.errors import OpenMoError
from openmo.core.ids import ProjectId, ReleaseId
from openmo.core.messages import message
from openmo.specs.values import Spec


class AppSuspended(OpenMoError):
    """The app's owner has suspended it for now."""

    code: ClassVar[str] = "app_suspended"
    status: ClassVar[int] = 410
    title: ClassVar[str] = message("This app is suspended")
    remedy = "Ask the app's owner to resume it."


class AppAccess(StrEnum):
    """Who may call an app's releases; development releases are their owner's alone in any case."""

    PUBLIC = "public"
    LINK = "link"
    """Anyone with its secret link."""
    SIGNED_IN = "signed_in"
    """Everybody with an account."""
    PRIVATE = "private"
    """Its owner (and administrators)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppLimits:
    """Bounds on calls of one app."""

    timeout: float = 60.0
    """Seconds of one call."""
    memory_bytes: int = 2 << 30
    workers: int = 2
    cpus: int = 1
    """Cores that each worker may use, with all that it starts."""
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
    slug: str = ""
    """The name of its project that never changes; tokens for one app name it by its owner and this."""
    access: AppAccess
    folder: Path
    """The immutable tree with handler.py and app_spec.yml."""
    tree: str = ""
    """The digest of that tree; empty: it is not known."""
    python: Path
    """The interpreter of its environment."""
    read_only: tuple[Path, ...] = ()
    """Datasets, modules and environment that its code may read."""
    spec: Spec = field(hash=False)
    """What its app_spec.yml says."""
    title: str = ""
    description: str = ""
    """In its owner's words, as its project has them."""
    limits: AppLimits = field(default_factory=AppLimits)
    link: str = field(default="", repr=False)
    """The secret of its link; it opens the app while `access` is LINK."""
    origins: tuple[str, ...] = ()
    """Web sites whose pages may call it from a browser, such as `https://example.org`; `*`: all."""
    keep_inputs: bool = False
    """Its owner wants to see what recent calls sent."""
    suspended: bool = False
    """Suspended by its owner: those who may call it are told so."""

    @property
    def open(self) -> bool:
        """Everybody may know of it."""
        return self.access is AppAccess.PUBLIC and self.channel == "release"

    @property
    def public(self) -> bool:
        """Everybody may call it and know of it."""
        return self.open and not self.suspended


class AppDirectory(Protocol):
    """Finds the release that answers a call; a lookup is cheap enough for every call, and holds up no other."""

    async def find(self, owner: str, app: str, version: str | None) -> DeployedRelease | None:
        """The current release, or that version; None when there is no such app or version. Raises Unavailable."""
        ...

    async def public_releases(
        self, *, after: tuple[str, str] = ("", ""), limit: int = 100
    ) -> Sequence[DeployedRelease]:
        """What answers for apps that everybody may call, ordered by owner and name, from behind `after` on.

        Fewer than `limit` mean that there are no more.
        """
        ...
