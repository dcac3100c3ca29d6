"""Parts of a log on the wire."""

from pydantic import BaseModel

from openmo.jobs.log.file import Hole
from openmo.jobs.log.rows import Row, RowKind


class HoleView(BaseModel):
    """What was dropped from the middle of a log, in bytes of it."""

    start: int
    end: int

    @classmethod
    def of(cls, hole: Hole | None) -> "HoleView | None":
        return None if hole is None else cls(start=hole.start, end=hole.end)


class RowView(BaseModel):
    """One row: a line of the log, or a part of a very long one."""

    start: int
    """Byte of the log where it begins."""
    end: int
    kind: RowKind
    text: str
    """As a terminal shows it: folded, with its colour sequences; empty for the hole."""
    time: float | None = None
    """Unix seconds at which it began to be printed, where times were asked for."""

    @classmethod
    def of(cls, row: Row, time: float | None = None) -> "RowView":
        return cls(start=row.start, end=row.end, kind=row.kind, text=row.text, time=time)


class WindowView(BaseModel):
    """Rows that follow each other; they cover the log from `start` to `end`."""

    rows: list[RowView]
    start: int
    end: int
    size: int
    """Bytes in the log now."""
    hole: HoleView | None
    colours: str
    """Sequences that colour the first row, as far as they are found in the 64 KiB before it."""
    line: int | None
    """Number of the first row's line, from 1; null while so much of the log is not counted yet."""
    lines: int | None
    """How many lines there are; null while they are not all counted."""


class SearchView(BaseModel):
    """What a search came to within its time."""

    rows: list[RowView]
    """Rows that hold it; their text is there if it was asked for."""
    next: int | None
    """The byte from which (searching back: before which) to go on; null: all was searched."""
    resume: int
    """From where to search again once the log has grown: its end, or the beginning of a line that is being written."""
    size: int


class PlaceView(BaseModel):
    """Where something is in a log."""

    offset: int | None
    """Byte of the log; null: so much of it is not counted yet, ask again."""
    size: int


class LogText(BaseModel):
    """The event `log`: what a job has printed."""

    text: str
    start: int
    """Byte of the log where it begins."""
    end: int


class LogSize(BaseModel):
    """The event `grown`: how far a log reaches."""

    size: int
    lines: int
    """How many lines came since the stream began."""


class LogEnd(BaseModel):
    """The event `end`: nothing more comes."""

    end: int
    """Byte of the log that all of this reached."""
