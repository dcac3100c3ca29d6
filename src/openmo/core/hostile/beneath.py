"""Changing what lies in a folder that somebody else can change at any moment.

User code may put a link wherever it may write. A path that the platform writes to is therefore walked folder by folder
from a root that is ours, and a link on the way is refused instead of followed.
"""

import contextlib
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from openmo.core.errors import Conflict, NotFound
from openmo.core.hostile.paths import relative_path
from openmo.core.messages import message

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW


def place_link(root: Path, path: str, target: Path) -> None:
    """The entry `path` below `root` points to `target`, folders on the way made.

    Raises Conflict when something that is not a link is in the way. Atomic: an earlier link is replaced.
    """
    inner = relative_path(path)
    with _open_folder(root, inner.parent, create=True) as folder:
        if _exists_otherwise(inner.name, folder):
            raise Conflict(message("%(path)s exists already and is not an import: rename it first.", path=repr(path)))
        temporary = f".{inner.name[:200]}.{secrets.token_hex(4)}"
        os.symlink(target, temporary, dir_fd=folder)
        try:
            os.rename(temporary, inner.name, src_dir_fd=folder, dst_dir_fd=folder)
        except OSError as error:  # a folder came into the way since the look
            os.unlink(temporary, dir_fd=folder)
            raise Conflict(
                message("%(path)s exists already and is not an import: rename it first.", path=repr(path))
            ) from error


def remove_link(root: Path, path: str) -> None:
    """No link is at `path` below `root`; what is not a link stays."""
    inner = relative_path(path)
    try:
        with _open_folder(root, inner.parent) as folder:
            if stat.S_ISLNK(os.stat(inner.name, dir_fd=folder, follow_symlinks=False).st_mode):
                os.unlink(inner.name, dir_fd=folder)
    except (Conflict, FileNotFoundError):
        return  # what the user put there instead is theirs


def read_beneath(root: Path, path: str) -> bytes:
    """The regular file at `path` below `root`, no link followed; raises NotFound."""
    inner = relative_path(path)
    try:
        with _open_folder(root, inner.parent) as folder:
            descriptor = os.open(inner.name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except (Conflict, OSError) as error:
        raise NotFound(message("There is no file %(path)s here.", path=repr(path[:120]))) from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotFound(message("There is no file %(path)s here.", path=repr(path[:120])))
        with os.fdopen(descriptor, "rb", closefd=False) as file:  # only now: it takes no folders
            return file.read()
    finally:
        os.close(descriptor)


def write_beneath(root: Path, path: str, data: bytes, *, folders: bool = False) -> None:
    """`path` below `root` is a new file with this content; raises Conflict when a link or a folder is in the way.

    With `folders`, missing folders on the way are made.
    """
    inner = relative_path(path)
    with _open_folder(root, inner.parent, create=folders) as folder:
        temporary = f".{secrets.token_hex(8)}"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644, dir_fd=folder)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            os.rename(temporary, inner.name, src_dir_fd=folder, dst_dir_fd=folder)  # replaces a link, never follows it
        except BaseException as error:
            os.unlink(temporary, dir_fd=folder)
            if isinstance(error, IsADirectoryError):
                raise Conflict(message("%(path)s is a folder: rename it first.", path=repr(path))) from error
            raise


@contextmanager
def _open_folder(root: Path, path: PurePosixPath, *, create: bool = False) -> Iterator[int]:
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name in path.parts:
            if create:
                with contextlib.suppress(FileExistsError):  # a folder, or what the next line refuses
                    os.mkdir(name, 0o700, dir_fd=folder)
            try:
                inner = os.open(name, _FOLDER, dir_fd=folder)
            except NotADirectoryError as error:
                raise Conflict(
                    message(
                        "%(path)s is not a folder of its own: remove %(name)s first.",
                        path=repr(str(path)),
                        name=repr(name),
                    )
                ) from error
            os.close(folder)
            folder = inner
        yield folder
    finally:
        os.close(folder)


def _exists_otherwise(name: str, folder: int) -> bool:
    """Whether the name is taken by something that is not a link."""
    try:
        return not stat.S_ISLNK(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False
