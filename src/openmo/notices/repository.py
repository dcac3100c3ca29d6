"""SQL of notices."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from openmo.core.ids import AccountId, JobId, NoticeId, ProjectId, new_id
from openmo.db.rows import Query, all_rows
from openmo.db.tables import accounts, notices, projects
from openmo.notices.values import KEPT, KEPT_FOR, Notice, NoticeCount, NoticeDraft, NoticeKind


class NoticeRepository:
    """Notices in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, draft: NoticeDraft, number: int) -> None:
        """The account is told, with the number of the event; what it was told long before is forgotten."""
        values = {
            "id": new_id(),
            "number": number,
            "account_id": draft.account_id,
            "project_id": draft.project_id,
            "job_id": draft.job_id,
            "kind": draft.kind,
            "outcome": draft.outcome,
            "subject": draft.subject,
            "path": draft.path,
            "reason": draft.reason,
            "reason_code": draft.reason_code,
            "reason_params": dict(draft.reason_params),
            "at": draft.at,
            "read_at": None,
        }
        self._connection.execute(insert(notices).values(values))
        self._forget_old(draft.account_id, draft.at)

    def newest(self, account_id: AccountId, *, project_id: ProjectId | None, limit: int) -> tuple[Notice, ...]:
        """Newest first."""
        query = _query().where(_of(account_id, project_id)).order_by(notices.c.number.desc()).limit(limit)
        return self._many(query)

    def after(self, number: int, account_id: AccountId, *, project_id: ProjectId | None) -> tuple[Notice, ...]:
        """Those with a larger number, oldest first."""
        query = _query().where(_of(account_id, project_id), notices.c.number > number)
        return self._many(query.order_by(notices.c.number))

    def count(self, account_id: AccountId, *, project_id: ProjectId | None) -> NoticeCount:
        unread = func.count().filter(notices.c.read_at.is_(None))
        query = select(unread, func.max(notices.c.number)).where(_of(account_id, project_id))
        row = self._connection.execute(query).one()
        return NoticeCount(unread=row[0], last=row[1] or 0)

    def mark_read(
        self, account_id: AccountId, chosen: ColumnElement[bool], now: datetime, *, project_id: ProjectId | None
    ) -> int:
        """Those of the account's that are chosen, and not read yet; returns how many there were."""
        unread = and_(_of(account_id, project_id), notices.c.read_at.is_(None), chosen)
        return self._connection.execute(update(notices).where(unread).values(read_at=now)).rowcount

    def _forget_old(self, account_id: AccountId, now: datetime) -> None:
        mine = notices.c.account_id == account_id
        kept = select(notices.c.number).where(mine).order_by(notices.c.number.desc()).limit(KEPT)
        oldest = select(func.min(kept.subquery().c.number)).scalar_subquery()
        old = or_(notices.c.number < oldest, notices.c.at < now - KEPT_FOR)
        self._connection.execute(delete(notices).where(mine, old))

    def _many(self, query: Query) -> tuple[Notice, ...]:
        rows = all_rows(self._connection, query)
        return tuple(Notice(**{**row, "kind": NoticeKind(row["kind"])}) for row in rows)


def with_ids(ids: Sequence[NoticeId]) -> ColumnElement[bool]:
    return notices.c.id.in_(ids)


def of_job(job_id: JobId) -> ColumnElement[bool]:
    return notices.c.job_id == job_id


def up_to(number: int) -> ColumnElement[bool]:
    return notices.c.number <= number


def _of(account_id: AccountId, project_id: ProjectId | None) -> ColumnElement[bool]:
    mine = notices.c.account_id == account_id
    return mine if project_id is None else and_(mine, notices.c.project_id == project_id)


def _query() -> Query:
    shown = [column for column in notices.c if column.name not in ("account_id", "project_id", "job_id")]
    return (
        select(
            *shown,
            accounts.c.name.label("owner"),
            projects.c.name.label("project"),
            projects.c.title.label("project_title"),
        )
        .join(projects, projects.c.id == notices.c.project_id)
        .join(accounts, accounts.c.id == projects.c.owner_id)
    )
