"""Few points that draw the same curve as many."""

import bisect
import itertools
from typing import Final, Literal

import numpy as np

from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.metrics.store.reader import MetricRecords, MetricsReader
from openmo.metrics.values import NO_STEP, Axis, Floats, Integers, Numbers, Series

POINTS_MAX: Final = 20_000
_PER_BUCKET: Final = 4


def series(
    reader: MetricsReader,
    name: str,
    *,
    points: int = 1000,
    x: Axis | Literal["step", "epoch", "time"] | None = None,
    start: float | None = None,
    end: float | None = None,
    origin: float = 0.0,
    beside: bool = False,
) -> Series:
    """The curve of a metric between `start` and `end` (both included, in units of `x`), in about `points` points.

    A range of at most `points` points comes back whole. A longer one is cut into equal widths of x, and of each the
    first, last, lowest and highest point stay, so no extreme is ever lost; a width with gaps keeps one NaN beside them.
    `x` is by default what the metric was printed with, "step" and "epoch" are the same column, and unix seconds are
    "time", counted from `origin`. Points without a step have no place on a step axis. With `beside` the range takes in
    one point more at each end, so that a curve that is zoomed into reaches the edges. Raises MetricNotFound and
    InvalidInput.
    """
    if not _PER_BUCKET <= points <= POINTS_MAX:
        raise InvalidInput(
            message(
                "Ask for %(low)s to %(high)s points, not %(points)s.",
                low=_PER_BUCKET,
                high=POINTS_MAX,
                points=points,
            ),
            field="points",
        )
    found = reader.records(name)
    axis = found.axis if x is None else Axis(x)
    across, values = columns(found, axis)
    shift = origin if axis is Axis.TIME else 0.0
    low = 0 if start is None else _first_at(across, start + shift)
    high = len(across) if end is None else _first_after(across, end + shift)
    if beside:
        low, high = max(low - 1, 0), min(high + 1, len(across))
    across, values = across[low:high], values[low:high]
    total = len(across)
    is_raw = total <= points
    kept = np.arange(total) if is_raw else _choose(across, values, points // _PER_BUCKET)
    xs, ys = across[kept].astype(np.float64) - shift, values[kept].astype(np.float64)
    ends = ((float(xs[0]), float(ys[0])), (float(xs[-1]), float(ys[-1]))) if total else (None, None)
    return Series(name=name, axis=axis, x=xs, y=ys, total=total, is_raw=is_raw, first=ends[0], last=ends[1])


def columns(found: MetricRecords, axis: Axis) -> tuple[Numbers, Floats]:
    """X and values, x ascending; views of the file where the job printed in order, as nearly all do."""
    records = found.records
    if axis is Axis.TIME:
        return records["time"], records["value"]
    if found.is_ascending:
        return records["step"], records["value"]
    stepped = np.flatnonzero(records["step"] != NO_STEP)
    order = stepped[np.argsort(records["step"][stepped], kind="stable")]
    return records["step"][order], records["value"][order]


def _choose(x: Numbers, values: Floats, buckets: int) -> Integers:
    """Indices, ascending, of the points that stay.

    Bounds are found by bisection and each bucket is copied once, so a mapped file is passed over a single time and
    memory stays at the size of one bucket.
    """
    edges = np.linspace(float(x[0]), float(x[-1]), buckets + 1)[1:-1].tolist()
    bounds = [0]
    for edge in edges:
        bounds.append(_first_at(x, edge, low=bounds[-1]))
    bounds.append(len(x))
    kept: set[int] = set()
    for start, stop in itertools.pairwise(bounds):
        if start < stop:
            kept.update(
                (start, stop - 1, *(start + index for index in _extremes(np.ascontiguousarray(values[start:stop]))))
            )
    return np.array(sorted(kept), dtype=np.int64)


def _extremes(values: Floats) -> tuple[int, ...]:
    """Where the lowest, the highest and, if there is one, the first gap are."""
    lowest = int(values.argmin())
    if not np.isnan(values[lowest]):
        return lowest, int(values.argmax())
    finite = np.flatnonzero(~np.isnan(values))
    if not len(finite):
        return (lowest,)
    return lowest, int(finite[values[finite].argmin()]), int(finite[values[finite].argmax()])


def _first_at(x: Numbers, edge: float, *, low: int = 0) -> int:
    return bisect.bisect_left(x, edge, lo=low)


def _first_after(x: Numbers, edge: float) -> int:
    return bisect.bisect_right(x, edge)
