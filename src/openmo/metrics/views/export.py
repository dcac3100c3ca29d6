"""All points of metrics as a file, piece by piece: whatever their number, a few MiB are in memory."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from openmo.metrics.store.reader import MetricRecords
from openmo.metrics.values import NO_STEP, Integers, Records
from openmo.metrics.views import parquet

_CSV_ROWS: Final = 20_000
_GROUP_ROWS: Final = 1 << 18
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What spreadsheets take for the beginning of a formula."""


class Format(StrEnum):
    """Kinds of files that points are offered as."""

    CSV = "csv"
    PARQUET = "parquet"

    @property
    def media_type(self) -> str:
        return "text/csv; charset=utf-8" if self is Format.CSV else "application/vnd.apache.parquet"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """The points of one metric and what stands before each of them, in the order of the head."""

    labels: tuple[str, ...]
    points: MetricRecords


def export(format_: Format, head: tuple[str, ...], parts: Iterable[Part]) -> Iterator[bytes]:
    """The file of these points: a column for each of `head`, then `step`, `time` and `value`.

    `step` holds the step or the epoch and is empty where none was printed; a gap is an empty value in CSV and NaN in
    Parquet. Times are UTC, to the microsecond.
    """
    return _csv(head, parts) if format_ is Format.CSV else _parquet(head, parts)


def cell(text: str) -> str:
    """A text as CSV; one that a spreadsheet would take for a formula gets an apostrophe before it."""
    if text.lstrip(" ").startswith(_FORMULA):
        text = f"'{text}"
    quoted = text.replace('"', '""')
    return f'"{quoted}"'


def _csv(head: tuple[str, ...], parts: Iterable[Part]) -> Iterator[bytes]:
    yield (",".join((*head, "step", "time", "value")) + "\r\n").encode()
    for part in parts:
        before = "".join(f"{cell(label)}," for label in part.labels)
        records = part.points.records
        for start in range(0, len(records), _CSV_ROWS):
            yield "".join(_rows(before, records[start : start + _CSV_ROWS])).encode()


def _rows(before: str, records: Records) -> Iterator[str]:
    times = np.datetime_as_string(_microseconds(records).astype("M8[us]"), timezone="UTC").tolist()
    columns = zip(records["step"].tolist(), times, records["value"].tolist(), strict=True)
    for step, time, value in columns:
        shown = "" if value != value else repr(value)  # noqa: PLR0124 (NaN alone is not itself)
        yield f"{before}{'' if step == NO_STEP else step},{time},{shown}\r\n"


def _microseconds(records: Records) -> Integers:
    return np.rint(records["time"] * 1e6).astype("<i8")


def _parquet(head: tuple[str, ...], parts: Iterable[Part]) -> Iterator[bytes]:
    columns = (
        *(parquet.Column(name=name, kind=parquet.Kind.TEXT) for name in head),
        parquet.Column(name="step", kind=parquet.Kind.INTEGER, optional=True),
        parquet.Column(name="time", kind=parquet.Kind.TIME),
        parquet.Column(name="value", kind=parquet.Kind.REAL),
    )
    writer = parquet.ParquetWriter(columns)
    yield writer.begin()
    for part in parts:
        records = part.points.records
        for start in range(0, len(records), _GROUP_ROWS):
            rows = records[start : start + _GROUP_ROWS]
            steps = np.ascontiguousarray(rows["step"])
            yield from writer.group(
                len(rows),
                [*part.labels, parquet.Masked(steps, steps != NO_STEP), _microseconds(rows), rows["value"]],
            )
    yield writer.end()
