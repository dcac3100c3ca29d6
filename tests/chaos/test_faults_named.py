"""Faults are injected into real jobs; each is named, with its cause, and leaves no process."""

import json
import os
import re
import shutil
import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from support.disks import small_disk
from support.job_launches import processes_of, wait_until
from support.real_jobs import RealJobs, kill

from openmo.core.states import JobState
from openmo.environments.recipes import UserEnvironment
from openmo.jobs.running.reasons import SENTENCES
from openmo.jobs.values import Job

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]

Act = Callable[[RealJobs, Job], None]
SLEEP = "import time\nprint('ready', flush=True)\ntime.sleep(1000)\n"
FAILED, SUCCEEDED, TERMINATED = JobState.FAILED, JobState.SUCCEEDED, JobState.TERMINATED


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A script, what is done to it, and what must be said about its end."""

    name: str
    script: str = SLEEP
    file: str = "train.py"
    options: dict[str, Any] = field(default_factory=dict)
    before: Act | None = None
    """Done to the job while it waits."""
    during: Act | None = None
    """Done once it has printed `ready`."""
    state: JobState = FAILED
    ending: str = "exited"
    reason: str
    params: Mapping[str, str] = field(default_factory=dict)
    """What the reason names: each value, or a part of it. tests/unit/jobs/running proves the sentences."""

    def __post_init__(self) -> None:
        assert self.params or "%(" not in SENTENCES.get(self.reason, ""), f"{self.name}: what does the reason name?"


def notebook(*cells: str) -> str:
    made: list[dict[str, object]] = [
        {
            "cell_type": "code",
            "metadata": {},
            "outputs": [],
            "execution_count": None,
            "id": f"c{number}",
            "source": it,
        }
        for number, it in enumerate(cells)
    ]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def terminate(jobs: RealJobs, job: Job) -> None:
    jobs.platform.jobs.terminate(jobs.platform.actor("ada"), job)


def kill_job(jobs: RealJobs, job: Job) -> None:
    kill(jobs.record(job, "job.json")["pid"])


def kill_shim(jobs: RealJobs, job: Job) -> None:
    kill(jobs.record(job, "shim.json")["pid"])


def kill_runner(jobs: RealJobs, job: Job) -> None:
    """Mid-way, and the new one finds a job that ends while nobody looked."""
    jobs.new_runner()
    os.kill(jobs.record(job, "job.json")["pid"], signal.SIGUSR1)
    wait_until(lambda: jobs.record(job, "exit.json"))


def reboot(jobs: RealJobs, job: Job) -> None:
    """All of the job dies at once, and the machine's boot id is another afterwards."""
    shim = jobs.record(job, "shim.json")
    for pid in (shim["pid"], jobs.record(job, "job.json")["pid"]):
        kill(pid)
    wait_until(lambda: not processes_of(job.id))
    jobs.new_runner()
    (jobs.folder(job) / "shim.json").write_text(json.dumps({**shim, "boot": "another"}))


def log_is_a_folder(jobs: RealJobs, job: Job) -> None:
    (jobs.folder(job) / "log").mkdir(parents=True)


def results_are_a_link(jobs: RealJobs, job: Job) -> None:
    results = jobs.platform.workspace(jobs.platform.projects.by_id(job.project_id)) / "results"
    results.rmdir()
    results.symlink_to("/etc")


def project_folder_is_gone(jobs: RealJobs, job: Job) -> None:
    shutil.rmtree(jobs.platform.workspace(jobs.platform.projects.by_id(job.project_id)).parent)


def snapshot_is_gone(jobs: RealJobs, job: Job) -> None:
    (jobs.platform.folder.store / "trees" / f"{job.tree}.json").unlink()


def shim_folder_is_taken(jobs: RealJobs, job: Job) -> None:
    """A file stands where the job's folder should be made."""
    jobs.folder(job).write_text("in the way")


def clock_jumps_back(jobs: RealJobs, job: Job) -> None:
    """While the job ran, the machine's clock was set back: its record ends before it begins."""
    kill_shim(jobs, job)
    wait_until(lambda: not processes_of(job.id))  # a record is written when they are dead
    record = {"kind": "exited", "code": 0, "started_at": 2e9, "ended_at": 1e9}
    (jobs.folder(job) / "exit.json").write_text(json.dumps(record))


