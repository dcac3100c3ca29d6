"""The log of events: added to in the transaction of the change, read by whoever follows with a cursor of its own."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeAlias

from openmo.core.clock import Clock
from openmo.db.engine import Database, Transaction
from openmo.events.repository import EventRepository
from openmo.events.values import Cursor, Event, EventFilter, EventPage, RecordedEvent

Subscriber: TypeAlias = Callable[[Transaction, RecordedEvent], None]
"""Does what belongs to an event, in the transaction of the event; for all that may lag there are cursors.

It does not fail: the change itself would be undone with it.
"""
_PAGE = 500
_EVERYTHING = EventFilter()


class EventLog:
    """One transaction after the other adds events, so a reader who has seen one has seen all before it."""

    def __init__(self, database: Database, clock: Clock, subscribers: Sequence[Subscriber] = ()) -> None:
        self._database = database
        self._clock = clock
        self._subscribers = tuple(subscribers)
        self._writing: set[int] = set()

    @contextmanager
    def begin(self) -> Iterator[Transaction]:
        """One unit of work that adds events; as `Database.begin`, after those that began before it."""
        with self._database.begin() as transaction:
            EventRepository(transaction).hold()  # first, so that two that wait for each other cannot be
            self._writing.add(id(transaction))
            try:
                yield transaction
            finally:
                self._writing.discard(id(transaction))

    def draw(self, transaction: Transaction) -> int:
        """The number of an event that is about to be added."""
        return self._events(transaction).draw()

    def append(self, transaction: Transaction, *happened: Event, number: int | None = None) -> None:
        """These events have happened when the transaction is committed, and what subscribers do has, too.

        Args:
            transaction: Of `begin`.
            happened: What happened, in this order.
            number: That of the first, when one was drawn for it before.
        """
        events = self._events(transaction)
        for event in happened:
            recorded = events.add(event, events.draw() if number is None else number, self._clock.now())
            number = None
            for subscriber in self._subscribers:
                subscriber(transaction, recorded)

    def _events(self, transaction: Transaction) -> EventRepository:
        assert id(transaction) in self._writing, "use EventLog.begin"  # noqa: S101 (a mistake in our code)
        return EventRepository(transaction)

    def last(self) -> Cursor:
        """Where a reader starts who wants only what is new."""
        with self._database.read() as connection:
            return EventRepository(connection).last()

    def since(self, cursor: Cursor, wanted: EventFilter = _EVERYTHING, *, limit: int = _PAGE) -> EventPage:
        """What happened after the cursor, oldest first; at most `limit` events a page."""
        with self._database.read() as connection:
            return EventRepository(connection).since(cursor, wanted, limit=limit)
