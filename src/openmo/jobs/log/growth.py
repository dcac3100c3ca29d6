"""How far a log has grown, and by how many lines."""

from typing import Final

from openmo.jobs.log.file import LogFile

_MAX_BYTES: Final = 32 << 20
"""Bytes that one look counts lines in; a log that grows faster is caught up with by further looks."""
_PIECE: Final = 256 << 10


class LogGrowth:
    """Counts the lines that came since a byte of the log."""

    def __init__(self, log: LogFile, start: int) -> None:
        self._log = log
        self._counted = start
        self.size = start
        self.lines = 0

    @property
    def behind(self) -> bool:
        """Whether there is more than was counted."""
        return self._log.size() > self._counted

    def look(self) -> None:
        """Counts on."""
        with self._log.opened() as log:
            self.size = max(self.size, log.size)
            limit = min(log.size, self._counted + _MAX_BYTES)
            while self._counted < limit:
                if log.hole is not None and log.hole.start <= self._counted < log.hole.end:
                    self._counted = log.hole.end
                    continue
                data = log.read(self._counted, min(self._counted + _PIECE, log.around(self._counted)[1]))
                self.lines += data.count(b"\n")
                self._counted += len(data) or limit
