"""What an app's workers print, kept for its owner: bounded on disk and in what reading it costs."""

import asyncio
import contextlib
import os
from pathlib import Path

from openmo.system.rotating_log import RotatingLog

_READ = 1 << 16
_MAX_BURST_BYTES = 1 << 20
"""Bytes that one worker may print per pause before its writes begin to block."""
_PAUSE_SECONDS = 0.1


class AppLog:
    """The log of one app: the newest `limit` to twice `limit` bytes of what its workers printed."""

    def __init__(self, path: Path, *, limit: int = 1 << 20) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = RotatingLog(path, limit=limit, kept=1)

    def write(self, data: bytes) -> None:
        with contextlib.suppress(OSError):  # a full disk must not stop the calls
            self._file.write(data)

    def close(self) -> None:
        self._file.close()


class LogPipe:
    """Reads one worker's output into its app's log.

    A worker that prints without end is slowed by its full pipe, not served: at most `_MAX_BURST_BYTES` in
    `_PAUSE_SECONDS` are read.
    """

    def __init__(self, log: AppLog) -> None:
        self._log = log
        self._loop = asyncio.get_running_loop()
        self._read_end, self.write_end = os.pipe()
        os.set_blocking(self._read_end, False)
        self._budget = _MAX_BURST_BYTES
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False
        self._loop.add_reader(self._read_end, self._readable)

    def close_write_end(self) -> None:
        """The worker has its own copy now."""
        os.close(self.write_end)

    def close(self) -> None:
        """The rest of what was printed is read, as far as one burst goes."""
        if self._closed:
            return
        self._budget = _MAX_BURST_BYTES
        while self._budget > 0 and self._read():
            pass
        self._end()

    def _readable(self) -> None:
        if self._read() == 0:
            self._end()
        elif self._budget <= 0:
            self._loop.remove_reader(self._read_end)
            self._timer = self._loop.call_later(_PAUSE_SECONDS, self._resume)

    def _resume(self) -> None:
        self._budget = _MAX_BURST_BYTES
        self._timer = None
        self._loop.add_reader(self._read_end, self._readable)

    def _read(self) -> int | None:
        """Bytes read; 0 at the end, None when nothing has come yet."""
        try:
            data = os.read(self._read_end, _READ)
        except BlockingIOError:
            return None
        except OSError:
            return 0
        self._budget -= len(data)
        self._log.write(data)
        return len(data)

    def _end(self) -> None:
        if self._closed:
            return
        self._closed = True
        if self._timer is not None:
            self._timer.cancel()
        self._loop.remove_reader(self._read_end)
        os.close(self._read_end)
