"""Which files of a workspace a version of its module holds: what main.py needs, folders as a whole."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import PurePosixPath

from openmo.core.errors import InvalidInput
from openmo.core.hostile.folder import HostileFolder
from openmo.core.messages import message
from openmo.projects.candidates.finding import find_candidates, selection, unknown_paths
from openmo.projects.candidates.values import Candidate, FileReason, Product
from openmo.projects.publishing.skeleton import MAIN, README
from openmo.projects.snapshot import is_code
from openmo.specs.files import MODULE_SPEC


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFile:
    """A file, or a folder with all that lies in it, that a version could hold."""

    path: str
    is_folder: bool
    files: int
    bytes: int
    reason: FileReason | None
    """None: nothing that the module is known to need."""
    needed_by: str = ""
    """The source that imports or names it, or something in it."""

    @property
    def ticked(self) -> bool:
        return self.reason is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionFiles:
    """The files and folders, needed ones first."""

    items: tuple[VersionFile, ...]
    truncated: bool
    """Whether there are more than a list can show."""

    @property
    def needed(self) -> tuple[str, ...]:
        return tuple(each.path for each in self.items if each.ticked)


def _may_hold(path: PurePosixPath) -> bool:
    """Code and data of the project's own; nothing hidden (`.env`), since everybody who imports it can read it."""
    return is_code(path) and path.parts[0] != "modules" and not path.name.startswith(".")


VERSION = Product(
    source=MAIN,
    always=(MAIN, MODULE_SPEC, "requirements.txt", README),
    required=(MAIN, MODULE_SPEC),
    reason=FileReason.MODULE,
    may_hold=_may_hold,
)


def version_files(workspace: HostileFolder) -> VersionFiles:
    """Every file at the top and every folder; of a folder of which some files are needed also those."""
    found = find_candidates(workspace, VERSION)
    items = [row for top, members in _by_top(found.items) for row in _rows(top, members)]
    items.sort(key=lambda each: (not each.ticked, each.is_folder, each.path))
    return VersionFiles(items=tuple(items), truncated=found.truncated)


def version_selection(workspace: HostileFolder, files: Iterable[str]) -> Callable[[PurePosixPath], bool]:
    """What decides whether a version holds a path, for the files (or whole folders) that were chosen.

    Raises InvalidInput naming a chosen path that no version can hold.
    """
    chosen = tuple(files)
    for path in unknown_paths(workspace, VERSION, chosen):
        raise InvalidInput(
            message(
                "%(path)s is no file that a version can hold: results, datasets, modules and hidden files stay out.",
                path=repr(path[:120]),
            ),
            field="files",
        )
    return selection(VERSION, chosen)


def _by_top(items: Sequence[Candidate]) -> Iterator[tuple[str, tuple[Candidate, ...]]]:
    ordered = sorted(items, key=lambda each: (PurePosixPath(each.path).parts[0], each.path))
    for top, members in groupby(ordered, key=lambda each: PurePosixPath(each.path).parts[0]):
        yield top, tuple(members)


def _rows(top: str, members: tuple[Candidate, ...]) -> Iterator[VersionFile]:
    if members[0].path == top:
        yield _file(members[0])
        return
    needed = [each for each in members if each.ticked]
    first = next((each for each in needed if each.reason is FileReason.IMPORTED), None)
    if first is None and len(needed) == len(members):
        first = needed[0]
    if first is None:  # a part of it will do
        yield from map(_file, needed)
    yield VersionFile(
        path=top,
        is_folder=True,
        files=len(members),
        bytes=sum(each.bytes for each in members),
        reason=first.reason if first else None,
        needed_by=first.needed_by if first else "",
    )


def _file(found: Candidate) -> VersionFile:
    return VersionFile(
        path=found.path,
        is_folder=False,
        files=1,
        bytes=found.bytes,
        reason=found.reason,
        needed_by=found.needed_by,
    )
