"""SIGSTOP, limits set from outside, a lock that somebody holds: what is shown is true within ten seconds, and mends."""

import contextlib
import json
import os
import resource
import signal
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.installation import Installation, running, wait_for
from support.run import kill, processes_naming
from support.up_process import UpProcess
from support.up_process import running as stand_in
from support.up_process import wait_for as until

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1200)]

SHOWN_SECONDS = 10.0
"""What the truth may take to be shown."""
HANG_SECONDS = 8.0
"""What stand-ins may be silent for."""
TIMEOUT_SECONDS = 600.0
"""A loaded machine gives a silent service up to ten times half a minute."""
SERVICES = ("web", "gateway", "runner", "hub", "proxy")
_PRINTS = """
import json, pathlib, time
step = 0
while not pathlib.Path("results/enough").exists():
    print(json.dumps({"metric": "n", "value": step, "step": step}), flush=True)
    step += 1
    time.sleep(0.02)
"""


_takes_long = pytest.mark.deep("waits for tens of seconds")


@pytest.fixture(autouse=True)
def _nothing_stays(tmp_path: Path) -> Iterator[None]:
    yield
    kill(processes_naming(tmp_path))


def _state(up: UpProcess, name: str) -> str:
    return str(up.services().get(name, {}).get("state"))


def _health_requests(up: UpProcess) -> int:
    """How often the stand-in of the pages was requested for its health."""
    return (up.data / "logs" / "web.log").read_text().count("a request for its health")


def _restarts(up: UpProcess, name: str) -> int:
    return int(up.services()[name]["restarts"])


@_takes_long
@pytest.mark.parametrize("name", ["web", "gateway", "hub", "proxy"])
def test_a_stopped_service_is_shown_ended_and_back(tmp_path: Path, name: str) -> None:
    with stand_in(tmp_path / "data", environment={"STAND_IN_HANG_SECONDS": str(HANG_SECONDS)}) as up:
        before = up.services()
        os.kill(up.pid(name), signal.SIGSTOP)
        until(lambda: _state(up, name) == "unresponsive", seconds=SHOWN_SECONDS)
        status = up.run("status").stdout
        assert "unresponsive" in status
        assert "does not answer" in status
        until(lambda: _restarts(up, name) == 1 and up.all_ready(), seconds=TIMEOUT_SECONDS)
        assert "did not answer" in (up.data / "logs" / f"{name}.log").read_text()
        assert "so it was killed" in up.run("status").stdout
        others = {other for other in SERVICES if other != name}
        assert {other: up.pid(other) for other in others} == {other: before[other]["pid"] for other in others}


@_takes_long
def test_a_limit_set_from_outside_is_found_and_mended(tmp_path: Path) -> None:
    """A process that cannot accept connections any more lives on, and answers nobody."""
    with stand_in(tmp_path / "data", environment={"STAND_IN_HANG_SECONDS": str(HANG_SECONDS)}) as up:
        resource.prlimit(up.pid("web"), resource.RLIMIT_NOFILE, (3, 3))
        until(lambda: _state(up, "web") == "unresponsive", seconds=SHOWN_SECONDS)
        until(lambda: _restarts(up, "web") == 1 and up.all_ready(), seconds=TIMEOUT_SECONDS)


@_takes_long
def test_a_supervisor_that_was_stopped_kills_nobody(tmp_path: Path) -> None:
    with stand_in(tmp_path / "data", environment={"STAND_IN_HANG_SECONDS": str(HANG_SECONDS)}) as up:
        pids = {name: up.pid(name) for name in SERVICES}
        os.kill(up.process.pid, signal.SIGSTOP)
        answer = json.loads(up.run("status", "--json").stdout)
        assert answer["processes"][0]["state"] == "unresponsive", "what it says of the others may be out of date"
        stopped = time.monotonic()
        until(lambda: time.monotonic() - stopped > 3 * HANG_SECONDS, seconds=60)  # longer than any may be silent
        os.kill(up.process.pid, signal.SIGCONT)
        now = json.loads(up.run("status", "--json").stdout)
        assert now["processes"][0]["state"] == "ready"
        before = _health_requests(up)
        until(lambda: _health_requests(up) > before + 4, seconds=120)  # it has judged anew
        assert {name: up.pid(name) for name in SERVICES} == pids


@_takes_long
def test_a_job_goes_on_whatever_is_stopped_beside_it(tmp_path: Path) -> None:
    """Each service stands still for a while under a printing job; nothing is restarted for it, and nothing is lost."""
    with running(tmp_path, "--no-samples") as installation:
        installation.cli("project", "create", "steady")
        workspace = installation.workspace("steady")
        (workspace / "count.py").write_text(_PRINTS)
        job = installation.cli("job", "run", "steady", "count.py")
        wait_for(lambda: _job(installation, job) == "running", "the job to run")
        for name in SERVICES:
            pid = int(installation.process(name)["pid"])
            os.kill(pid, signal.SIGSTOP)
            wait_for(lambda name=name: _shown(installation, name) == "unresponsive", f"{name} to be found out", 30)  # type: ignore[misc]
            os.kill(pid, signal.SIGCONT)
            wait_for(lambda name=name: _shown(installation, name) == "ready", f"{name} to answer again", 180)  # type: ignore[misc]
            assert installation.process(name)["pid"] == pid, "a pause is no reason to start anew"
        (workspace / "results").mkdir(exist_ok=True)
        (workspace / "results" / "enough").touch()
        wait_for(lambda: _job(installation, job) == "succeeded", "the job to end", 180)
        text = installation.cli("job", "logs", "steady", "1")["log"]
        steps = [json.loads(line)["step"] for line in text.splitlines()]
        assert steps == list(range(len(steps)))
        points = installation.cli("job", "metrics", "steady", "1", "--name", "n", "--points", "20000")
        assert points["y"] == [float(step) for step in steps]


@_takes_long
def test_a_database_that_somebody_holds_refuses_clearly_and_loses_nothing(tmp_path: Path) -> None:
    """Another program holds SQLite's lock for writing: reading goes on, writing says so, and all goes on afterwards."""
    with running(tmp_path, "--no-samples") as installation:
        installation.cli("project", "create", "steady")
        (installation.workspace("steady") / "count.py").write_text("print('hello')\n")
        with contextlib.closing(sqlite3.connect(installation.data / "openmo.sqlite", isolation_level=None)) as holder:
            holder.execute("BEGIN IMMEDIATE")
            refused = installation.cli("job", "run", "steady", "count.py", check=False)
            assert refused["status"] == 503
            assert refused["detail"]
            assert installation.cli("project", "show", "steady")["name"] == "steady"
            holder.execute("ROLLBACK")
        job = installation.cli("job", "run", "steady", "count.py")
        wait_for(lambda: _job(installation, job) == "succeeded", "the job to end", 180)
        assert installation.cli("job", "logs", "steady", "1")["log"] == "hello\n"
        wait_for(lambda: {p["state"] for p in installation.status()["processes"]} == {"ready"}, "all to be ready", 120)


def _shown(installation: Installation, name: str) -> str:
    return str(installation.process(name)["state"])


def _job(installation: Installation, job: dict[str, Any]) -> object:
    return installation.job("steady", job["number"])["state"]
