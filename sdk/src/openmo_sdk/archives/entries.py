"""What an archive holds, and which names it may give."""

import codecs
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

from openmo_sdk.errors import SdkError

_MAX_NAME = 255  # bytes, the limit of Linux's file systems
_MAX_PATH = 4000
_MAX_DEPTH = 100
_DRIVE = re.compile(r"[A-Za-z]:")


class UnreadableArchive(SdkError):
    """The file is damaged, protected by a password, or of a format that cannot be read here."""


class RefusedArchive(SdkError):
    """The archive can be read, but unpacking it would leave the folder, or fill the disk."""


class EntryKind(Enum):
    FILE = "file"
    DIRECTORY = "directory"
    SYMLINK = "symlink"
    HARDLINK = "hardlink"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record of an archive. `parts` is its checked path; `size` in bytes when unpacked; `modified` a Unix time.

    `target` is a symlink's target as written, or the path in the archive that a hard link repeats. `record` is the
    reader's own.
    """

    parts: tuple[str, ...]
    kind: EntryKind
    size: int = 0
    executable: bool = False
    modified: float | None = None
    target: str = ""
    record: Any = None

    @property
    def path(self) -> str:
        return "/".join(self.parts)


class Output(Protocol):
    """Takes the bytes of one file."""

    def write(self, data: bytes, /) -> int: ...


OpenOutput = Callable[[Entry], AbstractContextManager[Output]]


class Archive(Protocol):
    """An opened archive of some format."""

    def entries(self) -> Iterator[Entry]:
        """All records; raises RefusedArchive for a name or kind that is not allowed, UnreadableArchive for damage."""
        ...

    def extract(self, files: Sequence[Entry], open_output: OpenOutput) -> None:
        """Writes the content of these entries, all of kind FILE, in any order."""
        ...


def checked_parts(name: str) -> tuple[str, ...]:
    """The components of a path in an archive; none for the folder itself. Raises RefusedArchive for what leads out."""
    if name.startswith("/") or _DRIVE.match(name):
        raise RefusedArchive(f"{shown(name)} is an absolute path; it would be written outside the folder.")
    parts = tuple(part for part in name.split("/") if part not in ("", "."))
    sizes = [_size(part) for part in parts]
    if ".." in parts:
        raise RefusedArchive(f"{shown(name)} leads out of the folder by '..'.")
    if "\0" in name:
        raise RefusedArchive(f"{shown(name)} is no file name: it contains a null character.")
    if len(parts) > _MAX_DEPTH or sum(sizes) + len(sizes) > _MAX_PATH or max(sizes, default=0) > _MAX_NAME:
        raise RefusedArchive(f"{shown(name)} is too long or too deep for this file system.")
    return parts


def checked_target(parts: tuple[str, ...], target: str) -> None:
    """Raises RefusedArchive when a symlink at `parts` could point outside the folder.

    `..` may only lead: then it climbs from the link's own real folder, and whatever follows descends, also through
    other links of the same archive, for which the same holds.
    """
    steps = [step for step in target.split("/") if step not in ("", ".")]
    climbs = next((position for position, step in enumerate(steps) if step != ".."), len(steps))
    inside = climbs <= len(parts) - 1 and ".." not in steps[climbs:]
    if not target or target.startswith("/") or "\0" in target or len(target) > _MAX_PATH or not inside:
        raise RefusedArchive(f"The link {shown('/'.join(parts))} points outside the folder, to {shown(target)}.")


def _size(name: str) -> int:
    try:
        return len(os.fsencode(name))
    except UnicodeEncodeError as error:
        raise RefusedArchive(f"{shown(name)} is no file name: it is not valid Unicode.") from error


def shown(name: str) -> str:
    """A name from outside, safe to print: quoted, escaped and cut."""
    return (
        ascii(name[:117] + "...") if not name.isprintable() else repr(name if len(name) <= 120 else name[:117] + "...")
    )


def decode_names(raw: Iterable[bytes], *, otherwise: str) -> str:
    """The encoding in which all of these names make sense: UTF-8, else GBK (Chinese Windows), else `otherwise`."""
    names = list(raw)
    for encoding in ("utf-8", "gbk"):
        if all(_decodes(name, encoding) for name in names):
            return encoding
    return otherwise


def _decodes(name: bytes, encoding: str) -> bool:
    try:
        codecs.decode(name, encoding)
    except UnicodeDecodeError:
        return False
    return True
