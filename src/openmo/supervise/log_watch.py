"""Follows a log that another process writes: when each part was printed, and how long it may grow.

Stdlib only, for the job shim. Sleeps while the log is quiet.
"""

import contextlib
import os
import struct
import time

from openmo.supervise import linux
from openmo.supervise.job_folder import LOG, LOG_HOLE, LOG_TIMES, replace

INTERVAL = 0.01
"""Seconds between two records of a busy log."""
_RECORD = struct.Struct("<Qd")
_LEAST_PUNCH = 1 << 20
_BLOCK = 4096


class LogWatch:
    """Owns the log's descriptor; `readable` is what to poll, `due` the moment to look without being called."""

    def __init__(self, folder: str, limit: int) -> None:
        self._folder = folder
        flags = os.O_CREAT | os.O_APPEND | os.O_WRONLY | os.O_CLOEXEC
        self.log = os.open(f"{folder}/{LOG}", os.O_CREAT | os.O_APPEND | os.O_RDWR | os.O_CLOEXEC, 0o600)
        self._times = os.open(f"{folder}/{LOG_TIMES}", flags, 0o600)
        self.readable = linux.inotify_modifications(f"{folder}/{LOG}")
        self._recorded = 0
        self._next = 0.0
        self._keep = max(limit // 2, 1)
        self._slack = max(limit // 8, _LEAST_PUNCH)
        self._hole_end = self._keep
        self.due: float | None = None

    @property
    def listening(self) -> bool:
        """Whether changes matter now; False for the rest of the interval after a record."""
        return self.due is None

    def changed(self) -> None:
        """The log was written: recorded at once, or at the end of the interval that the last record began."""
        self._drain()
        now = time.monotonic()
        if now < self._next:
            self.due = self._next
            return
        self._record()
        self.due = self._next = now + INTERVAL

    def tick(self) -> None:
        """The interval is over: what came meanwhile is recorded, else the log is listened to again."""
        self._drain()
        if self._record():
            self.due = self._next = time.monotonic() + INTERVAL
        else:
            self.due = None

    def finish(self) -> None:
        """The last bytes have their record, and all of the log is on disk as far as the disk allows."""
        self._record()
        with contextlib.suppress(OSError):
            os.fdatasync(self.log)

    def _drain(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self.readable, 4096)

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
        replace(self._folder, LOG_HOLE, {"start": self._keep, "end": end})
        start, self._hole_end = self._hole_end, end
        linux.punch_hole(self.log, start, end - start)
