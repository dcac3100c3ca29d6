"""Jobs under everything that can happen: what is shown agrees with the executor, and each job ends exactly once.

The runner may be killed at any moment, before, within and after each of its steps; processes end by themselves, are
stopped, or vanish. A killed runner is one whose object is thrown away; its files are closed, as the kernel would.
"""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from support.doses import dose
from support.platform import Platform

from openmo.core.errors import Conflict, Unavailable
from openmo.core.states import JobState
from openmo.events.values import Cursor, EventFilter, JobEnded
from openmo.execution.executor import Capacity, Exit, ExitKind, JobLaunch, RunningProcess, Unstarted
from openmo.execution.memory import MemoryExecutor
from openmo.jobs.running.runner import JobRunner
from openmo.jobs.values import Job

TERMINAL_OF = {
    (ExitKind.EXITED, 0): JobState.SUCCEEDED,
    (ExitKind.EXITED, 1): JobState.FAILED,
    (ExitKind.SIGNALLED, None): JobState.FAILED,
    (ExitKind.LOST, None): JobState.FAILED,
    (ExitKind.TIME_LIMIT, None): JobState.FAILED,
    (ExitKind.OUT_OF_MEMORY, None): JobState.FAILED,
    (ExitKind.TERMINATED, None): JobState.TERMINATED,
}


CAPACITY = Capacity(cpus=3, gpus=("GPU-a", "GPU-b"))


class Killed(BaseException):
    """The runner's process dies at this point."""


class FatefulExecutor(MemoryExecutor):
    """An executor in whose calls the runner may die or be put off; jobs print one metric line at their start."""

    def __init__(self) -> None:
        super().__init__(capacity=CAPACITY)
        self.fate: str = ""

    def start(self, launch: JobLaunch) -> None:
        self._die("before starting")
        if self.fate == "too busy":
            self.fate = ""
            raise Unavailable("too busy", retry_after=1.0)
        fresh = isinstance(super().observe(launch.folder), Unstarted)
        super().start(launch)
        if fresh and isinstance(super().observe(launch.folder), RunningProcess):
            self.emit(launch.folder, b'{"metric": "loss", "value": 1, "step": 0}\n')
        self._die("after starting")

    def observe(self, folder: Path) -> Unstarted | RunningProcess | Exit:
        self._die("before observing")
        seen = super().observe(folder)
        self._die("after observing")
        return seen

    def terminate(self, folder: Path) -> None:
        self._die("before terminating")
        super().terminate(folder)
        self._die("after terminating")

    def truth(self, folder: Path) -> Unstarted | RunningProcess | Exit:
        return super().observe(folder)

    def _die(self, where: str) -> None:
        if self.fate == where:
            self.fate = ""
            raise Killed


FATES = ("before starting", "after starting", "before observing", "after observing", "before terminating",
         "after terminating", "too busy")  # fmt: skip


