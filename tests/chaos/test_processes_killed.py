"""Whatever process is killed while a job prints, every line is in the log once and every point in the chart once."""

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.installation import Installation, running, wait_for
from support.run import kill, processes_naming

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

ALL = {"up", "runner", "web", "gateway", "proxy", "hub"}
SCRIPT = """
import json, signal, time
told, step = [], 0
signal.signal(signal.SIGTERM, lambda *_: told.append(True))
while not told:
    print(json.dumps({"metric": "n", "value": step, "step": step}), flush=True)
    step += 1
    time.sleep(0.01)
"""
"""Prints until it is asked to stop."""


@pytest.fixture(autouse=True)
def _nothing_stays(tmp_path: Path) -> Iterator[None]:
    """Jobs outlive their installation, also when a test fails before it stops them."""
    yield
    kill(processes_naming(tmp_path))


def _kill(installation: Installation, name: str) -> None:
    """kill -9, and back again under another pid."""
    pid = installation.process(name)["pid"]
    os.kill(pid, signal.SIGKILL)

    def is_back() -> bool:
        process = installation.process(name)
        return process["state"] == "ready" and process["pid"] not in (pid, None)

    wait_for(is_back, f"{name} to come back", 180, every=0.2)


@pytest.mark.deep(
    "starts OpenMo, and each of its processes again; test_up_kill.py and test_shim_kills.py are its light dose"
)
def test_a_printing_job_survives_the_death_of_each_process(tmp_path: Path) -> None:
    with running(tmp_path, "--no-samples") as installation:
        installation.cli("project", "create", "steady")
        (installation.workspace("steady") / "count.py").write_text(SCRIPT)
        job = installation.cli("job", "run", "steady", "count.py")
        wait_for(lambda: _state(installation, job) == "running", "the job to run")
        for name in ("runner", "web", "gateway", "proxy", "hub"):
            _kill(installation, name)
            assert _state(installation, job) == "running"
        wait_for(lambda: _ready(installation) == ALL, "all of them, once the Hub's end is known everywhere")
        lines = _lines_of_the_ended(installation, job)
        points = installation.cli("job", "metrics", "steady", "1", "--name", "n", "--points", "20000")
        assert points["x"] == [float(step) for step in range(lines)]
        assert points["y"] == points["x"]


@pytest.mark.deep("starts OpenMo twice around a job")
def test_a_running_job_outlives_the_installation_and_is_found_again(tmp_path: Path) -> None:
    with running(tmp_path, "--no-samples") as installation:
        installation.cli("project", "create", "steady")
        (installation.workspace("steady") / "count.py").write_text(SCRIPT)
        job = installation.cli("job", "run", "steady", "count.py")
        wait_for(lambda: _state(installation, job) == "running", "the job to run")
        first = installation.cli("job", "metrics", "steady", "1")
    assert "count-1" in installation.log.read_text()  # `up` names what goes on without it
    with running(tmp_path, "--no-samples") as installation:
        assert _state(installation, job) == "running"
        lines = _lines_of_the_ended(installation, job)
        last = installation.cli("job", "metrics", "steady", "1")
        assert [metric["count"] for metric in last["metrics"]] == [lines]
        assert sum(metric["count"] for metric in first["metrics"]) < lines


def _lines_of_the_ended(installation: Installation, job: dict[str, Any]) -> int:
    """Stops the job; each line that it printed is in its log once."""
    installation.cli("job", "stop", "steady", "1")
    wait_for(lambda: _state(installation, job) != "running", "the job to end", 120, every=0.3)
    assert _state(installation, job) == "terminated"
    steps = [json.loads(line)["step"] for line in installation.cli("job", "logs", "steady", "1")["log"].splitlines()]
    assert steps == list(range(len(steps)))
    return len(steps)


def _ready(installation: Installation) -> set[str]:
    return {process["name"] for process in installation.status()["processes"] if process["state"] == "ready"}


def _state(installation: Installation, job: dict[str, Any]) -> object:
    return installation.job("steady", job["number"])["state"]
