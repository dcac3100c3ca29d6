"""The words of this part as values: points, batches of them, and what readers get."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Sums = npt.NDArray[np.uint32]
Integers = npt.NDArray[np.int64]
Numbers = Floats | Integers
Octets = npt.NDArray[np.uint8]
Records = npt.NDArray[np.void]

NO_STEP: Final = -(2**63)
"""Stands in the step column for "printed without step or epoch"."""

POINT: Final = np.dtype([("step", "<i8"), ("time", "<f8"), ("value", "<f8")])
"""One record of a segment: step or epoch (NO_STEP if none), unix seconds, value (NaN is a gap)."""


class Source(StrEnum):
    """How a metric was printed; the same name from both sources is two metrics, and JSON hides TEXT."""

    JSON = "json"
    TEXT = "text"


class Axis(StrEnum):
    """What a chart puts on its X axis."""

    STEP = "step"
    EPOCH = "epoch"
    TIME = "time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One named curve of a job; the axis is what its first point was printed with."""

    name: str
    source: Source
    axis: Axis


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One value as printed; `offset` is where its line starts in the log."""

    name: str
    step: int | None
    value: float
    offset: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batch:
    """Points in columns of equal length; of one metric always in the order of printing.

    `codes` are numbers of metrics in `metrics`, which is the parser's own catalogue and may grow later.
    """

    metrics: list[Metric]
    codes: Integers
    steps: Integers
    values: Floats
    offsets: Integers

    def __len__(self) -> int:
        return len(self.codes)

    def __iter__(self) -> Iterator[Point]:
        columns = (self.codes.tolist(), self.steps.tolist(), self.values.tolist(), self.offsets.tolist())
        for code, step, value, offset in zip(*columns, strict=True):
            known = None if step == NO_STEP else step
            yield Point(name=self.metrics[code].name, step=known, value=value, offset=offset)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricSummary:
    """One row of a table of metrics; `min` and `max` are None when every value is a gap."""

    name: str
    axis: Axis
    count: int
    last_value: float
    last_step: int | None
    last_time: float
    min: float | None
    max: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreStatus:
    """How far the log has been read and what came of it.

    `dropped` counts values that were refused because their name is too long or one too many, `long_lines` the lines
    that were skipped because no metric is that long, `malformed` the lines that name a metric and have no number as its
    value or are broken JSON; the first of these starts at `malformed_at`.
    """

    log_offset: int
    metrics: int
    points: int
    dropped: int
    long_lines: int
    malformed: int
    malformed_at: int | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Series:
    """A curve ready to draw: `x` ascends, NaN in `y` is a gap.

    `total` is the number of stored points in the range, `is_raw` says that all of them are here. `first` and `last` are
    the (x, y) ends of the range, None when it is empty.
    """

    name: str
    axis: Axis
    x: Floats
    y: Floats
    total: int
    is_raw: bool
    first: tuple[float, float] | None = field(default=None)
    last: tuple[float, float] | None = field(default=None)
