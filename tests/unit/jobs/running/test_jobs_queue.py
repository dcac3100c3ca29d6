"""Who is next, and what the waiting are told."""

from datetime import datetime, timedelta

import pytest
from support.job_values import START, a_job, running

from openmo.execution.executor import Capacity
from openmo.jobs.running.queue import AGING_SECONDS, allocations, in_turn, queue_positions
from openmo.jobs.running.reasons import say
from openmo.jobs.values import Job

FOUR = Capacity(cpus=4)
GPUS = Capacity(cpus=8, gpus=("GPU-a", "GPU-b"))


def granted(pending: list[Job], held: list[Job], capacity: Capacity, now: datetime = START) -> list[Job]:
    return [grant.job for grant in allocations(pending, held, capacity, now)]


def unknown(_job: Job) -> float | None:
    return None


def test_jobs_start_as_long_as_they_fit() -> None:
    small = [a_job(after=number) for number in range(5)]
    assert granted(small, [], FOUR) == small[:4]
    assert granted(small, [running(a_job(cpus=3))], FOUR) == small[:1]


def test_a_big_job_keeps_its_place_before_later_small_ones() -> None:
    held = [running(a_job(cpus=2))]
    big, small = a_job(after=1, cpus=4), a_job(after=2)
    assert granted([big, small], held, FOUR) == []
    assert granted([big, small], [], FOUR) == [big]


def test_a_job_that_waits_for_a_gpu_does_not_hold_back_those_that_need_none() -> None:
    held = [running(a_job(gpus=2), gpus=GPUS.gpus)]
    gpu, cpu = a_job(after=1, gpus=1, cpus=2), a_job(after=2, cpus=5)
    assert granted([gpu, cpu], held, GPUS) == [cpu]


def test_gpus_are_granted_by_name_and_never_twice() -> None:
    pending = [a_job(after=number, gpus=1) for number in range(3)]
    given = allocations(pending, [running(a_job(gpus=1), gpus=("GPU-a",))], GPUS, START)
    assert [(grant.job, grant.gpus) for grant in given] == [(pending[0], ("GPU-b",))]


def test_the_owner_with_the_smaller_share_is_next() -> None:
    hers = [a_job(after=number) for number in range(3)]
    his = a_job(owner="bob", after=9)
    assert list(in_turn([*hers, his], [], FOUR, START)) == [hers[0], his, *hers[1:]]
    assert next(in_turn([*hers, his], [running(a_job())], FOUR, START)) == his
    busy = running(a_job(owner="bob", cpus=2))
    assert list(in_turn([*hers, his], [busy], FOUR, START))[:3] == hers


def test_priority_goes_first_and_long_waiting_before_fair_shares() -> None:
    old, new, urgent, lazy = (
        a_job(),
        a_job(owner="bob", after=AGING_SECONDS),
        a_job(owner="eve", after=AGING_SECONDS + 1, priority=1),
        a_job(owner="joe", priority=-1),
    )
    held = [running(a_job(cpus=2))]
    pending = [old, new, urgent, lazy]
    assert list(in_turn(pending, held, FOUR, START + timedelta(seconds=AGING_SECONDS))) == [urgent, new, old, lazy]
    assert list(in_turn(pending, held, FOUR, START + timedelta(seconds=AGING_SECONDS + 2))) == [urgent, old, new, lazy]


def test_what_can_never_run_blocks_nobody_and_says_so() -> None:
    never, small = a_job(cpus=5), a_job(after=1)
    assert granted([never, small], [], FOUR) == [small]
    place = queue_positions([never, small], [], FOUR, START, unknown)[never.id]
    assert place.reason.code == "waiting_never"
    assert "needs 5 CPUs and 0 GPUs, and there are 4 and 0" in say(place.reason)


def test_the_waiting_are_told_what_they_lack() -> None:
    held = [running(a_job(cpus=3)), running(a_job(gpus=2, cpus=1), gpus=GPUS.gpus)]
    gpu, many, few = a_job(after=1, gpus=1), a_job(after=2, cpus=6), a_job(after=3, cpus=4)
    found = queue_positions([gpu, many, few], held, GPUS, START, unknown)
    assert [found[job.id].reason.code for job in (gpu, many, few)] == ["waiting_gpus", "waiting_cpus", "waiting_turn"]
    assert say(found[gpu.id].reason) == "Waiting for GPUs: it needs 1, and 0 of 2 are free."
    assert say(found[many.id].reason) == ("Waiting for CPUs: it needs 6, and 4 of 8 are free. Jobs ahead of it: 1.")
    assert [found[job.id].ahead for job in (gpu, many, few)] == [0, 1, 2]


def test_the_estimate_comes_from_how_long_such_jobs_took() -> None:
    now = START + timedelta(seconds=40)
    held = [running(a_job(cpus=4))]
    first, second, third = (a_job(after=number, cpus=4) for number in (1, 2, 3))
    found = queue_positions([first, second, third], held, FOUR, now, lambda _job: 100.0)
    assert [found[job.id].wait_seconds for job in (first, second, third)] == [60.0, 160.0, 260.0]
    assert say(found[second.id].reason).endswith("It should start in about 2 min 40 s.")


@pytest.mark.parametrize(
    ("time_limit", "elapsed", "wait"),
    [(None, 30.0, None), (50.0, 30.0, 20.0), (5.0, 2.0, 3.0)],
)
def test_where_nothing_is_known_nothing_is_promised(
    time_limit: float | None, elapsed: float, wait: float | None
) -> None:
    """A job that outlasts its usual 10 seconds runs until its time limit, or who knows how long."""
    held = [running(a_job(cpus=4, time_limit=time_limit))]
    job = a_job(after=1)
    found = queue_positions([job], held, FOUR, START + timedelta(seconds=elapsed), lambda _job: 10.0)
    assert found[job.id].wait_seconds == wait
    assert queue_positions([job], held, FOUR, START, unknown)[job.id].wait_seconds is None


def test_a_thousand_waiting_jobs_of_many_owners_have_one_place_each() -> None:
    pending = [a_job(owner=f"user{number % 50}", after=number, cpus=1 + number % 4) for number in range(1000)]
    found = queue_positions(pending, [running(a_job(cpus=4))], FOUR, START, lambda _job: 10.0)
    assert sorted(place.ahead for place in found.values()) == list(range(1000))
