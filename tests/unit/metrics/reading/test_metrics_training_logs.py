"""What is charted of the logs in tests/corpora/training: these curves, with these values, and nothing else."""

import math
from pathlib import Path
from typing import Any

import pytest
from support.training_logs import TrainingLog, training_logs

from openmo.metrics.follower import LogFollower
from openmo.metrics.store.reader import MetricsReader

LOGS = training_logs()


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.name)
def test_a_training_log_is_charted_as_its_author_would(log: TrainingLog, tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(log.data)
    with LogFollower(tmp_path / "log", tmp_path / "log.times", tmp_path / "metrics") as follower:
        follower.finish()
    reader = MetricsReader(tmp_path / "metrics")
    found: dict[str, Any] = {}
    for metric in reader.summaries():
        found[metric.name] = {"axis": str(metric.axis), "points": metric.count, "last": metric.last_value}
        if metric.last_step is not None:
            found[metric.name]["at"] = metric.last_step
    assert found == log.charts
    assert reader.status().malformed == 0


def test_there_are_logs_of_many_kinds() -> None:
    assert len(LOGS) >= 60
    assert len({log.kind for log in LOGS}) >= 10
    assert all(math.isfinite(chart["last"]) for log in LOGS for chart in log.charts.values())
