"""Reading a job's log, which may be huge, growing, and hollow in the middle."""

import json
import os
from pathlib import Path

from openmo.jobs.values import LogChunk

_LIMIT = 4 << 20


class LogFile:
    """The log of one job. Offsets are bytes of the file and stay valid while it grows."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "log"
        self._hole = folder / "log.hole"

    @property
    def path(self) -> Path:
        return self._log

    def size(self) -> int:
        try:
            return self._log.stat().st_size
        except FileNotFoundError:
            return 0

    def read(self, start: int, limit: int, *, growing: bool = False) -> LogChunk:
        """Up to `limit` bytes from `start` (negative: from the end), never cutting a character in two.

        Where the middle was dropped, a marker stands in the text and `end` lies behind the gap. While the log is
        `growing`, the first bytes of a character at its very end wait for the rest of it.
        """
        limit = max(4, min(limit, _LIMIT))
        try:
            descriptor = os.open(self._log, os.O_RDONLY | os.O_NOFOLLOW)
        except FileNotFoundError:
            return LogChunk(text="", start=0, end=0, size=0)
        with os.fdopen(descriptor, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            start = max(0, size + start) if start < 0 else min(start, size)
            hole = self._read_hole()
            if hole is not None and hole[0] <= start < hole[1]:
                marker = f"\n… {hole[1] - hole[0]:,} bytes in the middle of this log were dropped …\n"
                return LogChunk(text=marker, start=start, end=min(hole[1], size), size=size)
            if hole is not None and start < hole[0]:
                limit = min(limit, hole[0] - start)
            file.seek(start)
            data = file.read(limit)
        data = _whole_characters(data, growing=growing and start + len(data) == size)
        return LogChunk(text=data.decode("utf-8", "replace"), start=start, end=start + len(data), size=size)

    def tail(self, limit: int = 8192) -> str:
        """The last part of the log, for finding what went wrong; nothing where it cannot be read."""
        try:
            return self.read(-limit, limit).text
        except OSError:  # something else stands in its place: the job must end all the same
            return ""

    def _read_hole(self) -> tuple[int, int] | None:
        try:
            hole = json.loads(self._hole.read_text())
        except (FileNotFoundError, ValueError):
            return None
        return int(hole["start"]), int(hole["end"])


def _whole_characters(data: bytes, *, growing: bool) -> bytes:
    """The data without a UTF-8 character's beginning at its end.

    Data that is nothing but such a beginning is given as it is, unless the rest may still come (`growing`): a reader
    must get on.
    """
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 == 0x80:
            continue
        length = 2 if byte >> 5 == 0b110 else 3 if byte >> 4 == 0b1110 else 4 if byte >> 3 == 0b11110 else 1
        return data[:-back] if length > back and (growing or back < len(data)) else data
    return data
