"""A log as rows: its lines, of which very long ones are cut.

A row ends behind each newline. A line without one is cut at each multiple of 16 KiB of the file before which there was
no newline for 16 KiB; a cut moves back by a few bytes rather than tear a character or a colour in two. Nothing else
decides, so any reader finds the same rows with a look at the 32 KiB around an offset, whatever the size of the log.

Of a progress bar that was written over for hours, without a newline, each cut row but the last would show a state that
the terminal showed no more: such rows are left out, but for one in 4 MiB, so that no part of a log is without rows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from openmo.jobs.log.file import Hole, OpenLog
from openmo.jobs.log.text import colours, fold

BLOCK: Final = 16 << 10
MAX_ROWS: Final = 1000
"""Rows that one window holds on either side of its offset."""
_KEPT_BLOCKS: Final = 256
_READ: Final = 256 << 10
_MAX_DISTANCE: Final = 4 * BLOCK
"""A row without a newline is cut at the latest here."""
_TEXT_LIMIT: Final = 512 << 10
"""Bytes of rows on either side of a window's offset."""
_SCAN_LIMIT: Final = 8 << 20
"""Bytes that are looked at for them, where most rows are left out."""
_STEP_BACK: Final = 64 << 10
_COLOUR_LOOKBACK: Final = 64 << 10
"""Bytes in which colours that are still in force are looked for; a colour that was set earlier is not seen."""
_UNFINISHED: Final = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*)?\Z")
_MAX_TORN_BYTES: Final = 32