class JobsMachine(RuleBasedStateMachine):
    """Ada submits, stops and restarts small jobs and big ones; processes end; the runner lives and dies."""

    make: Callable[[], Platform]
    jobs = Bundle("jobs")

    def __init__(self) -> None:
        super().__init__()
        self.platform = self.make()
        self.executor = FatefulExecutor()
        self.platform.use(self.executor)
        self.project = self.platform.project(files={"train.py": ""})
        self.ada = self.platform.actor("ada")
        self.runner = self.platform.runner()
        self.known: dict[str, Job] = {}
        self.ends: dict[str, JobState] = {}

    @initialize(target=jobs)
    def begin(self) -> str:
        return self._submitted(self.platform.submit(self.project))

    @rule(target=jobs, cpus=st.integers(1, 3), gpus=st.integers(0, 2))
    def submit(self, cpus: int, gpus: int) -> str:
        return self._submitted(self.platform.submit(self.project, cpus=cpus, gpus=gpus))

    @rule(target=jobs, job=jobs)
    def restart(self, job: str) -> str:
        return self._submitted(self.platform.jobs.restart(self.ada, self.known[job]))

    @rule(job=jobs)
    def terminate(self, job: str) -> None:
        before = self._shown()[job]
        try:
            self.platform.jobs.terminate(self.ada, self.known[job])
        except Conflict:
            assert before.state.is_terminal
        else:
            assert not before.state.is_terminal

    @rule(job=jobs, end=st.sampled_from(sorted(TERMINAL_OF, key=str)))
    def process_ends(self, job: str, end: tuple[ExitKind, int | None]) -> None:
        now = self.platform.clock.now().timestamp()
        self.executor.finish(self._folder(job), Exit(kind=end[0], code=end[1], ended_at=now))

    @rule()
    def step(self) -> None:
        self._step("")

    @rule(fate=st.sampled_from(FATES))
    def step_into(self, fate: str) -> None:
        self._step(fate)

    @rule()
    def kill_the_runner(self) -> None:
        self._kill()

    @rule()
    def time_passes(self) -> None:
        self.platform.clock.advance(2.0)  # type: ignore[attr-defined]  # a ManualClock

    @invariant()
    def what_is_shown_is_true(self) -> None:
        shown = self._shown()
        for job, now in shown.items():
            truth = self.executor.truth(self._folder(job))
            if isinstance(truth, RunningProcess):
                assert now.state is JobState.RUNNING
            if now.state is JobState.PENDING:
                assert isinstance(truth, Unstarted)
            if now.state.is_terminal:
                self._check_end(job, now, truth)
            else:
                assert job not in self.ends

    @invariant()
    def no_slot_is_granted_twice(self) -> None:
        running = [now for now in self._shown().values() if now.state is JobState.RUNNING]
        assert sum(now.cpus for now in running) <= CAPACITY.cpus
        held = [uuid for now in running for uuid in now.granted_gpus]
        assert len(held) == len(set(held))
        assert all(len(now.granted_gpus) == now.gpus for now in running)
        launched = {launch.job_id: launch for launch in self.executor.launches}
        assert all(tuple(launched[now.id].gpus) == now.granted_gpus for now in running if now.id in launched)

    @invariant()
    def no_job_was_started_twice(self) -> None:
        folders = [launch.folder for launch in self.executor.launches]
        assert len(folders) == len(set(folders))

    def _check_end(self, job: str, now: Job, truth: Unstarted | RunningProcess | Exit) -> None:
        assert self.ends.setdefault(job, now.state) is now.state
        assert now.ended_at is not None
        if isinstance(truth, Exit):
            assert now.state is TERMINAL_OF[truth.kind, truth.code]
        else:
            assert (now.state, now.stop_requested) == (JobState.TERMINATED, True)

    def teardown(self) -> None:
        """Whatever happened: once processes end and a runner lives, every job ends, and its metric is there once."""
        self.executor.fate = ""
        for _ in range(200):
            if all(now.state.is_terminal for now in self._shown().values()):
                break
            for job in self.known:
                self.process_ends(job, (ExitKind.EXITED, 0))
            self.time_passes()
            self._step("")
        else:
            raise AssertionError("a job never ended")
        self.what_is_shown_is_true()
        ended = self.platform.events.since(Cursor(0), EventFilter(kinds=(JobEnded,))).events
        assert Counter(str(recorded.event.subject_id) for recorded in ended) == Counter(list(self.known))
        assert len(self.platform.notices.list(self.ada)) == len(self.known), "one for each, and none twice"
        for job in self.known:
            started = any(launch.folder == self._folder(job) for launch in self.executor.launches)
            counts = [item.count for item in self.platform.job_results.metrics(self.ada, self.known[job]).summaries()]
            assert counts == ([1] if started else [])
        self._kill()

    def _step(self, fate: str) -> None:
        self.executor.fate = fate
        try:
            self.runner.step()
        except Killed:
            self._kill()
        self.executor.fate = ""

    def _kill(self) -> None:
        close_files_of(self.runner)
        self.runner = self.platform.runner()

    def _submitted(self, job: Job) -> str:
        self.known[job.id] = job
        return job.id

    def _shown(self) -> dict[str, Job]:
        return {job.id: job for job in self.platform.jobs.list(self.ada, self.project)}

    def _folder(self, job: str) -> Path:
        return self.platform.launcher.folder(self.known[job])


def close_files_of(runner: JobRunner) -> None:
    """What the kernel does for a killed process."""
    for follower in runner._followers.values():
        follower.close()
    runner._followers.clear()


@pytest.mark.both_databases
@pytest.mark.timeout(300)
def test_jobs_end_once_whatever_happens(platform_factory: Callable[[], Platform]) -> None:
    machine = type("Machine", (JobsMachine,), {"make": staticmethod(platform_factory)})
    run_state_machine_as_test(
        machine, settings=settings(max_examples=dose(5, 15), stateful_step_count=20, deadline=None)
    )
