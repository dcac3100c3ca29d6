"""Several runs' curves of one metric as one: their mean, and how far they lie apart."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from openmo.metrics.store.reader import MetricRecords
from openmo.metrics.values import Axis, Floats, Integers
from openmo.metrics.views.downsample import columns


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """One run's points; times count from `origin`."""

    points: MetricRecords
    origin: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MeanCurve:
    """`runs` is how many reach an x, `deviation` the sample standard deviation of these, NaN for fewer than two."""

    x: Floats
    mean: Floats
    deviation: Floats
    runs: Integers


def average(runs: Sequence[Run], axis: Axis, *, points: int, start: float | None, end: float | None) -> MeanCurve:
    """The mean curve of runs in at most `points` points between `start` and `end`, whatever x each run was printed at.

    Where the runs' x together are few, each of them is a point; a run that has none there counts with the straight line
    between its neighbours, and not at all before its first and behind its last. Where they are many, x is cut into
    equal widths, and each run counts with the mean of its points in a width. Gaps count for nothing.
    """
    curves = [_cut(*_curve(run, axis), start, end) for run in runs]
    curves = [curve for curve in curves if len(curve[0])]
    if not curves:
        nothing = np.empty(0)
        return MeanCurve(x=nothing, mean=nothing, deviation=nothing, runs=np.empty(0, dtype=np.int64))
    grid = _shared_grid([x for x, _ in curves], points)
    if grid is None:
        low, high = min(x[0] for x, _ in curves), max(x[-1] for x, _ in curves)
        edges = np.linspace(low, high, points + 1)
        grid = (edges[:-1] + edges[1:]) / 2
        curves = [_bucketed(x, y, edges) for x, y in curves]
    return _mean(grid, np.stack([_at(grid, x, y) for x, y in curves]))


def _curve(run: Run, axis: Axis) -> tuple[Floats, Floats]:
    """X and values without gaps, x ascending."""
    x, y = columns(run.points, axis)
    known = ~np.isnan(y)
    shift = run.origin if axis is Axis.TIME else 0.0
    return x[known].astype(np.float64) - shift, y[known]


def _cut(x: Floats, y: Floats, start: float | None, end: float | None) -> tuple[Floats, Floats]:
    low = 0 if start is None else int(np.searchsorted(x, start, side="left"))
    high = len(x) if end is None else int(np.searchsorted(x, end, side="right"))
    return x[low:high], y[low:high]


def _shared_grid(across: Sequence[Floats], points: int) -> Floats | None:
    """All the runs' x, None when they are more than `points`."""
    found = np.empty(0)
    for x in across:
        found = np.union1d(found, x)
        if len(found) > points:
            return None
    return found


def _bucketed(x: Floats, y: Floats, edges: Floats) -> tuple[Floats, Floats]:
    """The run's mean in each width that holds points, at the middle of the width."""
    bucket = np.searchsorted(edges[1:-1], x, side="right")
    counts = np.bincount(bucket, minlength=len(edges) - 1)
    held = counts > 0
    means = np.bincount(bucket, weights=y, minlength=len(edges) - 1)[held] / counts[held]
    return ((edges[:-1] + edges[1:]) / 2)[held], means


def _at(grid: Floats, x: Floats, y: Floats) -> Floats:
    """The curve's values at the grid, NaN outside; of equal x the last value counts."""
    last = np.append(x[1:] != x[:-1], True)
    values: Floats = np.interp(grid, x[last], y[last], left=np.nan, right=np.nan)
    return values


def _mean(grid: Floats, values: Floats) -> MeanCurve:
    there = ~np.isnan(values)
    runs = there.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        mean = np.where(there, values, 0.0).sum(axis=0) / runs
        squares = np.where(there, (values - mean) ** 2, 0.0).sum(axis=0)
        deviation = np.where(runs > 1, np.sqrt(squares / (runs - 1)), np.nan)
    return MeanCurve(x=grid, mean=mean, deviation=deviation, runs=runs)
