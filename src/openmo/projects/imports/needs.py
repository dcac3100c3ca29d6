"""Which packages a module's version needs that a project's notebooks do not have."""

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from openmo.accounts.access import check
from openmo.accounts.rights import Verb
from openmo.accounts.values import Actor
from openmo.core.errors import Conflict
from openmo.core.hostile.beneath import Entry, TooDeep
from openmo.core.hostile.folder import HostileFolder
from openmo.core.packages import PACKAGES
from openmo.environments.packages import HEAD_BYTES, TOTAL_BYTES, conflicts, installed, is_wanted, missing
from openmo.environments.service import EnvironmentService
from openmo.projects.service import ProjectService
from openmo.projects.values import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What stands between a module and a project's own packages, as lines of a requirements.txt."""

    missing: tuple[str, ...]
    """Lines that nothing meets there; at most twenty."""
    conflicts: tuple[str, ...]
    """Those of them whose package is there in another version."""


class ModuleNeedService:
    """Compares what modules ask for with what a project has. Files alone are read: nothing of a package is run."""

    def __init__(self, projects: ProjectService, environments: EnvironmentService) -> None:
        self._projects = projects
        self._environments = environments

    def needs(self, actor: Actor, requirements: Sequence[str], project: Project | None) -> Needs:
        """Of the project's notebooks; None: of those of a new project."""
        own: tuple[str, ...] = ()
        if project is not None:
            check(actor, Verb.IMPORT, project.thing())
            own = own_packages(self._projects.folders(project).workspace)
        wanted, lock = "\n".join(requirements), self._environments.current_lock()
        return Needs(
            missing=missing(wanted, lock=lock, own=own),
            conflicts=conflicts(wanted, lock=lock, own=own),
        )

    def is_ready(self, environment: str) -> bool:
        """Whether the environment of that digest lies on this machine."""
        return environment != "" and self._environments.exists(environment)


def own_packages(workspace: HostileFolder) -> tuple[str, ...]:
    """What a project has in its package folder, as `pip freeze` writes it; what cannot be read is passed over."""
    left, files = TOTAL_BYTES, dict[str, bytes]()
    with contextlib.suppress(Conflict, TooDeep, OSError):
        for entry in workspace.walk(_may_tell, depth=3):
            if not is_wanted(str(entry.path)):
                continue
            data = _head(entry)
            left -= len(data)
            if left < 0:
                break
            files[str(entry.path)] = data
    return installed(files)


def _may_tell(path: PurePosixPath) -> bool:
    """A file about a package, or a folder on the way to one."""
    parts = path.parts
    if parts[0] != PACKAGES or len(parts) > 3:
        return False
    return len(parts) == 1 or parts[1].endswith(".dist-info")


def _head(entry: Entry) -> bytes:
    with contextlib.suppress(OSError), os.fdopen(entry.open(), "rb") as file:
        return file.read(HEAD_BYTES)
    return b""
