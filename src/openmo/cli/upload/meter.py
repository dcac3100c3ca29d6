"""How far an upload is, on one line of the terminal."""

import sys
import threading
from collections import deque

import click

from openmo.core.amounts import memory_text, time_text
from openmo.core.clock import Clock, SystemClock

_WINDOW_SECONDS = 10.0
_INTERVAL_SECONDS = 0.2


class Meter:
    """Counts bytes and files, and says so where a person looks."""

    def __init__(self, *, files: int, size: int, shown: bool | None = None, clock: Clock | None = None) -> None:
        self._files, self._bytes = files, size
        self._done_files = self._done_bytes = self.sent_bytes = 0
        self._under_way = 0
        """Bytes that went out, and of which the server has not said yet that it has them."""
        self._there: dict[str, int] = {}
        self._shown = sys.stderr.isatty() if shown is None else shown
        self._clock = clock or SystemClock()
        self._begun = self._drawn = self._clock.monotonic()
        self._marks: deque[tuple[float, int]] = deque([(self._begun, 0)])
        self._lock = threading.Lock()

    def sent(self, size: int) -> None:
        """So many bytes went over the line."""
        with self._lock:
            self.sent_bytes += size
            self._under_way += size
            self._draw()

    def at(self, name: str, size: int) -> None:
        """So much of that file is with the server."""
        with self._lock:
            before = self._there.get(name, 0)
            self._there[name] = size
            self._done_bytes += size - before
            self._under_way = max(0, self._under_way - max(0, size - before))

    def done(self) -> None:
        """A file is whole."""
        with self._lock:
            self._done_files += 1
            self._draw()

    def line(self) -> str:
        """`3 of 20 files, 1.5 GiB of 2 GiB, 80 MiB/s, 6 s left`."""
        now = self._clock.monotonic()
        self._marks.append((now, self.sent_bytes))
        while len(self._marks) > 2 and self._marks[0][0] < now - _WINDOW_SECONDS:
            self._marks.popleft()
        since, before = self._marks[0]
        speed = (self.sent_bytes - before) / max(now - since, 1e-6)
        done = min(self._bytes, self._done_bytes + self._under_way)
        left = self._bytes - done
        ahead = f", {memory_text(speed)}/s, {time_text(round(left / speed))} left" if speed > 0 and left else ""
        return (
            f"{self._done_files:,} of {self._files:,} files, {memory_text(done)} of {memory_text(self._bytes)}{ahead}"
        )

    def close(self) -> None:
        if self._shown:
            click.echo(f"\r\x1b[K{self.line()}", err=True)

    def _draw(self) -> None:
        now = self._clock.monotonic()
        if self._shown and now - self._drawn >= _INTERVAL_SECONDS:
            self._drawn = now
            click.echo(f"\r\x1b[K{self.line()}", err=True, nl=False)
