"""What people ask of a log: windows, places, finds, each within a bounded time and a bounded memory."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.jobs.log.file import LogFile, OpenLog
from openmo.jobs.log.lines import LineIndex
from openmo.jobs.log.rows import Window, row_start, window
from openmo.jobs.log.search import LogQuery, Matches, search, search_back
from openmo.metrics.store.times import offset_at, stamp

SECONDS: Final = 0.25
"""How long one request searches or counts."""
_COUNT_SECONDS: Final = 0.03
"""How long a window counts lines on the side: of a small log all, of a huge one a part each time."""
MAX_TAIL_LINES: Final = 100_000
"""Lines from the end that can be asked for."""
_STEP: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedWindow:
    """A window, and what is known of its lines and times."""

    window: Window
    line: int | None
    lines: int | None
    times: tuple[float, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What a search came to."""

    found: Matches
    resume: int
    """From where to search again once the log has grown."""
    size: int


class LogReader:
    """Reads one log."""

    def __init__(self, log: LogFile) -> None:
        self._file = log

    def window(self, at: int, *, before: int, after: int, times: bool = False) -> NumberedWindow:
        """Rows around byte `at`; negative: around the end."""
        with self._file.opened() as log:
            found = window(log, log.size if at < 0 else at, before=before, after=after)
            index = LineIndex(self._file.lines)
            counted = index.extend(log, seconds=_COUNT_SECONDS)
            return NumberedWindow(
                window=found,
                line=index.line_at(log, found.start),
                lines=index.total(log) if counted else None,
                times=self._times(found) if times else None,
            )

    def line(self, number: int) -> tuple[int | None, int]:
        """Where the line of this number begins (None: so much is not counted yet) and the size of the log."""
        with self._file.opened() as log:
            index = LineIndex(self._file.lines)
            offset = index.offset_of(log, number)
            if offset is None:
                index.extend(log, seconds=SECONDS)
                offset = index.offset_of(log, number)
            return offset, log.size

    def tail(self, lines: int) -> tuple[int, int]:
        """Where the last `lines` lines begin, and the size of the log; at the hole's end where it holds fewer."""
        if not 0 <= lines <= MAX_TAIL_LINES:
            raise InvalidInput(
                message("Ask for 0 to %(limit)s of the last lines.", limit=f"{MAX_TAIL_LINES:,}"), field="tail"
            )
        with self._file.opened() as log:
            return _tail(log, lines), log.size

    def since(self, time: float) -> tuple[int, int]:
        """Where what was printed at or after that moment (Unix seconds) begins, and the size of the log."""
        size = self._file.size()
        return min(offset_at(self._file.times, time), size), size

    def search(self, query: LogQuery, at: int, *, back: bool, limit: int) -> Search:
        """Rows that hold it from byte `at` on, or before it."""
        with self._file.opened() as log:
            if back:
                found = search_back(log, query, log.size if at < 0 else at, limit=limit, seconds=SECONDS)
            else:
                found = search(log, query, max(at, 0), limit=limit, seconds=SECONDS)
            return Search(found=found, resume=_resume(log), size=log.size)

    def _times(self, found: Window) -> tuple[float, ...]:
        offsets = np.array([row.start for row in found.rows], dtype=np.int64)
        modified = self._file.path.stat().st_mtime if len(offsets) else 0.0
        return tuple(stamp(self._file.times, offsets, size=found.size, modified=modified).tolist())


def _resume(log: OpenLog) -> int:
    """The log's end, or the beginning of the row that is still being written."""
    if log.size == 0 or log.read(log.size - 1, log.size) == b"\n":
        return log.size
    return row_start(log, log.size - 1)[0]


def _tail(log: OpenLog, lines: int) -> int:
    if lines == 0 or log.size == 0:
        return log.size
    floor, end = log.around(log.size)[0], log.size
    left = lines + (log.read(end - 1, end) == b"\n")
    while end > floor:
        start = max(floor, end - _STEP)
        data = log.read(start, end)
        count = data.count(b"\n")
        if count >= left:
            at = len(data)
            for _ in range(left):
                at = data.rfind(b"\n", 0, at)
            return start + at + 1
        end, left = start, left - count
    return floor
