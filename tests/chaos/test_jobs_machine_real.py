"""Real jobs under everything that can happen to them: what is shown is what the operating system says.

Ada submits, stops, repeats and deletes jobs. SIGKILL hits the runner, shims, jobs, and the web service while it
submits; now and then the machine "restarts": everything dies at once, and its boot id is another. When things have
settled, what the service shows must agree with processes and records. In the end every job has ended once, each of its
lines stands in the log once, and each of its points in the chart once.

Hypothesis draws the steps; OPENMO_SEED repeats a run, and every run prints its seed.
"""

import json
import os
import random
import time
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, multiple, rule, run_state_machine_as_test
from support.doses import dose
from support.job_launches import processes_of
from support.real_jobs import RealJobs, kill, reap

from openmo.core.errors import Conflict
from openmo.core.states import JobState
from openmo.execution.executor import ExitKind
from openmo.jobs.values import Job
from openmo.system.process_identity import ProcessIdentity

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

LINES = 20
SCRIPT = f"""
import json, os, sys, time
if os.fork() == 0:
    os.setsid()
    time.sleep(1000)
for step in range({LINES}):
    os.write(1, (json.dumps({{"metric": "n", "value": step, "step": step}}) + "\\n").encode())
    time.sleep(0.002)
if sys.argv[1] == "waits": time.sleep(1000)
os._exit(int(sys.argv[1]))
"""
EXPECTED = [json.dumps({"metric": "n", "value": step, "step": step}) for step in range(LINES)]
CPUS = 3
SETTLE_SECONDS = 300.0
SHOWN = {
    ExitKind.TERMINATED: JobState.TERMINATED,
    ExitKind.SIGNALLED: JobState.FAILED,
    ExitKind.LOST: JobState.FAILED,
}


