"""The commit: one record that says how much of everything else is true.

Two slots are written in turn, so a write that is cut off half way destroys at most the older record. Each carries a
checksum and a generation; the valid one of the higher generation counts.
"""

import os
import secrets
import struct
import zlib
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import msgspec
import numpy as np

from openmo.core.plain import NoPlainFile, open_plain, read_plain
from openmo.metrics.reading.parser import ParserState
from openmo.metrics.values import NO_STEP, Records

METRIC_ROW: Final = np.dtype(
    [
        ("rows", "<u8"),  # records in the segment
        ("stepped", "<u8"),  # how many of them have a step
        ("last_step", "<i8"),
        ("last_time", "<f8"),
        ("last_value", "<f8"),
        ("min", "<f8"),  # of the segment; NaN while all are gaps
        ("max", "<f8"),
        ("ascending", "u1"),  # steps of the segment never go back
        ("held", "u1"),  # the last point is not in the segment yet: its epoch may still replace it
    ]
)

SUM: Final = np.dtype("<u4")
_HEADER = struct.Struct("<8sIQ")
_MAGIC: Final = b"OMMETR1\n"
_SLOTS: Final = ("commit.0", "commit.1")
_READ_TRIES: Final = 20


class Commit(msgspec.Struct, frozen=True, kw_only=True):
    """A point in the life of a store; `table` is METRIC_ROW records, one for each name in the first `names_bytes`."""

    store: str = msgspec.field(default_factory=lambda: secrets.token_hex(8))
    generation: int = 0
    names_bytes: int = 0
    last_time: float = 0.0
    state: ParserState = msgspec.field(default_factory=ParserState)
    table: bytes = b""
    sums: bytes = b""
    """A CRC-32 (SUM) of each segment, as far as it is committed; empty in stores of before there were any."""

    def rows(self) -> Records:
        """The table as an array; read-only."""
        return np.frombuffer(self.table, dtype=METRIC_ROW)

    def checksum(self, code: int) -> int | None:
        """Of the metric's segment; None where none was kept."""
        return int(np.frombuffer(self.sums, dtype=SUM)[code]) if self.sums else None


_decoder = msgspec.msgpack.Decoder(Commit)


def empty_rows(count: int) -> Records:
    """Rows of metrics that have no point yet."""
    rows = np.zeros(count, dtype=METRIC_ROW)
    rows["last_step"] = NO_STEP
    rows["min"] = rows["max"] = rows["last_value"] = np.nan
    rows["ascending"] = 1
    return rows


def read_commit(folder: Path) -> Commit | None:
    """The latest whole commit, None when there is none; safe beside a writer.

    A slot may be half written at the moment of reading; the other is whole then, unless the writer has moved on to it
    meanwhile, so a second look is enough.
    """
    for _ in range(_READ_TRIES):
        blobs = [_read(folder / name) for name in _SLOTS]
        commits = [commit for commit in map(_decode, blobs) if commit is not None]
        if commits:
            return max(commits, key=lambda commit: commit.generation)
        if not any(blobs):
            return None
    return None


def was_written(folder: Path) -> bool:
    """Whether there is, or was, a store: one has a commit from its first moment, before anything else of it."""
    try:
        with os.scandir(folder) as entries:
            return any(_shows_a_store(entry) for entry in entries)
    except FileNotFoundError:
        return False
    except OSError:  # something else stands there, a file or a link say, where the store was
        return True


def _shows_a_store(entry: os.DirEntry[str]) -> bool:
    if entry.name in _SLOTS:  # made empty, and written at once
        return not entry.is_file(follow_symlinks=False) or entry.stat(follow_symlinks=False).st_size > 0
    return entry.name == "names" or entry.name.endswith(".points")


def _read(path: Path) -> bytes:
    try:
        return read_plain(path)
    except (FileNotFoundError, NoPlainFile):
        return b""


def _decode(blob: bytes) -> Commit | None:
    if len(blob) < _HEADER.size:
        return None
    magic, checksum, length = _HEADER.unpack_from(blob)
    payload = blob[_HEADER.size : _HEADER.size + length]
    if magic != _MAGIC or len(payload) != length or zlib.crc32(payload) != checksum:
        return None
    try:
        commit = _decoder.decode(payload)
    except msgspec.MsgspecError:  # written by another version of this program: as good as absent
        return None
    rows, rest = divmod(len(commit.table), METRIC_ROW.itemsize)
    return commit if rest == 0 and len(commit.sums) in (0, rows * SUM.itemsize) else None


class CommitSlots:
    """The writing end; belongs to the one process that holds the store's lock."""

    def __init__(self, folder: Path) -> None:
        self._files: list[int] = []
        try:
            for name in _SLOTS:
                self._files.append(open_plain(folder / name, os.O_WRONLY | os.O_CREAT, 0o640))
        except OSError:
            self.close()
            raise

    def write(self, commit: Commit, *, durable: bool) -> None:
        """After this returns the commit survives the death of any process, with `durable` also a power cut."""
        payload = msgspec.msgpack.encode(commit)
        blob = _HEADER.pack(_MAGIC, zlib.crc32(payload), len(payload)) + payload
        file = self._files[commit.generation % len(_SLOTS)]
        write_all(file, blob, 0)
        if durable:
            os.fsync(file)

    def close(self) -> None:
        for file in self._files:
            os.close(file)
        self._files = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def write_all(file: int, data: bytes | memoryview, at: int) -> None:
    """All of `data` at offset `at`; a full disk raises OSError and leaves a part."""
    rest = memoryview(data)
    while rest:
        written = os.pwrite(file, rest, at)
        rest, at = rest[written:], at + written
