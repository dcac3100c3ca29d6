import statistics

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmo.metrics.store.reader import MetricRecords
from openmo.metrics.values import POINT, Axis, Metric, Source
from openmo.metrics.views.averaging import MeanCurve, Run, average

GAP = float("nan")


def run(pairs: list[tuple[int, float]], *, times: list[float] | None = None, origin: float = 0.0) -> Run:
    steps = [step for step, _ in pairs]
    rows = [(step, 0.0 if times is None else times[at], value) for at, (step, value) in enumerate(pairs)]
    metric = Metric(name="loss", source=Source.JSON, axis=Axis.STEP)
    found = MetricRecords(
        metric=metric,
        records=np.array(rows, dtype=POINT),
        stepped=len(pairs),
        is_ascending=steps == sorted(steps),
    )
    return Run(points=found, origin=origin)


def mean(*runs: Run, axis: Axis = Axis.STEP, points: int = 1000, start: float | None = None) -> MeanCurve:
    return average(runs, axis, points=points, start=start, end=None)


def test_equal_steps_are_averaged_point_by_point() -> None:
    found = mean(run([(0, 1.0), (1, 2.0)]), run([(0, 3.0), (1, 2.0)]), run([(0, 5.0), (1, 2.0)]))
    assert found.x.tolist() == [0, 1]
    assert found.mean.tolist() == [3, 2]
    assert found.deviation.tolist() == [2, 0]
    assert found.runs.tolist() == [3, 3]


def test_unequal_steps_meet_on_straight_lines_and_nobody_is_drawn_beyond_their_ends() -> None:
    found = mean(run([(0, 0.0), (10, 10.0)]), run([(5, 7.0), (20, 22.0)]))
    assert found.x.tolist() == [0, 5, 10, 20]
    assert found.runs.tolist() == [1, 2, 2, 1]
    assert found.mean.tolist() == [0, 6, 11, 22]
    assert found.deviation.tolist() == pytest.approx([GAP, 2**0.5, 2**0.5, GAP], nan_ok=True)


def test_gaps_repeated_steps_and_disorder() -> None:
    found = mean(run([(2, 4.0), (0, 1.0), (1, GAP), (2, 6.0)]), run([(0, 3.0), (1, 3.0), (2, 2.0)]))
    assert found.x.tolist() == [0, 1, 2]
    assert found.mean.tolist() == [2.0, pytest.approx((3.5 + 3) / 2), 4.0]


def test_elapsed_time_counts_from_each_runs_own_start() -> None:
    early = run([(0, 1.0), (1, 2.0)], times=[100.0, 101.0], origin=100.0)
    late = run([(0, 3.0), (1, 4.0)], times=[500.0, 501.0], origin=500.0)
    assert mean(early, late, axis=Axis.TIME).mean.tolist() == [2, 3]


def test_one_run_has_no_deviation_and_no_run_no_curve() -> None:
    assert np.isnan(mean(run([(0, 1.0)])).deviation).all()
    assert len(mean(run([(0, GAP)])).x) == 0
    assert len(mean(run([(0, 1.0)]), start=5.0).x) == 0


def test_long_curves_count_with_their_means_and_not_with_their_extremes() -> None:
    generator = np.random.default_rng(3)
    noise = generator.normal(size=(2, 20_000))
    noise[0, 777] = 1e6
    runs = [run(list(enumerate((level + noise[index]).tolist()))) for index, level in enumerate((1.0, 3.0))]
    found = mean(*runs, points=50)
    assert len(found.x) == 50
    calm = np.arange(50) != 777 // 400
    assert found.mean[calm] == pytest.approx(2.0, abs=0.3)
    assert found.deviation[calm] == pytest.approx(2**0.5, abs=0.3)


@given(
    st.lists(st.dictionaries(st.integers(0, 30), st.floats(-1e6, 1e6), min_size=1, max_size=12), min_size=2, max_size=5)
)
def test_mean_and_deviation_are_those_of_the_runs_that_reach(curves: list[dict[int, float]]) -> None:
    pairs = [sorted(curve.items()) for curve in curves]
    found = mean(*(run(curve) for curve in pairs))
    assert found.x.tolist() == sorted({x for curve in curves for x in curve})
    for index, x in enumerate(found.x.tolist()):
        values = [
            float(np.interp(x, [p[0] for p in curve], [p[1] for p in curve]))
            for curve in pairs
            if curve[0][0] <= x <= curve[-1][0]
        ]
        assert found.runs[index] == len(values)
        assert found.mean[index] == pytest.approx(statistics.fmean(values), abs=1e-6)
        if len(values) > 1:
            assert found.deviation[index] == pytest.approx(statistics.stdev(values), rel=1e-6, abs=1e-6)
        else:
            assert np.isnan(found.deviation[index])
