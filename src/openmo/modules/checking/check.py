"""The port of the check: something that tries a module before anybody can import it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from openmo.core.hostile.folder import HostileFolder
from openmo.core.versions import Version
from openmo.environments.recipes import UserEnvironment
from openmo.modules.checking.values import CheckReport


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviousRelease:
    """The newest release before: what its callers rely on."""

    version: Version
    spec: str
    """Its module_spec.yml."""
    source: str
    """Its main.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What somebody wants to publish."""

    owner: str
    name: str
    folder: Path
    """All of its files, put aside where no user code writes: a tree of the store."""
    version: Version | None = None
    """As its author wishes; None: whichever the changes demand, or `dev`."""
    previous: PreviousRelease | None = None

    @property
    def files(self) -> HostileFolder:
        """The folder as it is to be read: what is in it came from anybody."""
        return HostileFolder(self.folder)


class ModuleCheck(Protocol):
    """Says what is wrong with a module, and which version it may be."""

    def check(self, candidate: Candidate, *, environment: UserEnvironment | None = None) -> CheckReport:
        """Blocks until it is tried, in the sandbox and within limits; `environment`: None is the base one.

        What is wrong with the module is in the report. Raises Unavailable when too many are checked at once.
        """
        ...
