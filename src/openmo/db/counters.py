"""Numbers that only grow, handed out in the order of commits."""

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from openmo.db.tables import counters


def next_value(connection: Connection, name: str) -> int:
    """1, 2, 3 ... for each name; the row stays locked until the transaction ends, so a later number commits later."""
    if (value := _increment(connection, name)) is not None:
        return value
    try:
        with connection.begin_nested():
            connection.execute(insert(counters).values(name=name, value=1))
    except IntegrityError:
        value = _increment(connection, name)  # another transaction made the row in this moment
        assert value is not None  # noqa: S101 (rows of this table are never deleted)
        return value
    return 1


def current_value(connection: Connection, name: str) -> int:
    """The last number handed out; 0 before the first."""
    row = connection.execute(select(counters.c.value).where(counters.c.name == name)).first()
    return int(row[0]) if row else 0


def _increment(connection: Connection, name: str) -> int | None:
    row = connection.execute(
        update(counters).where(counters.c.name == name).values(value=counters.c.value + 1).returning(counters.c.value)
    ).first()
    return int(row[0]) if row else None
