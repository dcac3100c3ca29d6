"""The platform with real job processes, and a runner that a test steps, throws away, or kills."""

import json
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from signal import SIGKILL
from typing import Any

from support.job_launches import processes_of
from support.platform import Platform, ThisEnvironment

from openmo.core.clock import SystemClock
from openmo.db.engine import Database
from openmo.execution.executor import JobLaunch
from openmo.execution.local import LocalExecutor
from openmo.jobs.running.runner import JobRunner
from openmo.jobs.values import Job
from openmo.sandbox.detect import detect_sandbox

DEADLINE = 90.0


class HastyExecutor(LocalExecutor):
    """Kills a deaf job after `grace` seconds."""

    def __init__(self, *, cpus: int, grace: float) -> None:
        super().__init__(detect_sandbox(), cpus=cpus)
        self._grace = grace

    def start(self, launch: JobLaunch) -> None:
        super().start(replace(launch, grace=self._grace))


class RealJobs:
    """Services on SQLite, jobs as sandboxed processes of this machine."""

    def __init__(
        self,
        root: Path,
        database: Path | None,
        *,
        cpus: int = 8,
        grace: float = 0.5,
        low_space_mb: int = 0,
        provider: ThisEnvironment | None = None,
    ) -> None:
        """`database`: a migrated file, which is copied; None: another process works on this folder already."""
        root.mkdir(parents=True, exist_ok=True)
        if database is not None:
            shutil.copyfile(database, root / "openmo.sqlite")
        self.provider = provider or ThisEnvironment()
        self.platform = Platform(
            Database(f"sqlite:///{root / 'openmo.sqlite'}"),
            root / "data",
            executor=HastyExecutor(cpus=cpus, grace=grace),
            environments=self.provider,
            clock=SystemClock(),
            low_space_mb=low_space_mb,
        )
        self.runner = self.platform.runner()
        self._root = root
        self._cpus = cpus

    def close(self) -> None:
        """Everything that a job may have left is ended, whatever the test found."""
        forget(self.runner)
        end_jobs(self.platform)
        self.platform.database.close()

    def new_runner(self) -> None:
        """The runner is killed, and another starts."""
        forget(self.runner)
        self.runner = self.platform.runner()

    def fork(self, act: Callable[["RealJobs"], None]) -> int:
        """The pid of a process with services of its own over the same data, which does that and ends."""
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                act(RealJobs(self._root, None, cpus=self._cpus))
                status = 0
            finally:
                os._exit(status)
        return pid

    def fork_runner(self) -> int:
        """The pid of a runner that works until it is killed."""
        return self.fork(_run)

    def folder(self, job: Job) -> Path:
        return self.platform.launcher.folder(job)

    def record(self, job: Job, name: str) -> dict[str, Any]:
        """A record of the job's folder; nothing where there is none."""
        try:
            return dict(json.loads((self.folder(job) / name).read_text()))
        except FileNotFoundError:
            return {}

    def log(self, job: Job) -> bytes:
        path = self.folder(job) / "log"
        return path.read_bytes() if path.is_file() else b""

    def step_until(self, condition: Callable[[], Any]) -> Any:
        """The runner works until the condition holds; its value."""
        end = time.monotonic() + DEADLINE
        while time.monotonic() < end:
            self.runner.step()
            if value := condition():
                return value
            time.sleep(0.005)
        raise AssertionError("nothing came of it in time")

    def ended(self, job: Job) -> Job:
        """The job once it has ended."""

        def end() -> Job | None:
            now = self.platform.job(job)
            return now if now.state.is_terminal else None

        found = self.step_until(end)
        assert isinstance(found, Job)
        return found


def _run(jobs: RealJobs) -> None:
    while True:
        jobs.runner.step()
        time.sleep(0.005)


def end_jobs(platform: Platform) -> None:
    """No process of its jobs is left, whatever they wait for."""
    for folder in platform.folder.jobs.iterdir():
        for pid in processes_of(folder.name):
            kill(pid)


def reap(pid: int) -> int:
    """The exit status of a child that was killed or ends by itself; negative: of which signal it died."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def forget(runner: JobRunner) -> None:
    """What the kernel does for a killed process: its files are closed, and nothing is finished."""
    for follower in runner._followers.values():
        follower.close()
    runner._followers.clear()


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, SIGKILL)
