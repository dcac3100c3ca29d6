"""Notices: what an account is told of things that ended while it may have looked elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from openmo.core.ids import AccountId, JobId, NoticeId, ProjectId
from openmo.events.values import Amount

KEPT = 200
"""So many of the newest are kept for each account."""
KEPT_FOR = timedelta(days=90)


class NoticeKind(StrEnum):
    """What a notice is about."""

    JOB = "job"
    """A job ended; its outcome is the state that it ended in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeDraft:
    """What there is to tell. Whoever makes it happen adds it in the same transaction."""

    account_id: AccountId
    project_id: ProjectId
    job_id: JobId | None = None
    kind: NoticeKind
    outcome: str
    subject: str
    """The name of what it is about."""
    path: str
    """Where that is shown, below the project's address: `/jobs/3`."""
    reason: str = ""
    reason_code: str = ""
    """What `reason` says, for other languages (a key of the kind's sentences)."""
    reason_params: Mapping[str, Amount] = field(default_factory=dict)
    at: datetime
    """When it happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notice as it stands."""

    id: NoticeId
    number: int
    """Grows with every notice of anybody: what is newer than the last look has a larger one."""
    kind: NoticeKind
    outcome: str
    subject: str
    reason: str
    reason_code: str
    reason_params: Mapping[str, Amount]
    owner: str
    project: str
    """The project's name."""
    project_title: str
    path: str
    at: datetime
    read_at: datetime | None

    @property
    def address(self) -> str:
        """The page that shows what it is about."""
        return f"/projects/{self.owner}/{self.project}{self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeCount:
    """Where an account stands."""

    unread: int
    last: int
    """The number of its newest notice; 0: there is none."""
