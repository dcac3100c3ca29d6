"""Notices on the wire."""

from datetime import datetime

from pydantic import BaseModel, Field

from openmo.events.values import Amount
from openmo.notices.values import NoticeCount, NoticeKind


class NoticeView(BaseModel):
    """What the caller is told; `title` and `text` are in the caller's language (Accept-Language)."""

    id: str
    number: int
    """Grows with every notice."""
    kind: NoticeKind
    outcome: str
    """Of a job: the state that it ended in."""
    title: str
    text: str
    """Why, and what to do; empty when there is nothing to say."""
    reason_code: str
    """What `text` says, for programs."""
    reason_params: dict[str, Amount]
    owner: str
    project: str
    project_title: str
    url: str
    """The page that shows what it is about."""
    at: datetime
    read: bool


class NoticeCountView(BaseModel):
    unread: int
    last: int
    """The number of the newest notice; 0: there is none."""

    @classmethod
    def of(cls, count: NoticeCount) -> "NoticeCountView":
        return cls(unread=count.unread, last=count.last)


class NoticeList(NoticeCountView):
    items: list[NoticeView]
    """Newest first; the newest 200 of the last 90 days are kept."""


class NoticesRead(BaseModel):
    """Which notices are read; several ways may be used at once."""

    ids: list[str] = Field(default_factory=list, max_length=1000)
    job: str | None = None
    """The id of a job."""
    last: int | None = None
    """All up to this number."""
