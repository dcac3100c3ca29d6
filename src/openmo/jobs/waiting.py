"""Why a job waits, and for how long."""

from collections.abc import Callable
from dataclasses import replace

from openmo.core.clock import Clock
from openmo.core.space import DiskSpace
from openmo.core.states import ACTIVE, JobState
from openmo.execution.executor import Capacity
from openmo.jobs.repository import JobRepository
from openmo.jobs.running.queue import queue_positions
from openmo.jobs.running.reasons import Reason, say
from openmo.jobs.values import Job


class JobQueue:
    """The queue, as it looks to those who wait in it."""

    def __init__(self, capacity: Callable[[], Capacity], space: DiskSpace, clock: Clock) -> None:
        self._capacity = capacity
        self._space = space
        self._clock = clock

    def explained(self, jobs: JobRepository, found: tuple[Job, ...]) -> tuple[Job, ...]:
        """The jobs; those that wait say why, and for how long."""
        if not any(_waits(job) for job in found):
            return found
        if self._space.is_low:
            return tuple(_with_reason(job, Reason("waiting_disk")) if _waits(job) else job for job in found)
        active = jobs.in_states(ACTIVE)
        usual = jobs.usual_seconds({job.project_id for job in active})
        known = queue_positions(
            [job for job in active if _waits(job)],
            [job for job in active if job.state is JobState.RUNNING],
            self._capacity(),
            self._clock.now(),
            lambda job: usual.get((job.project_id, job.script)),
        )
        return tuple(_with_reason(job, known[job.id].reason) if job.id in known else job for job in found)


def _waits(job: Job) -> bool:
    return job.state is JobState.PENDING and not job.stop_requested


def _with_reason(job: Job, reason: Reason) -> Job:
    return replace(job, reason=say(reason), reason_code=reason.code, reason_params=reason.params)
