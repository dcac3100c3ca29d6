"""What happens to jobs, as the log of events has it."""

from typing import TypedDict

from openmo.accounts.values import Actor
from openmo.core.ids import AccountId, JobId, ProjectId
from openmo.events.values import (
    JobDeleted,
    JobEnded,
    JobEvent,
    JobExplained,
    JobPriorityChanged,
    JobStarted,
    JobStopRequested,
    JobSubmitted,
)
from openmo.jobs.values import Job


def submitted(job: Job) -> JobEvent:
    return JobSubmitted(**_about(job, job.created_by), script=job.script)


def moved(job: Job) -> JobEvent:
    """The job has started, or it has ended."""
    if not job.state.is_terminal:
        return JobStarted(**_about(job))
    assert job.ended_at is not None  # noqa: S101 (the job has ended)
    return JobEnded(
        **_about(job),
        state=job.state,
        created_by=job.created_by,
        ended_at=job.ended_at,
        reason=job.reason,
        reason_code=job.reason_code,
        reason_params=dict(job.reason_params),
    )


def explained(job: Job) -> JobEvent:
    return JobExplained(**_about(job), reason_code=job.reason_code)


def priority_changed(actor: Actor, job: Job) -> JobEvent:
    return JobPriorityChanged(**_about(job, actor.account_id), priority=job.priority)


def stop_requested(actor: Actor, job: Job) -> JobEvent:
    return JobStopRequested(**_about(job, actor.account_id))


def deleted(actor: Actor, job: Job) -> JobEvent:
    return JobDeleted(**_about(job, actor.account_id), created_by=job.created_by)


class _About(TypedDict):
    """What every event of a job says."""

    actor_id: AccountId | None
    project_id: ProjectId
    job_id: JobId
    number: int
    name: str


def _about(job: Job, actor_id: AccountId | None = None) -> _About:
    return _About(actor_id=actor_id, project_id=job.project_id, job_id=job.id, number=job.number, name=job.name)