FAULTS = [
    Fault(name="exit code", script="import os\nos._exit(3)", reason="exited", params={"exit_code": "3"}),
    Fault(
        name="exception",
        script="def f():\n    raise ValueError('no rows')\nf()",
        reason="exited_error",
        params={"exit_code": "1", "error": "ValueError: no rows"},
    ),
    Fault(
        name="SystemExit with a message",
        script="import sys\nsys.exit('give --data')",
        reason="exited_saying",
        params={"exit_code": "1", "line": "give --data"},
    ),
    Fault(
        name="wrong argument",
        script="import argparse\nargparse.ArgumentParser().parse_args()",
        options={"args": ("--fast",)},
        reason="exited_saying",
        params={"exit_code": "2", "line": "unrecognized arguments: --fast"},
    ),
    Fault(name="syntax error", script="def f(:", reason="exited_error", params={"error": "SyntaxError: invalid"}),
    Fault(
        name="missing module",
        script="import no_such_package.part",
        reason="missing_module",
        params={"module": "no_such_package"},
    ),
    Fault(
        name="missing file",
        script="open('data/train.csv')",
        reason="missing_file",
        params={"path": "data/train.csv"},
    ),
    Fault(
        name="out of memory",
        script="x = []\nwhile True: x.append(bytearray(b'x' * (8 << 20)))",
        options={"memory_limit": 80 << 20},
        ending="out_of_memory",
        reason="out_of_memory",
        params={"limit_bytes": "83886080"},
    ),
    Fault(
        name="time limit",
        options={"time_limit": 0.4},
        ending="time_limit",
        reason="time_limit",
        params={"limit_seconds": "0.4"},
    ),
    Fault(
        name="terminated",
        during=terminate,
        state=TERMINATED,
        ending="terminated",
        reason="terminated_by",
        params={"who": "ada"},
    ),
    Fault(
        name="terminated, but deaf",
        script="import signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + SLEEP,
        during=terminate,
        state=TERMINATED,
        ending="terminated",
        reason="terminated_by",
        params={"who": "ada"},
    ),
    Fault(
        name="terminated before its start",
        before=terminate,
        state=TERMINATED,
        ending="terminated",
        reason="terminated_by",
        params={"who": "ada"},
    ),
    Fault(
        name="segmentation fault",
        script="import ctypes\nctypes.string_at(0)",
        ending="signalled",
        reason="crashed",
        params={"signal": "SIGSEGV"},
    ),
    Fault(
        name="abort", script="import os\nos.abort()", ending="signalled", reason="crashed", params={"signal": "SIGABRT"}
    ),
    Fault(
        name="killed from outside",
        during=kill_job,
        ending="signalled",
        reason="signalled",
        params={"signal": "SIGKILL"},
    ),
    Fault(name="shim killed", during=kill_shim, ending="lost", reason="lost"),
    Fault(
        name="runner killed",
        script="import signal, sys\nsignal.signal(signal.SIGUSR1, lambda *_: sys.exit(5))\n" + SLEEP,
        during=kill_runner,
        reason="exited_saying",
        params={"exit_code": "5"},
    ),
    Fault(name="reboot", during=reboot, ending="lost", reason="lost_machine"),
    Fault(
        name="log cannot be written",
        before=log_is_a_folder,
        ending="not_started",
        reason="cannot_start",
        params={"why": "Is a directory"},
    ),
    Fault(
        name="results are a link",
        before=results_are_a_link,
        ending="not_started",
        reason="not_started",
        params={"detail": "results"},
    ),
    Fault(
        name="job folder cannot be made",
        before=shim_folder_is_taken,
        ending="not_started",
        reason="cannot_start",
        params={"why": "File exists"},
    ),
    Fault(
        name="project removed behind the platform's back",
        before=project_folder_is_gone,
        ending="not_started",
        reason="not_started",
        params={"detail": "folder"},
    ),
    Fault(
        name="snapshot lost",
        before=snapshot_is_gone,
        ending="not_started",
        reason="not_started",
        params={"detail": "code of this job"},
    ),
    Fault(
        name="notebook cell raises",
        script=notebook("x = 1", "raise KeyError('label')"),
        file="train.ipynb",
        reason="exited_error",
        params={"error": "KeyError: 'label'"},
    ),
    Fault(
        name="forked children outlive it",
        script="import os, time\nfor _ in range(5):\n    if os.fork() == 0: time.sleep(1000)\nraise RuntimeError('me')",
        reason="exited_error",
        params={"error": "RuntimeError: me"},
    ),
    Fault(
        name="daemon holds the output",
        script="import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: time.sleep(1000)\n"
        "    os._exit(0)\nos.wait()\nprint('done')",
        state=SUCCEEDED,
        reason="",
    ),
    Fault(
        name="zombie children",
        script="import os\nfor _ in range(20):\n    if os.fork() == 0: os._exit(0)\nos._exit(4)",
        reason="exited",
        params={"exit_code": "4"},
    ),
    Fault(
        name="closed output", script="import os\nos.close(1), os._exit(6)", reason="exited", params={"exit_code": "6"}
    ),
    Fault(
        name="a line of ten megabytes",
        script="print('x' * 10_000_000, flush=True)\nraise OSError('late')",
        reason="exited_error",
        params={"error": "OSError: late"},
    ),
    Fault(name="input", script="input('? ')", reason="reads_input", params={"exit_code": "1"}),
    Fault(
        name="too many files",
        script="import resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (50, 50))\n"
        "held = [open(__file__) for _ in range(60)]",
        reason="too_many_files",
        params={"exit_code": "1"},
    ),
    Fault(
        name="write outside",
        script="open('/etc/openmo-test', 'w')",
        reason="not_allowed",
        params={"error": "/etc/openmo-test"},
    ),
    Fault(
        name="disk full for a file",
        script="with open('/dev/full', 'w') as file: file.write('x' * 100_000)",
        reason="disk_full",
        params={"exit_code": "1"},
    ),
    Fault(
        name="clock set back",
        during=clock_jumps_back,
        state=SUCCEEDED,
        reason="",
    ),
]


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[RealJobs]:
    made = RealJobs(tmp_path_factory.mktemp("faults"), migrated_sqlite)
    yield made
    made.close()


