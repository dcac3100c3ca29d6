"""Follows a job's growing log and keeps its metrics store up to date."""

import errno
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np

from openmo.core.plain import open_plain, read_plain
from openmo.metrics.reading.parser import LineParser
from openmo.metrics.store.times import stamp
from openmo.metrics.store.writer import MetricsWriter
from openmo.metrics.values import Batch

CHUNK: Final = 1024 * 1024
POLL_MAX: Final = 16 * CHUNK
_HEAD: Final = 4096
"""Bytes by which a log that was begun anew is known."""
_DROPPED: Final = b"\0"
"""What the middle of a long log reads as when it was dropped; no cut."""


class LogFollower:
    """Reads a job's log from where the last commit left off; owns the store in `folder` until closed.

    May be killed at any moment and made anew: each point of the log is stored exactly once. Uses a few MiB, whatever
    the size of the log. Raises StoreBusy while another process follows the same log.
    """

    def __init__(self, log_path: Path, times_path: Path, folder: Path) -> None:
        self._log_path = log_path
        self._times_path = times_path
        self._writer = MetricsWriter(folder)
        try:
            self._parser = self._resume()
            self._head = self._read_head()
        except BaseException:  # else the store stays locked, and whoever tries again finds it busy for ever
            self._writer.close()
            raise

    def poll(self, *, limit: int = POLL_MAX) -> int:
        """Store what the log has grown by, at most about `limit` bytes of it; the number of points stored.

        OSError (a full disk) means that nothing of the failed part was stored: the next poll tries it again.
        """
        try:
            return self._read(limit)
        except OSError:
            self._go_back_to_commit()
            raise

    def finish(self) -> int:
        """Store all of the rest, the last line too when no line feed ends it, durably; the number of points stored.

        Call it when nothing writes the log any more.
        """
        try:
            stored = self._read(sys.maxsize)
            about = self._log_path.stat() if self._log_path.exists() else None
            return stored + self._store(self._parser.finish(), about, durable=True)
        except OSError:
            self._go_back_to_commit()
            raise

    def close(self) -> None:
        self._writer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _go_back_to_commit(self) -> None:
        self._writer.rollback()
        self._parser = self._resume()
        self._head = self._head[: self._parser.position]

    def _read_head(self) -> bytes:
        """The beginning of what is read already."""
        try:
            return read_plain(self._log_path, limit=min(_HEAD, self._parser.position))
        except FileNotFoundError:
            return b""

    def _resume(self) -> LineParser:
        return LineParser(catalogue=self._writer.catalogue, state=self._writer.state)

    def _read(self, limit: int) -> int:
        stored = 0
        stop = self._parser.position + limit
        while self._parser.position < stop:
            found = self._advance()
            if found is None:
                break
            stored += found
        return stored

    def _advance(self) -> int | None:
        """Store the points of the next chunk; None when there is nothing more to read."""
        try:
            log = open_plain(self._log_path)
        except FileNotFoundError:
            return None
        try:
            about = os.fstat(log)
            self._look_for_cut(log, about.st_size)
            if about.st_size == self._parser.position:
                return None
            gap = _hole_at(log, self._parser.position, about.st_size)
            if gap:
                self._parser.skip(gap)
                return self._store(self._parser.feed(b""), about)
            data = os.pread(log, CHUNK, self._parser.position)
            if self._parser.position == len(self._head):
                self._head += data[: _HEAD - len(self._head)]
            return self._store(self._parser.feed(data), about)
        finally:
            os.close(log)

    def _look_for_cut(self, log: int, size: int) -> None:
        """Where the log was cut, what is stored stays, and what was written after the cut is read.

        A log that was begun anew shows it in its head, however long it is again: from the first line that differs on,
        all is new. Behind the head it cannot be told from old text what came between the cut and now; there a point
        missed is better than one doubled.
        """
        head = os.pread(log, len(self._head), 0)
        same = len(head) if self._head.startswith(head) else _first_difference(head, self._head)
        if same < len(self._head) and head[same : same + 1] != _DROPPED:
            start = max(self._head.rfind(b"\n", 0, same), self._head.rfind(b"\r", 0, same)) + 1
            self._parser.restart(start, at_line=True)
            self._head = self._head[:start]
        elif size < self._parser.position:
            self._parser.restart(size, at_line=size == 0 or os.pread(log, 1, size - 1) in (b"\n", b"\r"))

    def _store(self, batch: Batch, about: os.stat_result | None, *, durable: bool = False) -> int:
        if about is not None and len(batch):
            order = np.argsort(batch.offsets, kind="stable")
            times = np.empty(len(batch))
            stamps = stamp(self._times_path, batch.offsets[order], size=about.st_size, modified=about.st_mtime)
            times[order] = np.maximum(stamps, self._writer.last_time)
            self._writer.append(batch, times)
        if durable or self._parser.state != self._writer.state:
            self._writer.commit(self._parser.state, durable=durable)
        return len(batch)


def _first_difference(one: bytes, other: bytes) -> int:
    return next(at for at, (left, right) in enumerate(zip(one, other, strict=False)) if left != right)


def _hole_at(log: int, position: int, size: int) -> int:
    """The length of the punched-out part that starts at `position`; 0 where the log holds data."""
    try:
        return os.lseek(log, position, os.SEEK_DATA) - position
    except OSError as error:
        if error.errno == errno.ENXIO:  # a hole up to the end
            return size - position
        raise
