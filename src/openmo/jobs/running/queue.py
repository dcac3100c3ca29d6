"""Who is next: fair shares of CPU and GPU slots, and an honest guess when a waiting job starts. Pure.

Order: higher priority first; then jobs that waited longer than AGING_SECONDS, oldest first; then those whose owner
holds the smallest share of the machine, oldest first. A job that does not fit keeps its place: what is free of the
slots that it needs is reserved for it, and later jobs take only what is left. So a big job is never passed by small
ones for ever.
"""

import heapq
import math
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from openmo.core.ids import JobId
from openmo.execution.executor import Capacity
from openmo.jobs.running.reasons import Reason
from openmo.jobs.values import Job

AGING_SECONDS = 1800.0
"""Seconds after which a waiting job goes before all newer ones of its priority, whoever owns them."""


@dataclass(frozen=True, slots=True)
class Allocation:
    """A job that may start now, and the GPUs that it gets."""

    job: Job
    gpus: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QueuePosition:
    """Where a waiting job stands."""

    reason: Reason
    ahead: int
    """How many jobs are offered slots before it."""
    wait_seconds: float | None
    """About how long until it starts; None where nothing is known about how long the others take."""


@dataclass
class _Free:
    cpus: int
    gpus: list[str]

    def has(self, job: Job) -> bool:
        return job.cpus <= self.cpus and job.gpus <= len(self.gpus)

    def take(self, job: Job) -> tuple[str, ...]:
        """The GPUs of a job that fits; of one that does not, what there is of its needs is set aside."""
        taken = tuple(self.gpus[: job.gpus])
        self.cpus, self.gpus = max(0, self.cpus - job.cpus), self.gpus[job.gpus :]
        return taken


def can_ever_run(job: Job, capacity: Capacity) -> bool:
    """Whether the job would fit if nothing else ran."""
    return job.cpus <= capacity.cpus and job.gpus <= len(capacity.gpus)


def allocations(pending: Sequence[Job], running: Sequence[Job], capacity: Capacity, now: datetime) -> list[Allocation]:
    """Who starts now. Together with what runs it never exceeds the capacity, and no GPU is granted twice."""
    free = _free(running, capacity)
    allocated: list[Allocation] = []
    for job in in_turn(pending, running, capacity, now):
        if free.cpus == 0:  # every job needs one
            break
        fits = free.has(job)
        gpus = free.take(job)
        if fits:
            allocated.append(Allocation(job, gpus))
    return allocated


def in_turn(pending: Sequence[Job], running: Sequence[Job], capacity: Capacity, now: datetime) -> Iterator[Job]:
    """The waiting jobs in the order in which slots are offered to them; without those that can never run."""
    held: defaultdict[str, float] = defaultdict(float)
    for job in running:
        held[job.owner] += _share(job, capacity)
    queues: dict[str, deque[Job]] = {}
    for job in sorted(pending, key=lambda job: (-job.priority, job.created_at, job.id)):
        if can_ever_run(job, capacity):
            queues.setdefault(job.owner, deque()).append(job)

    def rank(owner: str) -> tuple[int, int, float, datetime, str]:
        job = queues[owner][0]
        aged = (now - job.created_at).total_seconds() > AGING_SECONDS
        return -job.priority, 0 if aged else 1, 0.0 if aged else held[owner], job.created_at, job.id

    while queues:
        owner = min(queues, key=rank)
        job = queues[owner].popleft()
        if not queues[owner]:
            del queues[owner]
        held[owner] += _share(job, capacity)
        yield job