class RealJobsMachine(RuleBasedStateMachine):
    """One project, one runner process at a time, three slots."""

    root: ClassVar[Path]
    database: ClassVar[Path]
    examples: ClassVar[int] = 0
    jobs = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        type(self).examples += 1
        self.real = RealJobs(self.root / str(self.examples), self.database, cpus=CPUS)
        self.project = self.real.platform.project("ada", files={"work.py": SCRIPT})
        self.ada = self.real.platform.actor("ada")
        self.runner = self.real.fork_runner()
        self.ends: dict[str, tuple[JobState, object]] = {}
        self.deleted: set[str] = set()

    @rule(target=jobs, way=st.sampled_from(["0", "3", "waits"]))
    def submit(self, way: str) -> Job:
        return self.real.platform.submit(self.project, "work.py", args=(way,))

    @rule(target=jobs, moment=st.floats(0, 0.04))
    def kill_web_while_it_submits(self, moment: float) -> object:
        """The job is there as a whole, or not at all."""
        before = {job.id for job in self._shown()}
        web = self.real.fork(_submit)
        time.sleep(moment)
        kill(web)
        reap(web)
        return multiple(*(job for job in self._shown() if job.id not in before))

    @rule(target=jobs, job=jobs)
    def again(self, job: Job) -> Job:
        return self.real.platform.jobs.restart(self.ada, job)

    @rule(job=jobs)
    def terminate(self, job: Job) -> None:
        try:
            self.real.platform.jobs.terminate(self.ada, job)
        except Conflict:
            assert self.real.platform.job(job).state.is_terminal

    @rule(job=consumes(jobs), target=jobs)
    def delete(self, job: Job) -> object:
        try:
            self.real.platform.jobs.delete(self.ada, job)
        except Conflict:
            return job
        self.deleted.add(job.id)
        assert not self.real.folder(job).exists()
        assert processes_of(job.id) == []
        return multiple()

    @rule(moment=st.floats(0, 0.05))
    def kill_runner(self, moment: float) -> None:
        time.sleep(moment)
        self._kill_runner()
        self.runner = self.real.fork_runner()

    @rule(job=jobs)
    def kill_shim(self, job: Job) -> None:
        self._kill(job, "shim.json")

    @rule(job=jobs)
    def kill_job(self, job: Job) -> None:
        self._kill(job, "job.json")

    @rule()
    def reboot(self) -> None:
        self._kill_runner()
        unended = [job for job in self._shown() if not self.real.record(job, "exit.json")]
        for job in unended:
            self._kill(job, "shim.json")
            for pid in processes_of(job.id):
                kill(pid)
            if shim := self.real.record(job, "shim.json"):
                (self.real.folder(job) / "shim.json").write_text(json.dumps({**shim, "boot": "before"}))
        self.runner = self.real.fork_runner()

    @rule()
    def settle(self) -> None:
        """Soon, what is shown is the truth, and stays it."""
        deadline = time.monotonic() + SETTLE_SECONDS
        while wrong := [text for job in self._shown() if (text := self._disagreement(job))]:
            assert time.monotonic() < deadline, wrong
            assert os.waitpid(self.runner, os.WNOHANG) == (0, 0), "the runner died by itself"
            time.sleep(0.01)

    def teardown(self) -> None:
        try:
            for job in self._shown():
                if "waits" in job.args and not job.state.is_terminal:
                    self.terminate(job)
            deadline = time.monotonic() + SETTLE_SECONDS
            while not all(job.state.is_terminal for job in self._shown()):
                assert time.monotonic() < deadline, [(job.number, job.state) for job in self._shown()]
                time.sleep(0.01)
            self.settle()
            for job in self._shown():
                self._check_whole(job)
            assert self.deleted.isdisjoint(job.id for job in self._shown())
        finally:
            self._kill_runner()
            self.real.close()

    def _disagreement(self, job: Job) -> str:
        """What is shown against what is; empty where they agree."""
        shim, end = self.real.record(job, "shim.json"), self.real.record(job, "exit.json")
        if job.state.is_terminal:
            assert self.ends.setdefault(job.id, (job.state, job.ended_at)) == (job.state, job.ended_at), "ended twice"
            if left := processes_of(job.id):
                return f"job {job.number} is {job.state}, and {left} run"
            truth = ExitKind(end["kind"]) if end else None
            if truth is None:
                agrees = job.state is JobState.TERMINATED and not shim
            elif truth is ExitKind.EXITED:
                agrees = job.state is (JobState.FAILED if end["code"] else JobState.SUCCEEDED)
            else:
                agrees = job.state is SHOWN[truth]
            assert agrees, f"job {job.number} is shown as {job.state}, and was {end}"
            return ""
        assert job.id not in self.ends, "an ended job came back"
        if end:
            return f"job {job.number} is shown as {job.state}, and has ended: {end}"
        if job.state is JobState.RUNNING:
            return "" if shim and _is_alive(shim) else f"job {job.number} is shown as running, and nothing runs"
        busy = [other for other in self._shown() if other.state is JobState.RUNNING]
        return f"job {job.number} waits, and there is room" if shim or len(busy) < CPUS else ""

    def _check_whole(self, job: Job) -> None:
        """Its lines are those that it prints, as far as it came, and its points are its lines."""
        lines = self.real.log(job).decode().splitlines()
        assert lines == EXPECTED[: len(lines)]
        if job.ending == ExitKind.EXITED:
            assert lines == EXPECTED
        counts = {item.name: item.count for item in self.real.platform.job_results.metrics(self.ada, job).summaries()}
        assert counts == ({"n": len(lines)} if lines else {})

    def _shown(self) -> tuple[Job, ...]:
        return self.real.platform.jobs.list(self.ada, self.project)

    def _kill(self, job: Job, record: str) -> None:
        found = self.real.record(job, record)
        if found and _is_alive(found):
            kill(found["pid"])

    def _kill_runner(self) -> None:
        kill(self.runner)
        reap(self.runner)


def _is_alive(record: dict[str, Any]) -> bool:
    """Whether the process that wrote itself down as shim.json or job.json does still runs."""
    return ProcessIdentity(pid=record["pid"], started=record["start"], boot=record["boot"]).alive()


def _submit(real: RealJobs) -> None:
    project = real.platform.projects.get(real.platform.actor("ada"), "ada", "digits")
    real.platform.submit(project, "work.py", args=("0",))


def test_what_is_shown_is_what_runs(tmp_path: Path, migrated_sqlite: Path) -> None:
    chosen = int(os.environ.get("OPENMO_SEED") or dose(1, random.randrange(1 << 32)))
    print(f"OPENMO_SEED={chosen}")
    machine = type("Machine", (RealJobsMachine,), {"root": tmp_path, "database": migrated_sqlite})
    # Not shrunk: processes are not the same twice, and the steps that failed are printed as they were.
    run_state_machine_as_test(
        seed(chosen)(machine),
        settings=settings(
            max_examples=int(os.environ.get("OPENMO_EXAMPLES") or dose(2, 5)),
            stateful_step_count=dose(15, 25),
            deadline=None,
            phases=[Phase.generate],
            database=None,
        ),
    )
