"""tar archives: plain, or compressed by gzip, bzip2 or xz; and single files so compressed."""

import bz2
import contextlib
import gzip
import io
import lzma
import os
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, cast

from openmo_sdk.archives.entries import (
    Entry,
    EntryKind,
    OpenOutput,
    RefusedArchive,
    UnreadableArchive,
    checked_parts,
    decode_names,
    shown,
)

_MAX_HEADER = 1 << 20  # long names and their like are read into memory at once
_CHUNK = 1 << 20
_MAX_PADDING = 64 << 20  # what may follow the end; more is somebody's endless stream
_NOWHERE = "/openmo-unpack"  # does not exist: names are judged by their text, not by what lies on this disk
_DAMAGE = (tarfile.TarError, UnicodeError, ValueError)


# Python has these from 3.11.4 on; Debian 12's is older.
_data_filter: Callable[[tarfile.TarInfo, str], object] | None = getattr(tarfile, "data_filter", None)
_FILTER_ERRORS: tuple[type[Exception], ...] = tuple(filter(None, [getattr(tarfile, "FilterError", None)]))


class Content:
    """The bytes inside a compressed file. Raises UnreadableArchive for damage, whichever compressor notices it how."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int, /) -> bytes:
        with _noticing_damage():
            return self._file.read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        with _noticing_damage():
            return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


@contextlib.contextmanager
def _noticing_damage() -> Iterator[None]:
    try:
        yield
    except (EOFError, zlib.error, lzma.LZMAError, gzip.BadGzipFile) as error:
        raise UnreadableArchive(f"The archive is damaged ({error}); download it again.") from error
    except OSError as error:
        if error.errno is not None:
            raise  # the disk's trouble
        raise UnreadableArchive(f"The archive is damaged ({error}); download it again.") from error  # from bz2


DECOMPRESSORS: dict[bytes, Callable[[BinaryIO], Content]] = {
    b"\x1f\x8b": lambda file: Content(cast("BinaryIO", gzip.GzipFile(fileobj=file, mode="rb"))),
    b"BZh": lambda file: Content(cast("BinaryIO", bz2.BZ2File(file))),
    b"\xfd7zXZ\x00": lambda file: Content(cast("BinaryIO", lzma.LZMAFile(file))),  # noqa: SIM115  # closed with the archive's file
}


class _Bounded(io.RawIOBase):
    """Refuses to read more at once than any sound archive asks for."""

    def __init__(self, file: Content) -> None:
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        if not 0 <= size <= _MAX_HEADER + tarfile.RECORDSIZE:
            raise RefusedArchive(f"The archive has a header of {size:,} bytes, far more than any name needs.")
        return self._file.read(size)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


class TarArchive:
    """A tar archive from an uncompressed stream."""

    def __init__(self, file: Content) -> None:
        self._stream = _Bounded(file)
        try:
            self._archive = tarfile.open(fileobj=self._stream, mode="r:")  # noqa: SIM115  # lives as long as the reader
        except _DAMAGE as error:
            raise UnreadableArchive(f"The tar archive cannot be read ({error}); download it again.") from error

    def entries(self) -> Iterator[Entry]:
        try:
            for member in self._archive:
                entry = _entry(member)
                _check_again(member)
                yield entry
            self._check_end()
        except _FILTER_ERRORS as error:
            raise RefusedArchive(f"The tar archive would be written outside the folder: {error}.") from error
        except _DAMAGE as error:
            raise UnreadableArchive(f"The tar archive is damaged ({error}); download it again.") from error

    def extract(self, files: Sequence[Entry], open_output: OpenOutput) -> None:
        for entry in files:
            try:
                content = self._archive.extractfile(entry.record)
                if content is None:
                    raise UnreadableArchive(f"{shown(entry.path)} has no content; the archive is damaged.")
                with content, open_output(entry) as output:
                    shutil.copyfileobj(content, output, _CHUNK)
            except _DAMAGE as error:
                raise UnreadableArchive(f"{shown(entry.path)} cannot be unpacked: {error}") from error

    def _check_end(self) -> None:
        """A damaged header is where the library stops without complaint; a real end is empty or zero.

        Compressors keep their checksum behind the end: only who reads so far hears of a flipped bit.
        """
        self._stream.seek(self._archive.offset)
        if any(self._stream.read(tarfile.BLOCKSIZE)):
            raise UnreadableArchive("The tar archive is damaged in the middle; download it again.")
        for _ in range(_MAX_PADDING // _CHUNK):
            if not self._stream.read(_CHUNK):
                return


class SingleFile:
    """One compressed file, such as `labels.gz`: it is unpacked under its name without the ending."""

    def __init__(self, file: Content, name: str, *, largest: int) -> None:
        self._file = file
        self._name = name
        self._largest = largest

    def entries(self) -> Iterator[Entry]:
        yield Entry(parts=checked_parts(self._name), kind=EntryKind.FILE, size=self._measure())

    def extract(self, files: Sequence[Entry], open_output: OpenOutput) -> None:
        for entry in files:
            self._file.seek(0)
            with open_output(entry) as output:
                shutil.copyfileobj(cast("BinaryIO", self._file), output, _CHUNK)

    def _measure(self) -> int:
        """The unpacked size is nowhere written, so it is unpacked once for the count, up to just over the limit."""
        self._file.seek(0)
        size = 0
        while size <= self._largest and (chunk := self._file.read(_CHUNK)):
            size += len(chunk)
        return size


def looks_like_tar(file: Content) -> bool:
    """Whether a tar header begins here; the position is kept."""
    start = file.tell()
    try:
        tarfile.TarInfo.frombuf(file.read(tarfile.BLOCKSIZE), tarfile.ENCODING, "surrogateescape")
    except _DAMAGE:
        return False
    finally:
        file.seek(start)
    return True


def _entry(member: tarfile.TarInfo) -> Entry:
    name, target = _decoded(member.name), _decoded(member.linkname)
    parts, kind = checked_parts(name), _kind(member)
    if member.size < 0:
        raise UnreadableArchive(f"{shown(name)} has a negative size; the archive is damaged.")
    return Entry(
        parts=parts,
        kind=kind,
        size=member.size if kind is EntryKind.FILE else 0,
        executable=bool(member.mode & 0o100),
        modified=float(member.mtime),
        target="/".join(checked_parts(target)) if kind is EntryKind.HARDLINK else target,
        record=member,
    )


def _check_again(member: tarfile.TarInfo) -> None:
    """The library's own filter, a second wall behind our checks: it refuses devices, and names and links that lead out.

    Its verdict alone counts. What it would write is not used: it drops leading slashes where we refuse, and knows
    neither sizes nor GBK.
    """
    if _data_filter is not None:
        _data_filter(member, _NOWHERE)


def _kind(member: tarfile.TarInfo) -> EntryKind:
    if member.isreg():
        return EntryKind.FILE
    if member.isdir():
        return EntryKind.DIRECTORY
    if member.issym():
        return EntryKind.SYMLINK
    if member.islnk():
        return EntryKind.HARDLINK
    raise RefusedArchive(f"{shown(member.name)} is a device or a pipe, not a file.")


def _decoded(name: str) -> str:
    """Names that are not UTF-8 arrive as surrogates; those of Chinese systems are GBK."""
    if name.isascii() or not any("\udc80" <= character <= "\udcff" for character in name):
        return name
    raw = name.encode("utf-8", "surrogateescape")
    return raw.decode(decode_names([raw], otherwise="utf-8"), "surrogateescape")
