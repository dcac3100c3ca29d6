"""Slots under everything that can happen: never over-granted, and every job that can run comes to run."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from support.doses import dose
from support.job_values import START, a_job

from openmo.core.ids import JobId
from openmo.core.states import JobState
from openmo.execution.executor import Capacity
from openmo.jobs.running.queue import allocations, can_ever_run, queue_positions
from openmo.jobs.values import Job

CAPACITY = Capacity(cpus=4, gpus=("GPU-a", "GPU-b"))
OWNERS = ("ada", "bob", "eve")


class SlotsMachine(RuleBasedStateMachine):
    """Owners submit whatever they like; what runs ends in any order; slots are granted now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = START
        self.pending: list[Job] = []
        self.running: list[Job] = []

    @rule(
        owner=st.sampled_from(OWNERS),
        cpus=st.integers(1, 6),
        gpus=st.integers(0, 3),
        priority=st.sampled_from((-1, 0, 0, 0, 5)),
    )
    def submit(self, owner: str, cpus: int, gpus: int, priority: int) -> None:
        self.pending.append(replace(a_job(owner=owner, cpus=cpus, gpus=gpus, priority=priority), created_at=self.now))

    @rule(which=st.integers(0, 9))
    def end(self, which: int) -> None:
        if self.running:
            self.running.pop(which % len(self.running))

    @rule(seconds=st.sampled_from((1, 60, 3600)))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule()
    def grant(self) -> None:
        for given in allocations(self.pending, self.running, CAPACITY, self.now):
            self.pending.remove(given.job)
            started = replace(given.job, state=JobState.RUNNING, granted_gpus=given.gpus, started_at=self.now)
            self.running.append(started)

    @invariant()
    def nothing_is_granted_twice(self) -> None:
        assert sum(job.cpus for job in self.running) <= CAPACITY.cpus
        held = [uuid for job in self.running for uuid in job.granted_gpus]
        assert len(held) == len(set(held))
        assert set(held) <= set(CAPACITY.gpus)
        assert all(len(job.granted_gpus) == job.gpus for job in self.running)

    @invariant()
    def everybody_waiting_has_a_place_of_their_own(self) -> None:
        found = queue_positions(self.pending, self.running, CAPACITY, self.now, lambda _job: 60.0)
        assert found.keys() == {job.id for job in self.pending}
        starting = {given.job.id for given in allocations(self.pending, self.running, CAPACITY, self.now)}
        assert {job for job, place in found.items() if place.reason.code == "starting"} == starting

    def teardown(self) -> None:
        """A steady stream of small jobs by others passes nobody for ever."""
        waiting: set[JobId] = {job.id for job in self.pending if can_ever_run(job, CAPACITY) and job.priority >= 0}
        for _ in range(60 + 3 * len(waiting)):
            self.submit("mallory", 1, 0, 0)
            self.time_passes(600)
            self.grant()
            self.nothing_is_granted_twice()
            self.end(0)  # the oldest: every job ends some day
            waiting &= {job.id for job in self.pending}
            if not waiting:
                return
        raise AssertionError(f"{len(waiting)} jobs never got their slots")


def test_slots_are_never_over_granted_and_nobody_starves() -> None:
    run_state_machine_as_test(
        SlotsMachine, settings=settings(max_examples=dose(25, 60), stateful_step_count=25, deadline=None)
    )
