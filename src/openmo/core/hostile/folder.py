"""A folder in which somebody else's code may change anything at any moment: a workspace, a worker's own."""

import contextlib
import os
import secrets
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath

from openmo.core.errors import Conflict, NotFound
from openmo.core.hostile.beneath import Entry, closing, open_file, open_folder, statuses, walk
from openmo.core.hostile.following import Reached, reach
from openmo.core.hostile.paths import relative_path
from openmo.core.hostile.trees import remove_entry, remove_tree
from openmo.core.messages import message

_HERE = PurePosixPath()
_ROOT = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class HostileFolder:
    """The only way in: no link is followed, and nothing but regular files is opened.

    It is no path, on purpose: what the platform does in such a folder are the methods here, and code that would walk it
    by path does not pass the type checker. Paths in arguments are relative to the folder and come from anybody.
    """

    _root: Path
    """Its name is out of the reach of who may write in it."""
    _inner: PurePosixPath = _HERE
    """The way from there, which is not."""

    @property
    def whereabouts(self) -> PurePosixPath:
        """Its name, to tell others: sandboxes, processes, links, people. Nothing can be opened by it."""
        return PurePosixPath(self._root) / self._inner

    def below(self, path: str) -> "HostileFolder":
        """A folder in this one, whether it is there or not; raises InvalidInput."""
        return HostileFolder(self._root, self._inner / relative_path(path))

    @contextmanager
    def opened(self, path: PurePosixPath = _HERE, *, create: bool = False) -> Iterator[int]:
        """A descriptor of the folder at `path`; with `create` missing ones are made. Raises Conflict, OSError."""
        with closing(os.open(self._root, _ROOT)) as root:
            try:
                folder = open_folder(root, self._inner / path, create=create)
            except NotADirectoryError as error:
                raise Conflict(
                    message(
                        "%(path)s is not a folder of its own: remove %(name)s first.",
                        path=repr(str(self._inner / path)),
                        name=repr(error.filename),
                    )
                ) from error
        with closing(folder):
            yield folder

    def exists(self) -> bool:
        """Whether it is a folder, reached by no link."""
        with contextlib.suppress(Conflict, OSError), self.opened():
            return True
        return False

    def make(self, path: str = "") -> None:
        """There is a folder at `path`; raises Conflict when a link or a file is in the way."""
        with self.opened(relative_path(path), create=True):
            pass

    def has_file(self, path: str) -> bool:
        """Whether a regular file lies there, reached by no link."""
        with contextlib.suppress(NotFound), self._file(path):
            return True
        return False

    def read(self, path: str) -> bytes:
        """The regular file at `path`; raises NotFound."""
        with self._file(path) as descriptor, os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read()

    def write(self, path: str, data: bytes, *, folders: bool = False) -> None:
        """`path` is a new file with this content; raises Conflict when a link on the way or a folder is in the way.

        With `folders`, missing folders on the way are made.
        """
        inner = relative_path(path)
        with self.opened(inner.parent, create=folders) as folder:
            temporary = f".{secrets.token_hex(8)}"
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644, dir_fd=folder)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                os.rename(temporary, inner.name, src_dir_fd=folder, dst_dir_fd=folder)  # replaces a link, never follows
            except BaseException as error:
                os.unlink(temporary, dir_fd=folder)
                if isinstance(error, IsADirectoryError):
                    raise Conflict(message("%(path)s is a folder: rename it first.", path=repr(path))) from error
                raise

    def place_link(self, path: str, target: PurePath) -> None:
        """The entry `path` points to `target`, folders on the way made.

        Raises Conflict when something that is not a link is in the way. Atomic: an earlier link is replaced.
        """
        inner = relative_path(path)
        taken = message("%(path)s exists already and is not an import: rename it first.", path=repr(path))
        with self.opened(inner.parent, create=True) as folder:
            if _is_there(inner.name, folder) and not _is_link(inner.name, folder):
                raise Conflict(taken)
            temporary = f".{inner.name[:200]}.{secrets.token_hex(4)}"
            os.symlink(target, temporary, dir_fd=folder)
            try:
                os.rename(temporary, inner.name, src_dir_fd=folder, dst_dir_fd=folder)
            except OSError as error:  # a folder came into the way since the look
                os.unlink(temporary, dir_fd=folder)
                raise Conflict(taken) from error

    def remove_link(self, path: str) -> None:
        """No link is at `path`; what is not a link stays."""
        inner = relative_path(path)
        with contextlib.suppress(Conflict, FileNotFoundError), self.opened(inner.parent) as folder:
            if _is_link(inner.name, folder):  # what the user put there instead is theirs
                os.unlink(inner.name, dir_fd=folder)

    def take_in(self, file: Path, path: str) -> None:
        """A file of the platform's own, on the same file system, is at `path` instead; raises Conflict, OSError."""
        inner = relative_path(path)
        with self.opened(inner.parent, create=True) as folder:
            os.rename(file, inner.name, dst_dir_fd=folder)  # replaces a link, never follows it

    def give_out(self, path: str, target: Path) -> bool:
        """What lies at `path` is at `target` instead, on the same file system, if it is a file; else it is gone.

        The look follows the move, after which nobody can swap it. Raises InvalidInput, Conflict, OSError.
        """
        inner = relative_path(path)
        with self.opened(inner.parent) as folder:
            os.rename(inner.name, target, src_dir_fd=folder)
        if stat.S_ISREG(target.lstat().st_mode):
            return True
        remove_tree(target)
        return False

    def walk(self, keep: Callable[[PurePosixPath], bool], *, depth: int) -> Iterator[Entry]:
        """See `beneath.walk`; raises Conflict, FileNotFoundError when it is no folder itself."""
        with self.opened() as folder:
            yield from walk(folder, keep, depth=depth)

    def statuses(self, *, depth: int) -> Iterator[os.stat_result]:
        """See `beneath.statuses`; raises Conflict, FileNotFoundError when it is no folder itself."""
        with self.opened() as folder:
            yield from statuses(folder, depth=depth)

    def reach(self, path: PurePosixPath, zones: Sequence[Path] = ()) -> Reached:
        """See `following.reach`, for people who look at what lies here."""
        return reach(self._root, self._inner / path, zones)

    def remove(self) -> None:
        """Nothing is left of it, whatever it holds; raises nothing."""
        if self._inner == _HERE:
            remove_tree(self._root)
            return
        above = HostileFolder(self._root, self._inner.parent)
        with contextlib.suppress(Conflict, OSError), above.opened() as folder:
            remove_entry(folder, self._inner.name)

    @contextmanager
    def _file(self, path: str) -> Iterator[int]:
        inner = relative_path(path)
        absent = NotFound(message("There is no file %(path)s here.", path=repr(path[:120])))
        try:
            with self.opened(inner.parent) as folder:
                descriptor = open_file(folder, inner.name)
        except (Conflict, OSError) as error:
            raise absent from error
        with closing(descriptor):
            yield descriptor


def _is_there(name: str, folder: int) -> bool:
    return _mode(name, folder) != 0


def _is_link(name: str, folder: int) -> bool:
    return stat.S_ISLNK(_mode(name, folder))


def _mode(name: str, folder: int) -> int:
    """0 where nothing has that name."""
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return 0
