"""The machine's clock is set forward and back while a job runs: how long it ran stays true."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from support.clocks import JumpingClock
from support.real_jobs import RealJobs
from support.run import kill, processes_naming

from openmo.core.states import JobState
from openmo.execution import local
from openmo.metrics.store.reader import MetricsReader

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1200)]
HOUR, DAY = 3600, 86400
PRINTS = """
import json, pathlib, time
step = 0
while not pathlib.Path("results/enough").exists():
    print(json.dumps({"metric": "n", "value": step}), flush=True)
    step += 1
    time.sleep(0.02)
"""


@pytest.fixture(autouse=True)
def _nothing_stays(tmp_path: Path) -> Iterator[None]:
    yield
    kill(processes_naming(tmp_path))


@pytest.fixture
def clock(tmp_path: Path) -> JumpingClock:
    return JumpingClock(tmp_path)


def test_a_job_is_as_long_as_it_was_and_its_points_keep_their_distance(
    tmp_path: Path, migrated_sqlite: Path, clock: JumpingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What watches over the job has the clock that jumps; the log's file and whoever reads it have the machine's."""
    python = tmp_path / "python"
    settings = " ".join(f"{name}={value}" for name, value in clock.variables.items())
    python.write_text(f'#!/bin/sh\nexec env {settings} {sys.executable} "$@"\n')
    python.chmod(0o755)
    monkeypatch.setattr(local, "sys", SimpleNamespace(executable=str(python)))
    jobs = RealJobs(tmp_path / "root", migrated_sqlite)
    try:
        project = jobs.platform.project("ada", "digits", files={"train.py": PRINTS})
        began = time.monotonic()
        job = jobs.platform.submit(project, "train.py")
        for jump in (DAY, -DAY, HOUR, -HOUR):
            lines = jobs.log(job).count(b"\n")
            jobs.step_until(lambda lines=lines: jobs.log(job).count(b"\n") > lines + 3)  # type: ignore[misc]
            clock.jump(jump)
        (jobs.platform.workspace(project) / "results" / "enough").touch()
        ended = jobs.ended(job)
        took = time.monotonic() - began
    finally:
        jobs.close()
    assert ended.state is JobState.SUCCEEDED
    assert ended.seconds is not None
    assert 0 < ended.seconds <= took
    times = MetricsReader(jobs.folder(job) / "metrics").records("n").records["time"]
    assert len(times) == jobs.log(job).count(b"\n")
    assert (np.diff(times) >= 0).all()
    assert times[-1] - times[0] <= took
    assert ended.started_at is not None
    assert ended.started_at.timestamp() <= times[0], "no chart begins before its job"
