"""Follows a log that another process writes: when each part was printed, and how long it may grow.

Stdlib only, for the job shim. Sleeps while the log is quiet.
"""

import contextlib
import os
import struct
import time

from openmo.execution.inside.folder import LOG, LOG_HOLE, LOG_TIMES, replace
from openmo.execution.inside.records import HoleRecord
from openmo.system import linux

INTERVAL_SECONDS = 0.01
"""Between two records of a busy log."""
_RECORD = struct.Struct("<Qd")
_MIN_PUNCH_BYTES = 1 << 20
_BLOCK = 4096


class LogWatch:
    """Owns the log's descriptor; `readable` is what to poll, `due` the moment to look without being called.

    A quiet log is watched by inotify, which costs nothing until it is written. A busy log is looked at once in each
    interval and not watched, because each write to a watched file is slower by a quarter.
    """

    def __init__(self, folder: str, limit: int) -> None:
        self._folder = folder
        flags = os.O_CREAT | os.O_APPEND | os.O_WRONLY | os.O_CLOEXEC
        self.log = os.open(f"{folder}/{LOG}", os.O_CREAT | os.O_APPEND | os.O_RDWR | os.O_CLOEXEC, 0o600)
        self._times = os.open(f"{folder}/{LOG_TIMES}", flags, 0o600)
        self._recorded = 0
        self._keep = max(limit // 2, 1)
        self._slack = max(limit // 8, _MIN_PUNCH_BYTES)
        self._hole_end = self._keep
        self.readable = linux.inotify()
        self._watch: int | None = None
        self.due: float | None = None
        self.tick()

    def changed(self) -> None:
        """The log was written: recorded, and looked at again when the interval is over."""
        if self._watch is not None:
            linux.unwatch(self.readable, self._watch)
            self._watch = None
        with contextlib.suppress(BlockingIOError):
            while os.read(self.readable, 4096):
                pass
        self.tick()

    def tick(self) -> None:
        """The interval is over: what came meanwhile is recorded, else the log is watched again."""
        written = self._record()
        if not written and self._watch is None:
            with contextlib.suppress(OSError):  # the log was deleted, or the system has no watches left
                self._watch = linux.watch_writes(self.readable, f"{self._folder}/{LOG}")
            written = self._record()  # written between the look and the watch
        self.due = time.monotonic() + INTERVAL_SECONDS if written or self._watch is None else None

    def finish(self) -> None:
        """The last bytes have their record, and all of the log is on disk as far as the disk allows."""
        self._record()
        with contextlib.suppress(OSError):
            os.fdatasync(self.log)

    def _record(self) -> bool:
        """Notes the log's size and the time, when the size is new."""
        size = os.fstat(self.log).st_size
        if size == self._recorded:
            return False
        self._recorded = size
        with contextlib.suppress(OSError):  # a full disk costs times and space, never the job
            # Not core.clock: importing it costs a job's start 10 ms.
            os.write(self._times, _RECORD.pack(size, time.time()))
            if size - self._keep - self._hole_end >= self._slack:
                self._punch((size - self._keep) // _BLOCK * _BLOCK)
        return True

    def _punch(self, end: int) -> None:
        """The middle is dropped; first it is said to be, so that no reader takes zeros for text."""
        replace(self._folder, LOG_HOLE, HoleRecord(start=self._keep, end=end))
        start, self._hole_end = self._hole_end, end
        linux.punch_hole(self.log, start, end - start)
