"""ZIP archives, with the names that Chinese Windows writes."""

import shutil
import stat
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO

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

_ENCRYPTED, _UTF8 = 0x1, 0x800
_UNIX = 3
_MAX_TARGET = 4096
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, struct.error, NotImplementedError, UnicodeError, ValueError)


class ZipArchive:
    """A ZIP file. Names without the UTF-8 mark are read as UTF-8, GBK or CP437, whichever fits all of them first."""

    def __init__(self, file: BinaryIO) -> None:
        try:
            self._archive = zipfile.ZipFile(file)
        except _DAMAGE as error:
            raise UnreadableArchive(f"The ZIP archive is damaged ({error}); download it again.") from error
        unmarked = (_raw_name(info) for info in self._archive.infolist() if not info.flag_bits & _UTF8)
        self._encoding = decode_names(unmarked, otherwise="cp437")

    def entries(self) -> Iterator[Entry]:
        for info in self._archive.infolist():
            if info.flag_bits & _ENCRYPTED:
                raise UnreadableArchive(
                    "The ZIP archive is protected by a password; unpack it where the password can be given."
                )
            yield self._entry(info)

    def extract(self, files: Sequence[Entry], open_output: OpenOutput) -> None:
        for entry in files:
            try:
                with self._archive.open(entry.record) as content, open_output(entry) as output:
                    shutil.copyfileobj(content, output, 1 << 20)
            except _DAMAGE as error:
                raise UnreadableArchive(f"{shown(entry.path)} cannot be unpacked: {error}") from error

    def _entry(self, info: zipfile.ZipInfo) -> Entry:
        name = info.orig_filename if info.flag_bits & _UTF8 else _raw_name(info).decode(self._encoding)
        name = name.replace("\\", "/")  # old Windows programs; after decoding, as GBK has it inside characters
        parts, kind = checked_parts(name), _kind(info, name)
        return Entry(
            parts=parts,
            kind=kind,
            size=info.file_size if kind is EntryKind.FILE else 0,
            executable=info.create_system == _UNIX and bool(info.external_attr >> 16 & 0o100),
            modified=_timestamp(info),
            target=self._target(info, name) if kind is EntryKind.SYMLINK else "",
            record=info,
        )

    def _target(self, info: zipfile.ZipInfo, name: str) -> str:
        if info.file_size > _MAX_TARGET:
            raise RefusedArchive(f"The link {shown(name)} has a target longer than any path.")
        try:
            return self._archive.read(info).decode("utf-8", "surrogateescape")
        except _DAMAGE as error:
            raise UnreadableArchive(f"The link {shown(name)} cannot be read: {error}") from error


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("cp437")  # what zipfile decoded it with


def _kind(info: zipfile.ZipInfo, name: str) -> EntryKind:
    mode = info.external_attr >> 16 if info.create_system == _UNIX else 0
    if stat.S_ISLNK(mode):
        return EntryKind.SYMLINK
    if name.endswith("/") or stat.S_ISDIR(mode):
        return EntryKind.DIRECTORY
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise RefusedArchive(f"{shown(name)} is a device or a pipe, not a file.")
    return EntryKind.FILE


def _timestamp(info: zipfile.ZipInfo) -> float | None:
    try:
        return time.mktime((*info.date_time, 0, 0, -1))
    except (OverflowError, ValueError):
        return None