class RowKind(StrEnum):
    """What ends a row."""

    LINE = "line"
    """A newline, or the hole."""
    PART = "part"
    """A cut: the next row goes on with the same line."""
    OPEN = "open"
    """The end of the log: the line is still being written, or has no newline."""
    HOLE = "hole"
    """It stands for what was dropped from the middle."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row; `start` and `end` are bytes of the log."""

    start: int
    end: int
    kind: RowKind
    data: bytes

    @property
    def text(self) -> str:
        """What stands in it, colours included."""
        return fold(self.data.decode("utf-8", "replace"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Rows that follow each other; they cover the log from `start` to `end`."""

    rows: tuple[Row, ...]
    start: int
    end: int
    size: int
    hole: Hole | None
    colours: str
    """Sequences that colour the first row, as far as they were found in the 64 KiB before it."""


def window(log: OpenLog, at: int, *, before: int, after: int) -> Window:
    """Up to `before` rows before the row that holds byte `at` (behind the end: the last row), `after` from it on."""
    if log.size == 0:
        return Window(rows=(), start=0, end=0, size=0, hole=None, colours="")
    middle, _ = row_start(log, min(max(at, 0), log.size - 1))
    start, earlier = _backward(log, middle, min(before, MAX_ROWS))
    end, later = _forward(log, middle, min(after, MAX_ROWS))
    floor, _ = log.around(start)
    lookback = log.read(max(floor, start - _COLOUR_LOOKBACK), start).decode("latin-1") if start > floor else ""
    return Window(
        rows=(*earlier, *later), start=start, end=end, size=log.size, hole=log.hole, colours=colours(lookback)
    )


def rows(log: OpenLog, start: int, end: int | None = None) -> Iterator[Row]:
    """The rows from the one that holds byte `start`, to the end of the log or as far as they begin before `end`."""
    if start >= log.size:
        return
    held: Row | None = None
    for row in _cut(log, *row_start(log, start)):
        if held is not None and not _is_overwritten(held, row):
            yield held
        if end is not None and row.start >= end:
            return
        held = row
    if held is not None:
        yield held


def row_start(log: OpenLog, offset: int) -> tuple[int, int]:
    """Where the row that holds this byte begins, and a byte from which on there is no newline up to there."""
    if log.hole is not None and log.hole.start <= offset < log.hole.end:
        return log.hole.start, log.hole.start
    floor, stop = log.around(offset)
    block = offset // BLOCK
    low = max(floor, (block - 1) * BLOCK)
    data = log.read(low, min(stop, (block + 1) * BLOCK))
    newline = data.rfind(b"\n", 0, offset - low)
    for number in (block + 1, block):
        begin, end = (number - 1) * BLOCK, number * BLOCK
        if begin >= floor and end < stop and data.find(b"\n", begin - low, end - low) < 0:
            cut = end - _torn(data[end - low - _MAX_TORN_BYTES : end - low])
            if cut <= offset and low + newline < cut:
                return cut, begin
    return low + newline + 1, low + newline + 1


def _cut(log: OpenLog, start: int, since: int) -> Iterator[Row]:
    """All rows from `start`; there is no newline between `since` and it."""
    base, data = start, b""
    while start < log.size:
        if log.hole is not None and start == log.hole.start:
            yield Row(start, log.hole.end, RowKind.HOLE, b"")
            start = since = log.hole.end
            continue
        _, stop = log.around(start)
        if base + len(data) < min(start + 3 * BLOCK, stop):
            base, data = start, log.read(start, min(start + _READ, stop))
        end, kind = _row_end(data, base, start, since, stop=stop, size=log.size)
        if end <= start:  # the file was cut off below the reader
            return
        yield Row(start, end, kind, data[start - base : end - base])
        start, since = end, since if kind is RowKind.PART else end


def _row_end(data: bytes, base: int, start: int, since: int, *, stop: int, size: int) -> tuple[int, RowKind]:
    """Where the row at `start` ends; `data` are the bytes of the log from `base` on, enough of them."""
    newline = data.find(b"\n", start - base, start - base + _MAX_DISTANCE)
    known = base + newline if newline >= 0 else base + len(data)
    number = max(-(-since // BLOCK), start // BLOCK - 1) + 1
    while (end := number * BLOCK) <= known and end < stop:
        cut = end - _torn(data[max(end - base - _MAX_TORN_BYTES, 0) : end - base])
        if cut > start:
            return cut, RowKind.PART
        number += 1
    if newline >= 0:
        return known + 1, RowKind.LINE
    return known, RowKind.OPEN if known == size else RowKind.LINE


def _torn(before: bytes) -> int:
    """How many bytes before a cut belong to a character or an escape sequence that goes on behind it."""
    escape = before.rfind(b"\x1b")
    if escape >= 0 and _UNFINISHED.match(before, escape):
        return len(before) - escape
    for back in range(1, min(3, len(before)) + 1):
        byte = before[-back]
        if byte >= 0xC0:
            return back if back < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4) else 0
        if byte < 0x80:
            return 0
    return 0


def _is_overwritten(row: Row, following: Row) -> bool:
    """Whether a terminal shows nothing of the row, because what follows in the same line was written over it."""
    return (
        row.kind is RowKind.PART and row.start // BLOCK % _KEPT_BLOCKS != 0 and b"\r" in following.data.rstrip(b"\r\n")
    )


def _forward(log: OpenLog, start: int, most: int) -> tuple[int, list[Row]]:
    found: list[Row] = []
    end, left = start, _TEXT_LIMIT
    if most <= 0:
        return end, found
    for row in rows(log, start):
        found.append(row)
        end, left = row.end, left - len(row.data)
        if len(found) >= most or left <= 0 or end - start > _SCAN_LIMIT:
            break
    return end, found


def _backward(log: OpenLog, end: int, most: int) -> tuple[int, list[Row]]:
    found: list[Row] = []
    start, left, scanned = end, _TEXT_LIMIT, 0
    while start > 0 and len(found) < most and left > 0 and scanned < _SCAN_LIMIT:
        edge = start
        if log.hole is not None and edge == log.hole.end:
            start = log.hole.start
        else:
            start, _ = row_start(log, max(edge - _STEP_BACK, log.around(edge - 1)[0]))
            scanned += edge - start
        part = list(rows(log, start, edge))
        found = part + found
        left -= sum(len(row.data) for row in part)
    if len(found) > most:
        found = found[len(found) - most :]
        start = found[0].start if found else end
    return start, found