def run(jobs: RealJobs, fault: Fault) -> Job:
    """The job after its fault, and its end."""
    name = re.sub(r"[^a-z0-9]+", "-", fault.name.lower())
    project = jobs.platform.project("ada", name, files={fault.file: fault.script})
    job = jobs.platform.submit(project, fault.file, **fault.options)
    if fault.before:
        fault.before(jobs, job)
    if fault.during:
        jobs.step_until(lambda: b"ready\n" in jobs.log(job))
        fault.during(jobs, job)
    return jobs.ended(job)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_fault_is_named(jobs: RealJobs, fault: Fault) -> None:
    job = run(jobs, fault)
    found = (job.state, job.ending, job.reason_code)
    assert found == (fault.state, fault.ending, fault.reason), f"{job.reason_params} {jobs.log(job)[-500:]!r}"
    for name, part in fault.params.items():
        assert part in str(job.reason_params[name])
    assert (job.seconds or 0.0) >= 0.0
    assert processes_of(job.id) == []
    again = jobs.platform.job(job)
    jobs.runner.step()
    assert jobs.platform.job(job) == again, "it ends once"


SPACE_HOG = """
with open("{path}", "wb") as file:
    while True:
        file.write(b"x" * 4096)
"""
TALKER = "while True: print('x' * 4095, flush=True)"


def test_a_full_disk_under_results_is_named(jobs: RealJobs) -> None:
    script = SPACE_HOG.format(path="results/model.bin")
    project = jobs.platform.project("ada", "full-results", files={"train.py": script})
    with small_disk(jobs.platform.workspace(project) / "results", "256k"):
        job = jobs.ended(jobs.platform.submit(project))
    assert (job.state, job.ending, job.reason_code) == (FAILED, "exited", "disk_full")


def test_a_job_that_fills_the_disk_of_its_log_ends_and_says_so(jobs: RealJobs) -> None:
    """The traceback finds no space, and the record of the end only what was kept for it."""
    project = jobs.platform.project("ada", "full-log", files={"train.py": TALKER})
    job = jobs.platform.submit(project)
    with small_disk(jobs.folder(job), "2m"):
        job = jobs.ended(job)
        assert (job.state, job.ending, job.reason_code) == (FAILED, "exited", "disk_full")
        assert processes_of(job.id) == []


def test_a_missing_environment_is_named(jobs: RealJobs) -> None:
    jobs.provider.environment = UserEnvironment(digest="0" * 64, python=Path("/nowhere/bin/python"), read_only=())
    project = jobs.platform.project("ada", "no-environment", files={"train.py": "print(1)"})
    job = jobs.ended(jobs.platform.submit(project))
    assert (job.state, job.ending, job.reason_code) == (FAILED, "not_started", "cannot_start")
    assert "/nowhere/bin/python" in str(job.reason_params["why"])
