"""Line numbers of a log: how many newlines each megabyte of it holds.

The counts are kept beside the log, four bytes for each megabyte, and grow when somebody asks: the job and its shim know
nothing of them. They may be lost at any time, and are counted again. Lines are numbered from 1, among those that are
kept: what was dropped from the middle counts for none.
"""

import contextlib
import os
import struct
import time
import zlib
from pathlib import Path
from typing import Final

import numpy as np

from openmo.core.plain import read_plain
from openmo.jobs.log.file import OpenLog

BLOCK: Final = 1 << 20
_HEAD = struct.Struct("<8sI")
_MAGIC: Final = b"OMLINES1"
_COUNT: Final = np.dtype("<u4")
_NEWLINE: Final = 10


class LineIndex:
    """The counts of one log, as of when they were loaded."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._counts = _load(path)

    def extend(self, log: OpenLog, *, seconds: float) -> bool:
        """Counts on for about that long; whether every full block is counted."""
        full, known = log.size // BLOCK, len(self._counts)
        self._counts = self._counts[:full]
        added: list[int] = []
        deadline = time.monotonic() + seconds
        while len(self._counts) + len(added) < full and (not added or time.monotonic() < deadline):
            added.append(_count(log, (len(self._counts) + len(added)) * BLOCK))
        if added:
            self._counts = np.append(self._counts, np.array(added, dtype=_COUNT))
        if len(self._counts) != known:
            self._save()
        return len(self._counts) == full

    def line_at(self, log: OpenLog, offset: int) -> int | None:
        """The number of the line that holds this byte; None while it is not known."""
        block = min(offset, log.size) // BLOCK
        if block > len(self._counts):
            return None
        before = int(self._corrected(log)[:block].sum(dtype=np.int64))
        return 1 + before + _count(log, block * BLOCK, offset)

    def offset_of(self, log: OpenLog, line: int) -> int | None:
        """Where the line of this number begins, the log's end when there is none; None while it is not known."""
        newline = line - 1
        if newline <= 0:
            return 0
        ends = np.cumsum(self._corrected(log), dtype=np.int64)
        block = int(np.searchsorted(ends, newline))
        if block == len(ends) and len(ends) * BLOCK + BLOCK <= log.size:
            return None
        rest = newline - (int(ends[block - 1]) if block else 0)
        found = _newlines(log, block * BLOCK, (block + 1) * BLOCK)
        return int(found[rest - 1]) + 1 if rest <= len(found) else log.size

    def total(self, log: OpenLog) -> int | None:
        """How many lines there are, an unfinished one included; None while it is not known."""
        if log.size == 0:
            return 0
        last = self.line_at(log, log.size)
        return last - 1 if last is not None and log.read(log.size - 1, log.size) == b"\n" else last

    def _corrected(self, log: OpenLog) -> np.ndarray:
        """The counts without what was dropped since they were made."""
        if log.hole is None:
            return self._counts
        counts = self._counts.copy()
        first, last = log.hole.start // BLOCK, log.hole.end // BLOCK
        counts[first : last + 1] = 0
        for block in {first, last}:
            if block < len(counts):
                counts[block] = _count(log, block * BLOCK)
        return counts

    def _save(self) -> None:
        data = self._counts.tobytes()
        temporary = self._path.with_name(f".{self._path.name}.{os.urandom(6).hex()}")
        try:
            temporary.write_bytes(_HEAD.pack(_MAGIC, zlib.crc32(data)) + data)
            temporary.replace(self._path)
        except OSError:  # the job was deleted, or the disk is full: counted again next time
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def _load(path: Path) -> np.ndarray:
    """The counts; none where the file is missing or not what was written."""
    try:
        data = read_plain(path)
    except OSError:
        data = b""
    body = data[_HEAD.size :]
    if len(data) < _HEAD.size or _HEAD.unpack(data[: _HEAD.size]) != (_MAGIC, zlib.crc32(body)) or len(body) % 4:
        return np.empty(0, dtype=_COUNT)
    return np.frombuffer(body, dtype=_COUNT)


def _count(log: OpenLog, start: int, end: int | None = None) -> int:
    """Newlines from `start` up to `end`, or to the end of its block."""
    return sum(
        int(np.count_nonzero(np.frombuffer(log.read(low, high), dtype=np.uint8) == _NEWLINE))
        for low, high in _kept(log, start, start + BLOCK if end is None else end)
    )


def _newlines(log: OpenLog, start: int, end: int) -> np.ndarray:
    """Where they are."""
    found = [
        low + np.flatnonzero(np.frombuffer(log.read(low, high), dtype=np.uint8) == _NEWLINE)
        for low, high in _kept(log, start, end)
    ]
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)


def _kept(log: OpenLog, start: int, end: int) -> list[tuple[int, int]]:
    """The parts of the span that the hole leaves."""
    end, hole = min(end, log.size), log.hole
    parts = [(start, end)] if hole is None else [(start, min(end, hole.start)), (max(start, hole.end), end)]
    return [(low, high) for low, high in parts if low < high]
