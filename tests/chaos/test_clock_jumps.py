"""The machine's clock is set forward and back while people work: durations stay true, and nothing expires or hangs."""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import httpx
import numpy as np
import pytest
from support.clocks import JumpingClock
from support.doses import is_deep
from support.installation import Installation, running, wait_for
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
HANDLER = 'def handle(conf):\n    a = conf["a"]  # value_type: int\n    return {"b": a}  # value_type: int\n'
SERVICES = ("web", "gateway", "runner", "hub", "proxy")


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


@pytest.mark.skipif(not is_deep(), reason="waits for tens of seconds; runs in make test-deep")
def test_a_whole_openmo_goes_on_whatever_its_clock_says(
    tmp_path: Path, clock: JumpingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in clock.variables.items():
        monkeypatch.setenv(name, value)
    with running(tmp_path, "--no-samples") as installation:
        installation.cli("project", "create", "steady")
        workspace = installation.workspace("steady")
        (workspace / "count.py").write_text(PRINTS)
        (workspace / "handler.py").write_text(HANDLER)
        installation.cli("app", "deploy", "steady")
        installation.cli("job", "run", "steady", "count.py")
        wait_for(lambda: _job(installation)["state"] == "running", "the job to run")
        site = str(installation.status()["url"])
        token = json.loads((installation.data / "run" / "state.json").read_text())["api"]["token"]
        headers = {"Authorization": f"Bearer {token}"}
        pids = {name: installation.process(name)["pid"] for name in SERVICES}
        for jump in (HOUR, -HOUR, DAY, -DAY, 0):
            clock.jump(jump)
            seen = installation.cli("job", "metrics", "steady", "1", "--name", "n", "--points", "20000")
            wait_for(lambda seen=seen: _points(installation) > len(seen["y"]), "points to come")  # type: ignore[misc]
            wait_for(lambda: _states(installation) == {"ready"}, "all to be ready", 60)
            assert httpx.get(f"{site}/api/v1/projects", headers=headers, timeout=60).status_code == 200
            answer = httpx.post(f"{site}/run/ada/steady", json={"a": jump}, headers=headers, timeout=60)
            assert answer.json()["output"] == {"b": jump}, answer.text
            assert answer.json()["duration_ms"] >= 0
            other = installation.cli("job", "run", "steady", "count.py", "--name", f"after-{jump}")
            installation.cli("job", "stop", "steady", str(other["number"]))
            wait_for(lambda other=other: _job(installation, other["number"])["ended_at"], "it to end")  # type: ignore[misc]
            page = httpx.get(f"{site}/api/v1/projects/ada/steady/jobs", headers=headers, timeout=60).text
            assert '"wait_seconds":-' not in page
        assert {name: installation.process(name)["pid"] for name in SERVICES} == pids, "nothing was started anew"
        (workspace / "results" / "enough").touch()
        wait_for(lambda: _job(installation)["state"] == "succeeded", "the job to end", 180)


def _states(installation: Installation) -> set[str]:
    return {str(process["state"]) for process in installation.status()["processes"]}


def _points(installation: Installation) -> int:
    return len(installation.cli("job", "metrics", "steady", "1", "--name", "n", "--points", "20000")["y"])


def _job(installation: Installation, number: object = 1) -> dict[str, object]:
    return dict(installation.cli("job", "show", "steady", str(number)))
