"""Notices, as the account reads them. They come from events that tell of what ended (see `ended_jobs`)."""

from collections.abc import Sequence

from openmo.accounts.access import scope_of
from openmo.accounts.values import Actor
from openmo.core.clock import Clock
from openmo.core.ids import JobId, NoticeId
from openmo.db.engine import Database
from openmo.events.log import EventLog
from openmo.events.values import NoticesRead
from openmo.notices.repository import NoticeRepository, of_job, up_to, with_ids
from openmo.notices.values import KEPT, Notice, NoticeCount


class NoticeService:
    """Everything is the actor's own; a project's own server sees that project's alone. Visitors have none."""

    def __init__(self, database: Database, events: EventLog, clock: Clock) -> None:
        self._database = database
        self._events = events
        self._clock = clock

    def list(self, actor: Actor, *, limit: int = KEPT) -> tuple[Notice, ...]:
        """Newest first."""
        if (scope := scope_of(actor)) is None:
            return ()
        with self._database.read() as connection:
            return NoticeRepository(connection).newest(scope.owner_id, project_id=scope.project_id, limit=limit)

    def after(self, actor: Actor, number: int) -> tuple[Notice, ...]:
        """Those with a larger number, oldest first."""
        if (scope := scope_of(actor)) is None:
            return ()
        with self._database.read() as connection:
            return NoticeRepository(connection).after(number, scope.owner_id, project_id=scope.project_id)

    def count(self, actor: Actor) -> NoticeCount:
        if (scope := scope_of(actor)) is None:
            return NoticeCount(unread=0, last=0)
        with self._database.read() as connection:
            return NoticeRepository(connection).count(scope.owner_id, project_id=scope.project_id)

    def mark_read(
        self, actor: Actor, *, ids: Sequence[NoticeId] = (), job_id: JobId | None = None, last: int | None = None
    ) -> NoticeCount:
        """The actor's notices with these ids, that of this job, and all up to number `last` are read."""
        if (scope := scope_of(actor)) is None:
            return NoticeCount(unread=0, last=0)
        chosen = [with_ids(ids)] if ids else []
        chosen += [of_job(job_id)] if job_id is not None else []
        chosen += [up_to(last)] if last is not None else []
        account, project_id = scope.owner_id, scope.project_id
        with self._events.begin() as connection:
            notices, now = NoticeRepository(connection), self._clock.now()
            if sum(notices.mark_read(account, condition, now, project_id=project_id) for condition in chosen):
                self._events.append(connection, NoticesRead(actor_id=account, owner_id=account, account_id=account))
            return notices.count(account, project_id=project_id)