def queue_positions(
    pending: Sequence[Job],
    running: Sequence[Job],
    capacity: Capacity,
    now: datetime,
    expected: Callable[[Job], float | None],
) -> dict[JobId, QueuePosition]:
    """Where every waiting job stands; `expected` says how many seconds a job should run, if anything is known."""
    free = _free(running, capacity)
    starting = {grant.job.id for grant in allocations(pending, running, capacity, now)}
    forecast = _Forecast(running, capacity, now, expected)
    found: dict[JobId, QueuePosition] = {}
    for ahead, job in enumerate(in_turn(pending, running, capacity, now)):
        wait = forecast.start(job)
        if job.id in starting:
            found[job.id] = QueuePosition(Reason("starting"), 0, 0.0)
        else:
            found[job.id] = QueuePosition(_missing(job, free, capacity, ahead=ahead, wait=wait), ahead, wait)
    for job in pending:
        if job.id not in found:
            params = {"cpus": job.cpus, "gpus": job.gpus, **_totals(capacity)}
            found[job.id] = QueuePosition(Reason("waiting_never", params), len(found), None)
    return found


class _Forecast:
    """Plays the queue through: who starts when, if jobs take as long as they usually do."""

    def __init__(
        self, running: Sequence[Job], capacity: Capacity, now: datetime, expected: Callable[[Job], float | None]
    ) -> None:
        self._expected = expected
        free = _free(running, capacity)
        self._cpus, self._gpus = free.cpus, len(free.gpus)
        self._clock = 0.0
        self._ends = [(self._remaining(job, now), job.cpus, job.gpus) for job in running]
        heapq.heapify(self._ends)

    def start(self, job: Job) -> float | None:
        """Seconds from now until the job starts; to be asked in the jobs' order."""
        while job.cpus > self._cpus or job.gpus > self._gpus:
            if not self._ends:
                return None
            end, cpus, gpus = heapq.heappop(self._ends)
            self._clock = max(self._clock, end)
            self._cpus, self._gpus = self._cpus + cpus, self._gpus + gpus
        self._cpus, self._gpus = self._cpus - job.cpus, self._gpus - job.gpus
        heapq.heappush(self._ends, (self._clock + self._duration(job), job.cpus, job.gpus))
        return None if math.isinf(self._clock) else self._clock

    def _duration(self, job: Job) -> float:
        usual = self._expected(job)
        return math.inf if usual is None else min(usual, job.time_limit or math.inf)

    def _remaining(self, job: Job, now: datetime) -> float:
        """A job that runs longer than it usually does may run until its time limit."""
        elapsed = (now - job.started_at).total_seconds() if job.started_at else 0.0
        remaining = self._duration(job) - elapsed
        return remaining if remaining > 0 else max(0.0, (job.time_limit or math.inf) - elapsed)


def _missing(job: Job, free: _Free, capacity: Capacity, *, ahead: int, wait: float | None) -> Reason:
    """Names the one thing that the job waits for."""
    params = {"ahead": ahead} | ({"wait_seconds": max(1, round(wait))} if wait is not None else {})
    totals = _totals(capacity)
    if job.gpus > len(free.gpus):
        wanted = {"gpus": job.gpus, "free_gpus": len(free.gpus), "all_gpus": totals["all_gpus"]}
        return Reason("waiting_gpus", params | wanted)
    if job.cpus > free.cpus:
        return Reason(
            "waiting_cpus", params | {"cpus": job.cpus, "free_cpus": free.cpus, "all_cpus": totals["all_cpus"]}
        )
    return Reason("waiting_turn", params)


def _free(running: Sequence[Job], capacity: Capacity) -> _Free:
    held = {uuid for job in running for uuid in job.granted_gpus}
    cpus = capacity.cpus - sum(job.cpus for job in running)
    return _Free(cpus=max(0, cpus), gpus=[uuid for uuid in capacity.gpus if uuid not in held])


def _share(job: Job, capacity: Capacity) -> float:
    """The part of the machine that the job takes: of its CPUs or of its GPUs, whichever is more."""
    return max(job.cpus / capacity.cpus, job.gpus / len(capacity.gpus) if capacity.gpus else 0.0)


def _totals(capacity: Capacity) -> dict[str, int]:
    return {"all_cpus": capacity.cpus, "all_gpus": len(capacity.gpus)}
