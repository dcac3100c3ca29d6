from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmo.core.errors import InvalidInput
from openmo.metrics.errors import MetricNotFound
from openmo.metrics.reading.parser import ParserState
from openmo.metrics.store.catalogue import Catalogue
from openmo.metrics.store.reader import MetricsReader
from openmo.metrics.store.writer import MetricsWriter
from openmo.metrics.values import NO_STEP, Axis, Batch, Floats, Integers, Source
from openmo.metrics.views.downsample import series


def store(folder: Path, values: Floats, *, steps: Integers | None = None, times: Floats | None = None) -> MetricsReader:
    count = len(values)
    with MetricsWriter(folder) as writer:
        code = writer.catalogue.codes[Source.JSON]["y"]
        batch = Batch(
            metrics=writer.catalogue.metrics,
            codes=np.full(count, code),
            steps=np.arange(count) if steps is None else steps,
            values=values,
            offsets=np.arange(count),
        )
        writer.append(batch, np.arange(count) / 10 if times is None else times)
        writer.commit(ParserState())
    return MetricsReader(folder)


def test_a_short_curve_comes_back_whole(tmp_path: Path) -> None:
    reader = store(tmp_path, np.array([3.0, np.nan, 1.0]))
    found = series(reader, "y")
    assert found.is_raw
    assert found.axis is Axis.STEP
    assert found.x.tolist() == [0, 1, 2]
    assert found.y.tolist() == pytest.approx([3, np.nan, 1], nan_ok=True)
    assert (found.first, found.last, found.total) == ((0, 3), (2, 1), 3)


def test_extremes_and_ends_survive(tmp_path: Path) -> None:
    values = np.random.default_rng(1).normal(size=200_000)
    values[123_456], values[77] = 1e6, -1e6
    found = series(store(tmp_path, values), "y", points=100)
    assert not found.is_raw
    assert found.total == 200_000
    assert len(found.x) <= 100
    assert {1e6, -1e6} < set(found.y)
    assert (found.first, found.last) == ((0, values[0]), (199_999, values[-1]))
    assert (np.diff(found.x) > 0).all()
    assert (values[found.x.astype(int)] == found.y).all()


def test_each_width_of_the_chart_keeps_its_extremes(tmp_path: Path) -> None:
    """Times are uneven: a minute of silence must not swallow the quiet part of the curve."""
    times = np.concatenate([np.arange(100.0), 100 + np.arange(100_000) / 1e6])
    values = np.sin(np.arange(100_100.0))
    found = series(store(tmp_path, values, times=times), "y", points=400, x="time")
    assert found.axis is Axis.TIME
    assert (found.x < 100).sum() >= 99


def test_gaps_stay_gaps(tmp_path: Path) -> None:
    values = np.arange(10_000.0)
    values[5_000:6_000] = np.nan
    values[7_777] = np.nan
    found = series(store(tmp_path, values), "y", points=100)
    gaps = found.x[np.isnan(found.y)]
    assert gaps.min() == 5_000
    assert gaps.max() == 7_777
    assert np.nanmax(found.y) == 9_999
    assert np.nanmin(found.y) == 0


def test_only_gaps(tmp_path: Path) -> None:
    found = series(store(tmp_path, np.full(10_000, np.nan)), "y", points=100)
    assert np.isnan(found.y).all()


def test_a_range_is_seen_closer(tmp_path: Path) -> None:
    reader = store(tmp_path, np.arange(10_000.0))
    found = series(reader, "y", points=100, start=500, end=550)
    assert found.is_raw
    assert found.x.tolist() == list(range(500, 551))
    assert series(reader, "y", points=100, x="time", start=999.85).x.tolist() == [999.9]
    assert series(reader, "y", start=20_000).total == 0
    assert series(reader, "y", start=20_000).first is None
    assert series(reader, "y", start=5, end=1).total == 0


def test_steps_out_of_order_are_sorted(tmp_path: Path) -> None:
    steps = np.random.default_rng(1).permutation(5_000)
    found = series(store(tmp_path, steps.astype(float), steps=steps), "y", points=100)
    assert (np.diff(found.x) >= 0).all()
    assert (found.x == found.y).all()
    assert found.total == 5_000


def test_points_without_a_step_have_only_a_time(tmp_path: Path) -> None:
    steps = np.array([1, NO_STEP, 3])
    reader = store(tmp_path, np.array([10.0, 20.0, 30.0]), steps=steps)
    assert series(reader, "y").x.tolist() == [1, 3]
    assert series(reader, "y", x="time").y.tolist() == [10, 20, 30]


def test_time_is_natural_without_steps(tmp_path: Path) -> None:
    reader = store(tmp_path, np.array([1.0, 2.0]), steps=np.full(2, NO_STEP))
    assert series(reader, "y").axis is Axis.TIME
    assert series(reader, "y", x="step").total == 0


def test_the_extreme_step_numbers_are_no_trouble(tmp_path: Path) -> None:
    steps = np.array([-(2**63) + 1, 0, 2**63 - 1] * 1000)
    found = series(store(tmp_path, np.arange(3000.0), steps=steps), "y", points=10)
    assert found.total == 3000
    assert {0.0, 2999.0} <= set(found.y)


def test_wrong_questions_are_answered_with_advice(tmp_path: Path) -> None:
    reader = store(tmp_path, np.array([1.0]))
    with pytest.raises(MetricNotFound):
        series(reader, "x")
    for points in (0, 3, 10**9):
        with pytest.raises(InvalidInput):
            series(reader, "y", points=points)


def test_a_catalogue_survives_encoding() -> None:
    catalogue = Catalogue()
    codes = [catalogue.codes[source][name] for source in Source for name in ("a", "b\n", "准确率")]
    assert codes == list(range(6))
    assert [Catalogue(catalogue.metrics).codes[metric.source][metric.name] for metric in catalogue.metrics] == codes


@given(
    values=st.lists(st.floats(-1e9, 1e9) | st.just(float("nan")), min_size=5, max_size=300),
    ends=st.tuples(st.floats(-10, 310), st.floats(-10, 310)),
)
def test_zooming_in_ends_at_the_printed_values(
    tmp_path_factory: pytest.TempPathFactory, values: list[float], ends: tuple[float, float]
) -> None:
    start, end = sorted(ends)
    reader = store(tmp_path_factory.mktemp("zoom"), np.array(values))
    inside = [at for at in range(len(values)) if start <= at <= end]
    found = series(reader, "y", points=max(len(inside), 4), start=start, end=end)
    assert found.is_raw
    assert found.x.tolist() == inside
    assert np.array_equal(found.y, np.array(values)[inside], equal_nan=True)
    beside = series(reader, "y", points=len(values), start=start, end=end, beside=True)
    before = [at for at in range(len(values)) if at < start][-1:]
    after = [at for at in range(len(values)) if at > end][:1]
    assert beside.x.tolist() == [*before, *inside, *after]


def test_time_counts_from_an_origin(tmp_path: Path) -> None:
    reader = store(tmp_path, np.arange(100.0), times=1000 + np.arange(100.0))
    found = series(reader, "y", x="time", origin=1000.0, start=10, end=12)
    assert found.x.tolist() == [10, 11, 12]
    assert (found.first, found.last) == ((10, 10), (12, 12))
    assert series(reader, "y", x="step", origin=1000.0, start=10, end=12).x.tolist() == [10, 11, 12]
