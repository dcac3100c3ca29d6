"""Going into a folder that somebody else can change at any moment: by descriptor, never by path.

User code may put a link wherever it may write, also between a look and the use of what was seen. So each name is opened
in the descriptor of the folder before it, and `O_NOFOLLOW` refuses a link. That is what
`openat2(RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS)` says in one call, on every kernel there is.
"""

import contextlib
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
"""`O_NONBLOCK`: to open a FIFO would wait for its other end."""


class TooDeep(Exception):
    """Folders lie deeper in each other than a walk goes."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a walk has found; its folder stays open until the walk goes on."""

    path: PurePosixPath
    """Relative to where the walk began."""
    status: os.stat_result
    """Of the entry itself: a link is a link."""
    folder: int

    def open(self) -> int:
        """A descriptor of the regular file, for the caller to close; OSError when it is none, or no longer one."""
        return open_file(self.folder, self.path.name)

    def target(self) -> str:
        """Where the link says that it leads."""
        return os.readlink(self.path.name, dir_fd=self.folder)


@contextmanager
def closing(descriptor: int) -> Iterator[int]:
    """The descriptor, closed in the end."""
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def open_folder(folder: int, path: PurePosixPath, *, create: bool = False) -> int:
    """A descriptor of the folder at `path` below an open one, for the caller to close.

    Missing folders are made with `create`. NotADirectoryError: something else, a link say, is there or on the way.
    """
    here = os.dup(folder)
    try:
        for name in path.parts:
            inner = _made(name, here) if create else os.open(name, _FOLDER, dir_fd=here)
            os.close(here)
            here = inner
    except BaseException:
        os.close(here)
        raise
    return here


def _made(name: str, folder: int) -> int:
    """A descriptor of the folder of that name, which is mostly there: trying to make it first would cost a write."""
    try:
        return os.open(name, _FOLDER, dir_fd=folder)
    except FileNotFoundError:
        with contextlib.suppress(FileExistsError):  # somebody was quicker: a folder, or what the next line refuses
            os.mkdir(name, 0o700, dir_fd=folder)
        return os.open(name, _FOLDER, dir_fd=folder)


def open_file(folder: int, name: str) -> int:
    """A descriptor of the regular file of that name, for the caller to close; OSError when it is none."""
    descriptor = os.open(name, _FILE, dir_fd=folder)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise FileNotFoundError(f"{name} is no file")
    return descriptor


def walk(folder: int, keep: Callable[[PurePosixPath], bool], *, depth: int) -> Iterator[Entry]:
    """All that `keep` accepts below an open folder, by name, each folder before what it holds; links are not followed.

    What goes away meanwhile is passed over. Raises TooDeep where folders lie more than `depth` deep in each other: each
    costs an open descriptor.
    """
    return _walk(folder, PurePosixPath(), keep, depth)


def statuses(folder: int, *, depth: int) -> Iterator[os.stat_result]:
    """The status of everything below an open folder, as it is met: who stops early has not listed the rest.

    Raises TooDeep, and OSError for a folder that cannot be looked into.
    """
    if depth < 0:
        raise TooDeep
    with os.scandir(folder) as found:
        for each in found:
            try:
                status = each.stat(follow_symlinks=False)
                inner = os.open(each.name, _FOLDER, dir_fd=folder) if stat.S_ISDIR(status.st_mode) else None
            except (FileNotFoundError, NotADirectoryError):
                continue  # it is gone meanwhile, or something else
            yield status
            if inner is not None:
                with closing(inner):
                    yield from statuses(inner, depth=depth - 1)


def _walk(folder: int, prefix: PurePosixPath, keep: Callable[[PurePosixPath], bool], depth: int) -> Iterator[Entry]:
    if depth < 0:
        raise TooDeep
    for name in sorted(os.listdir(folder)):
        path = prefix / name
        if not keep(path):
            continue
        try:
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
            inner = os.open(name, _FOLDER, dir_fd=folder) if stat.S_ISDIR(status.st_mode) else None
        except OSError:
            continue  # removed or replaced since it was listed, or hidden from us
        if inner is None:
            yield Entry(path, status, folder)
            continue
        with closing(inner):
            yield Entry(path, status, folder)
            yield from _walk(inner, path, keep, depth - 1)
