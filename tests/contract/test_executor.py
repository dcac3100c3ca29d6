"""What every executor promises, whichever engine is behind it."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
from support.job_launches import end_of, launch_of

from openmo.core.clock import unix_now
from openmo.execution.executor import Executor, Exit, ExitKind, JobLaunch, RunningProcess, Unstarted
from openmo.execution.local import LocalExecutor
from openmo.execution.memory import MemoryExecutor
from openmo.sandbox.detect import detect_sandbox
from openmo.sandbox.none import NoSandbox

EXIT_3 = "print('three'); raise SystemExit(3)"
ENDLESS = "import time\nprint('up', flush=True)\nwhile True: time.sleep(1)"
PRINTS = "print('hello')"


class Harness(Protocol):
    @property
    def executor(self) -> Executor: ...

    def restarted(self) -> Executor: ...


@dataclass
class LocalHarness:
    executor: LocalExecutor

    def restarted(self) -> Executor:
        return LocalExecutor(NoSandbox())


class MemoryHarness:
    def __init__(self) -> None:
        self.executor = MemoryExecutor(self._play)

    def restarted(self) -> Executor:
        return self.executor

    def _play(self, launch: JobLaunch) -> Exit | None:
        if not Path(launch.argv[0]).exists():
            return Exit(kind=ExitKind.NOT_STARTED, ended_at=unix_now(), detail=f"{launch.argv[0]} is missing")
        source = launch.argv[-1]
        self.executor.emit(launch.folder, b"three\n" if source == EXIT_3 else b"hello\n")
        if source == ENDLESS:
            return None
        code = 3 if source == EXIT_3 else 0
        return Exit(kind=ExitKind.EXITED, code=code, started_at=unix_now(), ended_at=unix_now())


@pytest.fixture(params=["local", "local-sandboxed", "memory"])
def harness(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Harness]:
    if request.param == "memory":
        yield MemoryHarness()
        return
    sandbox = detect_sandbox() if request.param == "local-sandboxed" else NoSandbox()
    executor = LocalExecutor(sandbox)
    yield LocalHarness(executor)
    for folder in tmp_path.glob("job*"):
        executor.terminate(folder)


def test_unknown_folder_is_unstarted(harness: Harness, tmp_path: Path) -> None:
    assert isinstance(harness.executor.observe(tmp_path / "job"), Unstarted)


def test_success_and_its_log(harness: Harness, tmp_path: Path) -> None:
    harness.executor.start(launch_of(tmp_path / "job", PRINTS))
    end = end_of(harness.executor, tmp_path / "job")
    assert (end.kind, end.code) == (ExitKind.EXITED, 0)
    assert end.started_at is not None
    assert end.started_at <= end.ended_at
    assert (tmp_path / "job" / "log").read_bytes() == b"hello\n"


def test_exit_code(harness: Harness, tmp_path: Path) -> None:
    harness.executor.start(launch_of(tmp_path / "job", EXIT_3))
    end = end_of(harness.executor, tmp_path / "job")
    assert (end.kind, end.code) == (ExitKind.EXITED, 3)


def test_missing_program_is_not_started_with_its_reason(harness: Harness, tmp_path: Path) -> None:
    harness.executor.start(launch_of(tmp_path / "job", argv=["/no/such/python", "train.py"]))
    end = end_of(harness.executor, tmp_path / "job")
    assert end.kind is ExitKind.NOT_STARTED
    assert "/no/such/python" in end.detail


def test_running_is_seen_also_by_a_restarted_caller(harness: Harness, tmp_path: Path) -> None:
    harness.executor.start(launch_of(tmp_path / "job", ENDLESS))
    seen = harness.executor.observe(tmp_path / "job")
    assert isinstance(seen, RunningProcess)
    assert harness.restarted().observe(tmp_path / "job") == seen


def test_second_start_changes_nothing(harness: Harness, tmp_path: Path) -> None:
    launch = launch_of(tmp_path / "job", PRINTS)
    harness.executor.start(launch)
    harness.executor.start(launch)
    end = end_of(harness.executor, tmp_path / "job")
    harness.executor.start(launch)
    assert harness.executor.observe(tmp_path / "job") == end
    assert (tmp_path / "job" / "log").read_bytes() == b"hello\n"


def test_concurrent_starts_run_it_once(harness: Harness, tmp_path: Path) -> None:
    launch = launch_of(tmp_path / "job", PRINTS)
    threads = [threading.Thread(target=harness.executor.start, args=(launch,)) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert end_of(harness.executor, tmp_path / "job").code == 0
    assert (tmp_path / "job" / "log").read_bytes() == b"hello\n"


def test_terminate_returns_at_once_and_the_job_ends_as_terminated(harness: Harness, tmp_path: Path) -> None:
    harness.executor.start(launch_of(tmp_path / "job", ENDLESS))
    harness.executor.terminate(tmp_path / "job")
    harness.executor.terminate(tmp_path / "job")
    assert end_of(harness.executor, tmp_path / "job").kind is ExitKind.TERMINATED


def test_terminate_before_start_wins(harness: Harness, tmp_path: Path) -> None:
    launch = launch_of(tmp_path / "job", PRINTS)
    harness.executor.terminate(launch.folder)
    assert isinstance(harness.executor.observe(launch.folder), Unstarted)
    harness.executor.start(launch)
    assert end_of(harness.executor, launch.folder).kind is ExitKind.TERMINATED
    log = launch.folder / "log"
    assert not log.exists() or log.read_bytes() == b""


def test_terminate_after_the_end_changes_nothing(harness: Harness, tmp_path: Path) -> None:
    harness.executor.start(launch_of(tmp_path / "job", PRINTS))
    end = end_of(harness.executor, tmp_path / "job")
    harness.executor.terminate(tmp_path / "job")
    assert harness.executor.observe(tmp_path / "job") == end


def test_capacity_offers_at_least_one_cpu(harness: Harness) -> None:
    assert harness.executor.capacity().cpus >= 1
