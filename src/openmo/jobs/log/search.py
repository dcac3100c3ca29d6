"""Searching a log: what is asked for within a bounded time, and from where to go on.

Nothing is kept between two requests, so a reader that goes away costs nothing, and a log that grows is simply searched
on. A search reads a quarter of a megabyte at a time.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.jobs.log.errors import MARKS, is_error
from openmo.jobs.log.file import OpenLog
from openmo.jobs.log.rows import BLOCK, Row, RowKind, row_start, rows
from openmo.jobs.log.text import visible

MAX_QUERY_LENGTH: Final = 200
_CHUNK: Final = 256 << 10
_FIRST_BACK: Final = 16 << 10
_ESCAPES: Final = rb"(?:\x1b\[[0-?]{0,32}[ -/]{0,4}[@-~])*"

Finder = Callable[[int], int]
"""The first position at or behind the given one where there may be a match; -1: none."""


class LogQuery(Protocol):
    """What is searched for."""

    overlap: int
    """Bytes that two pieces of one endless line must share, so that nothing between them is missed."""
    always_checked: bool
    """Whether `accepts` must be asked even where text is shown just as it was printed."""

    def finder(self, chunk: bytes) -> Finder:
        """Finds candidates in the chunk."""

    def accepts(self, text: str) -> bool:
        """Whether it is in a row that reads so."""


class TextQuery:
    """A text as it is read: colours within it do not matter, nor does what was written over."""

    always_checked = False

    def __init__(self, text: str, *, ignore_case: bool = False) -> None:
        """Raises InvalidInput for a text that is empty, of several lines, or longer than 200 characters."""
        if not text or len(text) > MAX_QUERY_LENGTH or any(char in text for char in "\n\r\0\x1b"):
            raise InvalidInput(
                message("A search needs a text of 1 to %(limit)s characters on one line.", limit=MAX_QUERY_LENGTH),
                field="text",
            )
        self._text = text.lower() if ignore_case else text
        self._ignore_case = ignore_case
        self._bytes = self._text.encode("utf-8", "replace")
        self.overlap = len(self._bytes)
        variants = [{char, char.lower(), char.upper()} if ignore_case else {char} for char in text]
        parts = [b"|".join(re.escape(one.encode("utf-8", "replace")) for one in sorted(some)) for some in variants]
        self._coloured = re.compile(_ESCAPES.join(b"(?:" + part + b")" for part in parts))
        # Lower case in bytes is that of ASCII; other letters that have one are left to the expression.
        cased = [char for char, some in zip(text, variants, strict=True) if len(some) > 1]
        self._is_plain = all(char.isascii() for char in cased)

    def finder(self, chunk: bytes) -> Finder:
        if not self._is_plain or b"\x1b" in chunk:
            pattern = self._coloured

            def by_expression(position: int) -> int:
                match = pattern.search(chunk, position)
                return match.start() if match else -1

            return by_expression
        searched, query = chunk.lower() if self._ignore_case else chunk, self._bytes
        return lambda position: searched.find(query, position)

    def accepts(self, text: str) -> bool:
        return self._text in (text.lower() if self._ignore_case else text)


class ErrorQuery:
    """Lines that say that something went wrong."""

    always_checked = True
    overlap = max(len(mark) for mark in MARKS)

    def finder(self, chunk: bytes) -> Finder:
        following = {mark: chunk.find(mark) for mark in MARKS}
        following = {mark: at for mark, at in following.items() if at >= 0}

        def nearest(position: int) -> int:
            for mark, at in list(following.items()):
                if at < position:
                    following[mark] = chunk.find(mark, position)
                    if following[mark] < 0:
                        del following[mark]
            return min(following.values(), default=-1)

        return nearest

    def accepts(self, text: str) -> bool:
        return is_error(text)


@dataclass(frozen=True, slots=True)
class Matches:
    """What a search came to."""

    rows: tuple[Row, ...]
    """Rows that hold it, in the order of the log."""
    next: int | None
    """From which byte to go on; None: all was searched."""


def search(log: OpenLog, query: LogQuery, start: int, *, limit: int, seconds: float) -> Matches:
    """The first `limit` rows from byte `start` on that hold it, as far as `seconds` go."""
    found: list[Row] = []
    position, deadline = start, time.monotonic() + seconds
    while position < log.size:
        if log.hole is not None and log.hole.start <= position < log.hole.end:
            position = log.hole.end
            continue
        stop = log.around(position)[1]
        chunk = log.read(position, min(position + _CHUNK, stop))
        whole = len(chunk) if position + len(chunk) == stop else chunk.rfind(b"\n") + 1 or len(chunk)
        for row in _rows_with(log, query, position, chunk[:whole]):
            if found and row.start <= found[-1].start:
                continue  # seen in the overlap already
            found.append(row)
            if len(found) >= limit:
                return Matches(tuple(found), row.end if row.end < log.size else None)
        ends_line = position + whole == stop or chunk[whole - 1 : whole] == b"\n"
        position += whole if ends_line else max(whole - query.overlap, 1)
        if time.monotonic() > deadline and position < log.size:
            return Matches(tuple(found), position)
    return Matches(tuple(found), None)


def search_back(log: OpenLog, query: LogQuery, end: int, *, limit: int, seconds: float) -> Matches:
    """The last `limit` rows before byte `end` that hold it; `next` is the byte before which to go on."""
    found: list[Row] = []
    deadline, step = time.monotonic() + seconds, _FIRST_BACK
    end = min(end, log.size)
    while end > 0:
        if log.hole is not None and log.hole.start < end <= log.hole.end:
            end = log.hole.start
            continue
        start, _ = row_start(log, max(end - step, log.around(end - 1)[0]))
        # To the end of the row that holds the last byte: what lies across its border belongs to the row before it.
        chunk = log.read(start, min(end + query.overlap, log.around(end - 1)[1]))
        here = [row for row in _rows_with(log, query, start, chunk) if row.start < end]
        found = here[max(len(here) - (limit - len(found)), 0) :] + found
        if len(found) >= limit:
            return Matches(tuple(found), found[0].start or None)
        end, step = start, min(2 * step, _CHUNK)
        if time.monotonic() > deadline and end > 0:
            return Matches(tuple(found), end)
    return Matches(tuple(found), None)


def _rows_with(log: OpenLog, query: LogQuery, base: int, chunk: bytes) -> Iterator[Row]:
    """The rows that hold it, of the chunk's candidates; `chunk` are the bytes of the log from `base` on."""
    find = query.finder(chunk)
    at = find(0)
    while at >= 0:
        begin, end = chunk.rfind(b"\n", 0, at) + 1, chunk.find(b"\n", at) + 1
        if 0 < begin < end and end - begin < BLOCK:
            row = Row(base + begin, base + end, RowKind.LINE, chunk[begin:end])
        else:  # at the chunk's edge, or in a line that may be cut into rows
            row = next(rows(log, base + at))
        if row.start <= base + at and (_is_as_printed(query, row) or query.accepts(_read(row))):
            yield row
        # Rows between that are left out are shown to nobody.
        at = find(max((row.end if row.start <= base + at else row.start) - base, at + 1))


def _is_as_printed(query: LogQuery, row: Row) -> bool:
    """Whether a candidate in the row is a match: nothing in it is hidden, and the text is all there is to know."""
    data = row.data.rstrip(b"\r\n")
    return not query.always_checked and not any(mark in data for mark in (b"\x1b", b"\r", b"\b"))


def _read(row: Row) -> str:
    return visible(row.data.decode("utf-8", "replace"))
