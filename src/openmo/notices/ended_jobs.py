"""Whoever submitted a job is told that it ended."""

from openmo.db.engine import Transaction
from openmo.events.values import JobEnded, RecordedEvent
from openmo.notices.repository import NoticeRepository
from openmo.notices.values import NoticeDraft, NoticeKind


def tell_of_ended_job(transaction: Transaction, recorded: RecordedEvent) -> None:
    """Subscribes to the log of events, so that an ending and its notice are there together, or neither is."""
    event = recorded.event
    if isinstance(event, JobEnded):
        NoticeRepository(transaction).add(notice(event), recorded.number)


def notice(event: JobEnded) -> NoticeDraft:
    """What there is to tell."""
    return NoticeDraft(
        account_id=event.created_by,
        project_id=event.project_id,
        job_id=event.job_id,
        kind=NoticeKind.JOB,
        outcome=event.state,
        subject=event.name,
        path=f"/jobs/{event.number}",
        reason=event.reason,
        reason_code=event.reason_code,
        reason_params=event.reason_params,
        at=event.ended_at,
    )
