"""Jobs for tests of executors: real Python programs in a folder of their own."""

import os
import sys
import textwrap
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from openmo.core.ids import JobId, new_id
from openmo.execution.executor import Executor, Exit, JobLaunch, RunningProcess
from openmo.sandbox.interpreter import interpreter_folders
from openmo.sandbox.policy import SandboxPolicy
from openmo.sandbox.variables import child_variables

DEADLINE = 90.0


def policy_for(folder: Path, *, memory_bytes: int | None = None, **options: Any) -> SandboxPolicy:
    """A policy that allows `folder/work` and `folder/tmp` and the interpreter of the tests."""
    work, temporary = folder / "work", folder / "tmp"
    work.mkdir(parents=True, exist_ok=True)
    temporary.mkdir(exist_ok=True)
    readable = interpreter_folders(Path(sys.executable))
    options.setdefault("read_write", (work, temporary))
    options.setdefault("read_only", readable)
    return SandboxPolicy(home=work, temporary=temporary, memory_bytes=memory_bytes, **options)


def launch_of(
    folder: Path,
    source: str = "",
    *,
    argv: Sequence[str] | None = None,
    memory_bytes: int | None = None,
    processes: int | None = None,
    **options: Any,
) -> JobLaunch:
    """A launch of the Python program `source` (or of `argv`) with `folder` as job folder."""
    policy = policy_for(folder, memory_bytes=memory_bytes, processes=processes)
    return JobLaunch(
        job_id=JobId(new_id()),
        folder=folder,
        argv=argv or [sys.executable, "-c", textwrap.dedent(source)],
        cwd=folder / "work",
        variables=child_variables(policy, os.environ),
        policy=policy,
        **options,
    )


def wait_until(condition: Callable[[], Any], *, seconds: float = DEADLINE) -> Any:
    """The first true value of `condition`; fails when there is none in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if value := condition():
            return value
        time.sleep(0.005)
    raise AssertionError(f"nothing came of it in {seconds} seconds")


def end_of(executor: Executor, folder: Path) -> Exit:
    """How the job ended, once it has."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        seen = executor.observe(folder)
        if isinstance(seen, Exit):
            return seen
        assert isinstance(seen, RunningProcess), "it was started, and must be known from then on"
        time.sleep(0.005)
    raise AssertionError("the job did not end in time")


def processes_of(mark: str) -> list[int]:
    """Processes whose command line or environment holds the text."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal() and int(entry.name) != os.getpid():
            try:
                text = (entry / "environ").read_bytes()
            except OSError:
                continue
            if mark.encode() in text:
                found.append(int(entry.name))
    return found
