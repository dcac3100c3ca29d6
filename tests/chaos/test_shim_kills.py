"""`kill -9` of caller, shim or job at any moment: the job runs at most once, ends once, and leaves nothing behind."""

import contextlib
import json
import os
import pickle
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.doses import dose
from support.job_launches import end_of, launch_of, processes_of, wait_until

from openmo.execution.executor import ExitKind, JobLaunch
from openmo.execution.local import LocalExecutor
from openmo.sandbox.none import NoSandbox

pytestmark = pytest.mark.chaos

# Prints lines in one write each, and has a daemon in a session of its own.
JOB = """
    import os, time
    if os.fork() == 0:
        os.setsid()
        time.sleep(1000)
    for n in range(30):
        os.write(1, b"line %d\\n" % n)
        time.sleep(0.002)
"""
ALL_LINES = b"".join(b"line %d\n" % n for n in range(30))
ROUNDS = dose(6, 12)
# Latest moment of a kill, in seconds after the start: past the whole life of a job on a slow machine.
SPAN = 0.25

CALLER = """
import pickle, sys
from openmo.execution.local import LocalExecutor
from openmo.sandbox.none import NoSandbox
launch = pickle.loads(bytes.fromhex(sys.stdin.readline()))
print("ready", flush=True)
sys.stdin.readline()
LocalExecutor(NoSandbox()).start(launch)
"""


def record(folder: Path, name: str) -> dict[str, int]:
    """The record, or nothing when it is not there."""
    try:
        return dict(json.loads((folder / name).read_text()))
    except FileNotFoundError:
        return {}


def at_random_moments(seed: int, act: Callable[[], object]) -> threading.Thread:
    delay = random.Random(seed).uniform(0, SPAN)

    def later() -> None:
        time.sleep(delay)
        act()

    thread = threading.Thread(target=later)
    thread.start()
    return thread


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def check_end(executor: LocalExecutor, launch: JobLaunch, allowed: set[ExitKind]) -> ExitKind:
    """The end is one of the allowed, final, and of all processes; the log is a beginning of what is printed, once."""
    end = end_of(executor, launch.folder)
    assert end.kind in allowed, end
    assert executor.observe(launch.folder) == end
    assert processes_of(launch.job_id) == []
    log = (launch.folder / "log").read_bytes() if (launch.folder / "log").exists() else b""
    assert ALL_LINES.startswith(log)
    if end.kind is ExitKind.EXITED:
        assert log == ALL_LINES
    return end.kind


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_shim_killed_at_any_moment(seed: int, tmp_path: Path) -> None:
    executor = LocalExecutor(NoSandbox())
    launch = launch_of(tmp_path / "job", JOB)
    killer = at_random_moments(
        seed, lambda: kill(pid) if (pid := record(launch.folder, "shim.json").get("pid")) else None
    )
    executor.start(launch)
    killer.join()
    check_end(executor, launch, {ExitKind.EXITED, ExitKind.LOST})


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_job_killed_at_any_moment(seed: int, tmp_path: Path) -> None:
    executor = LocalExecutor(NoSandbox())
    launch = launch_of(tmp_path / "job", JOB)
    killer = at_random_moments(
        seed, lambda: kill(pid) if (pid := record(launch.folder, "job.json").get("pid")) else None
    )
    executor.start(launch)
    killer.join()
    check_end(executor, launch, {ExitKind.EXITED, ExitKind.SIGNALLED})


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_terminated_at_any_moment(seed: int, tmp_path: Path) -> None:
    executor = LocalExecutor(NoSandbox())
    launch = launch_of(tmp_path / "job", JOB)
    killer = at_random_moments(seed, lambda: executor.terminate(launch.folder))
    executor.start(launch)
    killer.join()
    check_end(executor, launch, {ExitKind.EXITED, ExitKind.TERMINATED})


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_caller_killed_at_any_moment_and_started_again(seed: int, tmp_path: Path) -> None:
    executor = LocalExecutor(NoSandbox())
    launch = launch_of(tmp_path / "job", JOB)
    with subprocess.Popen(
        [sys.executable, "-c", CALLER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as caller:
        assert caller.stdin is not None
        assert caller.stdout is not None
        caller.stdin.write(pickle.dumps(launch).hex() + "\n")
        caller.stdin.flush()
        assert caller.stdout.readline() == "ready\n"
        killer = at_random_moments(seed, caller.kill)
        caller.stdin.write("go\n")
        caller.stdin.flush()
        killer.join()
    executor.start(launch)
    assert check_end(executor, launch, {ExitKind.EXITED}) is ExitKind.EXITED


def test_observer_never_sees_a_started_job_as_unstarted_again(tmp_path: Path) -> None:
    executor = LocalExecutor(NoSandbox())
    launch = launch_of(tmp_path / "job", JOB)
    seen: list[str] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            seen.append(type(executor.observe(launch.folder)).__name__)

    observer = threading.Thread(target=look)
    observer.start()
    executor.start(launch)
    end_of(executor, launch.folder)
    wait_until(lambda: seen and seen[-1] == "Exit")
    stop.set()
    observer.join()
    order = [name for number, name in enumerate(seen) if number == 0 or seen[number - 1] != name]
    assert order == ["Unstarted", "RunningProcess", "Exit"]


def test_a_recycled_pid_is_not_the_shim(tmp_path: Path) -> None:
    executor = LocalExecutor(NoSandbox())
    launch = launch_of(tmp_path / "job", "import time\ntime.sleep(1000)")
    executor.start(launch)
    shim = record(launch.folder, "shim.json")
    kill(shim["pid"])
    wait_until(lambda: not Path(f"/proc/{shim['pid']}").exists())
    bystander = subprocess.Popen(["sleep", "1000"])
    (launch.folder / "shim.json").write_text(json.dumps({**shim, "pid": bystander.pid}))
    executor.terminate(launch.folder)
    assert end_of(executor, launch.folder).kind is ExitKind.LOST
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def test_a_record_of_an_earlier_boot_is_lost(tmp_path: Path) -> None:
    executor = LocalExecutor(NoSandbox())
    folder = tmp_path / "job"
    folder.mkdir()
    identity = {"pid": os.getpid(), "start": 1, "boot": "an-earlier-boot", "mark": "m", "taken_at": 1.0}
    (folder / "shim.json").write_text(json.dumps(identity))
    end = end_of(executor, folder)
    assert end.kind is ExitKind.LOST
    assert "restarted" in end.detail


@pytest.mark.parametrize("emptied", [["shim.json"], ["shim.json", "job.json"]])
def test_records_that_a_power_cut_emptied_mean_a_lost_job(tmp_path: Path, emptied: list[str]) -> None:
    """Some file systems keep a name and lose its content; the runner must not stumble over that for ever."""
    executor = LocalExecutor(NoSandbox())
    folder = tmp_path / "job"
    folder.mkdir()
    for name in emptied:
        (folder / name).write_bytes(b"")
    executor.terminate(folder)
    end = end_of(executor, folder)
    assert end.kind is ExitKind.LOST
    assert "restarted" in end.detail


def test_a_shim_that_cannot_even_begin_is_said(tmp_path: Path) -> None:
    executor = LocalExecutor(NoSandbox())
    launch = launch_of(tmp_path / "job", "print(1)", log_limit=1)
    (launch.folder / "log").mkdir()
    executor.start(launch)
    end = end_of(executor, launch.folder)
    assert end.kind is ExitKind.NOT_STARTED
    assert "Is a directory" in end.detail
