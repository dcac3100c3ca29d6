"""Reading a job's log, which may be huge, growing, and hollow in the middle."""

import contextlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from openmo.core.errors import Damaged
from openmo.core.plain import NoPlainFile, open_plain
from openmo.execution.records import read_hole
from openmo.jobs.values import LogChunk
from openmo.wire.strict import WrongMessage

_LIMIT = 4 << 20
_PIECE = 256 << 10


@dataclass(frozen=True, slots=True)
class Hole:
    """What was dropped from the middle: the bytes from `start` up to `end`, which read as zeros."""

    start: int
    end: int

    @property
    def marker(self) -> str:
        """What stands in its place in a plain text."""
        return f"\n… {self.end - self.start:,} bytes in the middle of this log were dropped …\n"


class OpenLog:
    """The bytes of a log as far as it reached when it was opened."""

    def __init__(self, descriptor: int, size: int, hole: Hole | None) -> None:
        self._descriptor = descriptor
        self.size = size
        self.hole = hole

    def read(self, start: int, end: int) -> bytes:
        """The bytes from `start` up to `end`, or up to the end of the log; those of the hole are zeros."""
        end = min(end, self.size)
        parts = []
        while start < end and (data := os.pread(self._descriptor, end - start, start)):
            parts.append(data)
            start += len(data)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def around(self, offset: int) -> tuple[int, int]:
        """Where what was kept around this byte begins and ends."""
        if self.hole is None:
            return 0, self.size
        return (0, self.hole.start) if offset < self.hole.start else (self.hole.end, self.size)


class LogFile:
    """The log of one job. Offsets are bytes of the file and stay valid while it grows."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "log"
        self._folder = folder

    @property
    def path(self) -> Path:
        return self._log

    @property
    def times(self) -> Path:
        """When it grew to which offset (see `metrics.times`)."""
        return self._log.with_name("log.times")

    @property
    def lines(self) -> Path:
        """Where its lines are counted (see `log_lines`); safe to delete."""
        return self._log.with_name("log.lines")

    def size(self) -> int:
        try:
            status = self._log.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return 0
        return status.st_size if stat.S_ISREG(status.st_mode) else 0

    @contextlib.contextmanager
    def opened(self) -> Iterator[OpenLog]:
        """The log as it is now; empty when there is none yet. Raises Damaged."""
        try:
            descriptor = open_plain(self._log)
        except FileNotFoundError:
            yield OpenLog(-1, 0, None)
            return
        except NoPlainFile as error:
            raise Damaged("The log of this job is damaged: something that is no file lies in its place.") from error
        try:
            size = os.fstat(descriptor).st_size
            yield OpenLog(descriptor, size, self.hole(size))
        finally:
            os.close(descriptor)

    def read(self, start: int, limit: int, *, growing: bool = False) -> LogChunk:
        """Up to `limit` bytes from `start` (negative: from the end), never cutting a character in two.

        Where the middle was dropped, a marker stands in the text and `end` lies behind the gap. While the log is
        `growing`, the first bytes of a character at its very end wait for the rest of it.
        """
        limit = max(4, min(limit, _LIMIT))
        with self.opened() as log:
            start = max(0, log.size + start) if start < 0 else min(start, log.size)
            if log.hole is not None and log.hole.start <= start < log.hole.end:
                return LogChunk(text=log.hole.marker, start=start, end=log.hole.end, size=log.size)
            data = log.read(start, min(start + limit, log.around(start)[1]))
            data = _whole_characters(data, growing=growing and start + len(data) == log.size)
            return LogChunk(text=data.decode("utf-8", "replace"), start=start, end=start + len(data), size=log.size)

    def pieces(self) -> Iterator[bytes]:
        """All of the log as it is now, in small pieces; a marker stands where the middle was dropped."""
        with self.opened() as log:
            at = 0
            while at < log.size:
                if log.hole is not None and log.hole.start <= at < log.hole.end:
                    yield log.hole.marker.encode()
                    at = log.hole.end
                    continue
                data = log.read(at, min(at + _PIECE, log.around(at)[1]))
                if not data:
                    return
                yield data
                at += len(data)

    def tail(self, limit: int = 8192) -> str:
        """The last part of the log, for finding what went wrong; nothing where it cannot be read."""
        try:
            return self.read(-limit, limit).text
        except (OSError, Damaged):  # the job must end all the same
            return ""

    def hole(self, size: int) -> Hole | None:
        """What was dropped from a log of `size` bytes."""
        try:
            hole = read_hole(self._folder)
        except WrongMessage:
            return None
        if hole is None or not 0 <= hole.start < min(hole.end, size):
            return None
        return Hole(hole.start, min(hole.end, size))


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
