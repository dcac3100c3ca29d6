"""Numbers that only grow, handed out in the order of commits."""

from contextlib import suppress

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from openmo.db.tables import counters


def next_value(connection: Connection, name: str) -> int:
    """1, 2, 3 ... for each name; the row stays locked until the transaction ends, so a later number commits later."""
    if (value := _increment(connection, name)) is None:
        _make(connection, name)
        value = _increment(connection, name)
    assert value is not None  # noqa: S101 (rows of this table are never deleted)
    return value


def hold(connection: Connection, name: str) -> None:
    """Until the transaction ends no other draws a number of that name.

    Call it before any row is locked that another holder may want: who holds the counter waits for nobody else then.
    """
    row = select(counters.c.value).where(counters.c.name == name).with_for_update()
    if connection.execute(row).first() is None:  # SQLite's transactions hold the only lock already
        _make(connection, name)
        connection.execute(row)


def put(connection: Connection, name: str, value: int) -> None:
    """That is the number from now on; for one writer at a time."""
    if not connection.execute(update(counters).where(counters.c.name == name).values(value=value)).rowcount:
        connection.execute(insert(counters).values(name=name, value=value))


def current_value(connection: Connection, name: str) -> int:
    """The last number handed out; 0 before the first."""
    row = connection.execute(select(counters.c.value).where(counters.c.name == name)).first()
    return int(row[0]) if row else 0


def _increment(connection: Connection, name: str) -> int | None:
    row = connection.execute(
        update(counters).where(counters.c.name == name).values(value=counters.c.value + 1).returning(counters.c.value)
    ).first()
    return int(row[0]) if row else None


def _make(connection: Connection, name: str) -> None:
    with suppress(IntegrityError), connection.begin_nested():  # another transaction may make the row in this moment
        connection.execute(insert(counters).values(name=name, value=0))
