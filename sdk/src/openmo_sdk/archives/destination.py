"""Writes below one folder: no name and no link, of the archive or already there, leads a write out of it."""

import contextlib
import errno
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

from openmo_sdk.archives.entries import Entry, RefusedArchive, UnreadableArchive, shown

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_NO_FOLDER = (errno.ENOTDIR, errno.ELOOP)
_USABLE = 0.9  # of the free space: a disk filled to the brim stops everything else on it


@dataclass(slots=True)
class _Counted:
    """Passes on exactly as many bytes as the archive declared."""

    file: BinaryIO
    remaining: int
    name: str

    def write(self, data: bytes, /) -> int:
        self.remaining -= len(data)
        if self.remaining < 0:
            raise UnreadableArchive(f"{shown(self.name)} is larger than the archive says; the archive is damaged.")
        return self.file.write(data)

    def finish(self) -> None:
        if self.remaining:
            raise UnreadableArchive(f"{shown(self.name)} is cut short; the archive is damaged.")


class Destination:
    """The folder that is unpacked into. Each file appears whole or not at all, and replaces what has its name."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._root = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        self._here: tuple[tuple[str, ...], int] = ((), os.dup(self._root))  # archives list files folder by folder

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        os.close(self._here[1])
        os.close(self._root)

    def usable_space(self) -> int:
        """Bytes that may be written: most of what is free to this user."""
        status = os.fstatvfs(self._root)
        return int(status.f_bavail * status.f_frsize * _USABLE)

    def make_directory(self, entry: Entry) -> None:
        self._open_folder(entry.parts)

    @contextlib.contextmanager
    def open_file(self, entry: Entry) -> Iterator[_Counted]:
        """A writer for the entry's bytes; the file gets its name when the block ends with all of them written."""
        folder = os.dup(self._open_folder(entry.parts[:-1]))
        temporary = _temporary_name()
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
            descriptor = os.open(temporary, flags, 0o777 if entry.executable else 0o666, dir_fd=folder)
            try:
                with os.fdopen(descriptor, "wb") as file:
                    counted = _Counted(file, entry.size, entry.path)
                    yield counted
                    counted.finish()
                    file.flush()
                    _set_time(descriptor, entry.modified)
                _name(temporary, entry, folder)
            except BaseException:
                _remove(temporary, folder)
                raise
        finally:
            os.close(folder)

    def link(self, entry: Entry, original: tuple[str, ...]) -> None:
        """One more name for a file already written; a copy, where the file system allows no second name."""
        source_folder = os.dup(self._open_folder(original[:-1]))
        try:
            folder, temporary = self._open_folder(entry.parts[:-1]), _temporary_name()
            try:
                _link_or_copy(original[-1], source_folder, temporary, folder)
                _name(temporary, entry, folder)
            except BaseException:
                _remove(temporary, folder)
                raise
        finally:
            os.close(source_folder)

    def symlink(self, entry: Entry) -> None:
        folder, temporary = self._open_folder(entry.parts[:-1]), _temporary_name()
        os.symlink(entry.target, temporary, dir_fd=folder)
        try:
            _name(temporary, entry, folder)
        except BaseException:
            _remove(temporary, folder)
            raise

    def _open_folder(self, parts: tuple[str, ...]) -> int:
        """Opens step by step from the root, following no link; makes what is missing. The next call closes it."""
        if self._here[0] == parts:
            return self._here[1]
        current = os.dup(self._root)
        for depth, part in enumerate(parts, start=1):
            try:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, dir_fd=current)
                following = os.open(part, _FOLDER, dir_fd=current)
            except OSError as error:
                if error.errno not in _NO_FOLDER:
                    raise
                place = shown("/".join(parts[:depth]))
                raise RefusedArchive(
                    f"{place} is already there as a file or a link; move it away, or choose another folder with -d."
                ) from error
            finally:
                os.close(current)
            current = following
        os.close(self._here[1])
        self._here = (parts, current)
        return current


def _temporary_name() -> str:
    return f".7zx-{secrets.token_hex(8)}"


def _set_time(descriptor: int, modified: float | None) -> None:
    if modified is not None:
        with contextlib.suppress(OSError, OverflowError, ValueError):  # a date that the file system cannot hold
            os.utime(descriptor, (modified, modified))


def _name(temporary: str, entry: Entry, folder: int) -> None:
    try:
        os.rename(temporary, entry.parts[-1], src_dir_fd=folder, dst_dir_fd=folder)
    except IsADirectoryError as error:
        raise RefusedArchive(
            f"{shown(entry.path)} is already there as a folder; move it away, or choose another folder with -d."
        ) from error


def _remove(temporary: str, folder: int) -> None:
    with contextlib.suppress(FileNotFoundError):
        os.unlink(temporary, dir_fd=folder)


def _link_or_copy(name: str, source_folder: int, temporary: str, folder: int) -> None:
    try:
        os.link(name, temporary, src_dir_fd=source_folder, dst_dir_fd=folder, follow_symlinks=False)
    except OSError:
        source = os.open(name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=source_folder)
        with os.fdopen(source, "rb") as reading:
            mode = os.fstat(source).st_mode & 0o777
            copy = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode, dir_fd=folder)
            with os.fdopen(copy, "wb") as writing:
                shutil.copyfileobj(reading, writing)
