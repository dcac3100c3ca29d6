"""Files of a workspace that what is made of it could hold, and why it needs them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath


class FileReason(StrEnum):
    """Why a file is ticked."""

    APP = "app"
    """Every release of an app holds it."""
    MODULE = "module"
    """Every version of a module holds it."""
    IMPORTED = "imported"
    NAMED = "named"
    """A source that is needed names its path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One file that could be held."""

    path: str
    bytes: int
    reason: FileReason | None = None
    """None: nothing that is known to be needed."""
    needed_by: str = ""
    """The source that imports or names it."""

    @property
    def ticked(self) -> bool:
        return self.reason is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """The files, needed ones first."""

    items: tuple[Candidate, ...]
    truncated: bool = False
    """Whether there are more than a list can show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What is made of a workspace: which paths it may hold, and where looking for what it needs begins."""

    source: str
    """The file that runs first."""
    always: tuple[str, ...]
    """Held whenever they are there."""
    required: tuple[str, ...]
    """Held whatever else is chosen."""
    reason: FileReason
    """Of those that are always held."""
    may_hold: Callable[[PurePosixPath], bool]
