"""Which files of a workspace a release needs, and which it may hold."""

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

from openmo.core.errors import InvalidInput
from openmo.core.hostile.folder import HostileFolder
from openmo.core.messages import message
from openmo.projects.candidates.finding import find_candidates, selection, unknown_paths
from openmo.projects.candidates.values import Candidates, FileReason, Product
from openmo.projects.snapshot import is_release

_HANDLER = "handler.py"
_APP_SPEC = "app_spec.yml"
RELEASE = Product(
    source=_HANDLER,
    always=(_HANDLER, _APP_SPEC, "requirements.txt", "README.md"),
    required=(_HANDLER, _APP_SPEC),
    reason=FileReason.APP,
    may_hold=is_release,
)


def release_candidates(workspace: HostileFolder) -> Candidates:
    """Every file that a release of this workspace could hold."""
    return find_candidates(workspace, RELEASE)


def release_selection(workspace: HostileFolder, files: Iterable[str]) -> Callable[[PurePosixPath], bool]:
    """What decides whether a release holds a path, for the files (or whole folders) that its owner chose.

    Raises InvalidInput naming a chosen path that no release of this workspace can hold.
    """
    chosen = tuple(files)
    for path in unknown_paths(workspace, RELEASE, chosen):
        raise InvalidInput(
            message("%(path)s is no file that a release can hold: was it renamed?", path=repr(path[:120])),
            field="files",
        )
    return selection(RELEASE, chosen)
