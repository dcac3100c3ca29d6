"""SQL of events."""

import operator
from collections.abc import Iterable
from datetime import datetime
from functools import cache, reduce

import msgspec
from sqlalchemy import Connection, delete, insert, or_, select

from openmo.core.ids import AccountId, ProjectId
from openmo.db.counters import current_value, hold, next_value, put
from openmo.db.rows import Row, all_rows
from openmo.db.tables import events, projects
from openmo.events.values import KEPT, KEPT_FOR, Cursor, Event, EventFilter, EventPage, RecordedEvent

_NUMBERS = "events"
_FORGOTTEN = "events forgotten"
_FORGET_EVERY = 500
_FORGET_AT_ONCE = 1000
"""More than are added until the next time, so that they never pile up, and few enough to hold nobody up."""
_encode = msgspec.json.Encoder().encode


class EventRepository:
    """Events in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def hold(self) -> None:
        """From here to the end of this transaction no other one adds events: call it before anything else is locked.

        What is read as committed is therefore whole: nothing with a smaller number can come later.
        """
        hold(self._connection, _NUMBERS)

    def draw(self) -> int:
        """The next number."""
        return next_value(self._connection, _NUMBERS)

    def add(self, event: Event, number: int, at: datetime) -> RecordedEvent:
        """Every so many events the oldest are forgotten."""
        owner_id = event.owner_id or self._owner_of(event.project)
        values = {
            "number": number,
            "kind": kind_of(type(event)),
            "at": at,
            "actor_id": event.actor_id,
            "owner_id": owner_id,
            "project_id": event.project,
            "subject_id": event.subject_id,
            "payload": _encode(event).decode(),
        }
        self._connection.execute(insert(events).values(values))
        if number % _FORGET_EVERY == 0:
            self._forget(number, at)
        return RecordedEvent(number=number, at=at, owner_id=owner_id, event=event)

    def last(self) -> Cursor:
        """The number of the newest event; 0 before the first."""
        return Cursor(current_value(self._connection, _NUMBERS))

    def since(self, cursor: Cursor, wanted: EventFilter, *, limit: int) -> EventPage:
        """At most `limit` of them. Kinds that only another version knows are left out."""
        last = self.last()  # before the rows: what comes between the two looks is the next page's
        query = select(events).where(
            events.c.number > cursor,
            events.c.number <= last,
            events.c.kind.in_(sorted(map(kind_of, wanted.kinds or kinds()))),
        )
        if wanted.owner_id is not None:
            query = query.where(events.c.owner_id == wanted.owner_id)
        if wanted.project_id is not None:
            query = query.where(events.c.project_id == wanted.project_id)
        rows = all_rows(self._connection, query.order_by(events.c.number).limit(limit))
        found = tuple(_recorded(row) for row in rows)
        return EventPage(
            events=found,
            cursor=Cursor(found[-1].number if len(found) == limit else max(last, cursor)),
            more=len(found) == limit,
            # After the rows: what is forgotten between the two looks counts as missed, never as read.
            complete=cursor >= current_value(self._connection, _FORGOTTEN),
        )

    def _owner_of(self, project_id: ProjectId | None) -> AccountId | None:
        if project_id is None:
            return None
        row = self._connection.execute(select(projects.c.owner_id).where(projects.c.id == project_id)).first()
        return AccountId(row[0]) if row else None

    def _forget(self, newest: int, now: datetime) -> None:
        old = or_(events.c.at < now - KEPT_FOR, events.c.number <= newest - KEPT)
        oldest = select(events.c.number).where(old).order_by(events.c.number).limit(_FORGET_AT_ONCE)
        numbers = [row[0] for row in self._connection.execute(oldest)]
        if numbers:
            self._connection.execute(delete(events).where(old, events.c.number <= numbers[-1]))
            put(self._connection, _FORGOTTEN, numbers[-1])


@cache
def kinds() -> tuple[type[Event], ...]:
    """Every kind that this version knows."""
    return tuple(_with_tag(Event))


@cache
def kind_of(event: type[Event]) -> str:
    """`job_ended` of JobEnded."""
    return str(event.__struct_config__.tag)


@cache
def _decoder() -> "msgspec.json.Decoder[Event]":
    return msgspec.json.Decoder(reduce(operator.or_, kinds()))


def _with_tag(base: type[Event]) -> Iterable[type[Event]]:
    for derived in base.__subclasses__():
        if derived.__subclasses__():
            yield from _with_tag(derived)
        else:
            yield derived


def _recorded(row: Row) -> RecordedEvent:
    return RecordedEvent(
        number=row["number"],
        at=row["at"],
        owner_id=None if row["owner_id"] is None else AccountId(row["owner_id"]),
        event=_decoder().decode(row["payload"]),
    )
