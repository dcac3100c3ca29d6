"""Follows a job's growing log and keeps its metrics store up to date."""

import errno
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np

from openmo.metrics.reading.parser import LineParser
from openmo.metrics.store.times import stamp
from openmo.metrics.store.writer import MetricsWriter
from openmo.metrics.values import Batch

CHUNK: Final = 1024 * 1024
POLL_MAX: Final = 16 * CHUNK


class LogFollower:
    """Reads a job's log from where the last commit left off; owns the store in `folder` until closed.

    May be killed at any moment and made anew: each point of the log is stored exactly once. Uses a few MiB, whatever
    the size of the log. Raises StoreBusy while another process follows the same log.
    """

    def __init__(self, log_path: Path, times_path: Path, folder: Path) -> None:
        self._log_path = log_path
        self._times_path = times_path
        self._writer = MetricsWriter(folder)
        self._parser = self._resume()

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
            log = os.open(self._log_path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None
        try:
            about = os.fstat(log)
            if about.st_size < self._parser.position:
                self._go_back(log, about.st_size)
            if about.st_size == self._parser.position:
                return None
            gap = _hole_at(log, self._parser.position, about.st_size)
            if gap:
                self._parser.skip(gap)
                return self._store(self._parser.feed(b""), about)
            return self._store(self._parser.feed(os.pread(log, CHUNK, self._parser.position)), about)
        finally:
            os.close(log)

    def _go_back(self, log: int, size: int) -> None:
        """The log was cut below what is read already: what is stored stays, what is written from here on is new.

        What it grew by between the cut and now cannot be told from old text; a point missed is better than one doubled.
        """
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


def _hole_at(log: int, position: int, size: int) -> int:
    """The length of the punched-out part that starts at `position`; 0 where the log holds data."""
    try:
        return os.lseek(log, position, os.SEEK_DATA) - position
    except OSError as error:
        if error.errno == errno.ENXIO:  # a hole up to the end
            return size - position
        raise
