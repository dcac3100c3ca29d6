"""The database: one engine, one transaction per unit of work.

SQLite runs in WAL mode with foreign keys on; a write takes the lock at its beginning (BEGIN IMMEDIATE), so that two
processes queue for it instead of failing half way. PostgreSQL needs nothing special.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, TypeAlias

from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.types import DateTime, TypeDecorator

from openmo.core.errors import InvalidInput, Unavailable

_log = logging.getLogger(__name__)
_BUSY_SECONDS = 30
_POSTGRES_TIMEOUTS = {
    "connect_timeout": 10,
    "tcp_user_timeout": 20_000,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
}
"""For PostgreSQL: a server whose machine is gone says nothing, and TCP alone would wait for minutes."""


Transaction: TypeAlias = Connection
"""A unit of work, for services that hand it on without looking into it."""


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC moments on every database (SQLite stores no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment without a zone cannot be stored.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """Hands out transactions; services hold one of these and nothing else of SQLAlchemy."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One unit of work: committed at the end, rolled back when an exception leaves the block."""
        with _named(), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A look that changes nothing, and on SQLite never waits for a writer."""
        with _named(), self.engine.connect().execution_options(openmo_read_only=True) as connection:
            yield connection

    def ping(self) -> None:
        """Raises Unavailable where the database does not answer a question."""
        with self.read() as connection:
            connection.exec_driver_sql("SELECT 1")

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def _named() -> Iterator[None]:
    """Names what is nobody's mistake in the code.

    Raises InvalidInput for a value that no column can hold (a NUL, half a character, 10**30), and Unavailable where the
    database is away, full or locked, or has resolved a deadlock against this transaction.
    """
    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR:
            raise  # a mistake in a statement: SQLite's driver tells it from a busy database by this code alone
        _log.warning("The database refuses: %s", error.orig)
        raise Unavailable("The database cannot do this right now: try again in a moment.") from error
    except DataError as error:
        raise InvalidInput("One of these values cannot be stored: it holds a NUL, or is too large.") from error
    except OverflowError as error:  # as SQLite's driver says it
        raise InvalidInput("One of these numbers is too large.") from error
    except UnicodeEncodeError as error:
        raise InvalidInput("One of these texts holds half a character.") from error


def _engine(url: str) -> Engine:
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, connect_args=_POSTGRES_TIMEOUTS)
    engine = create_engine(url, connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False})
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)
    return engine


def _on_connect(connection: Any, record: object) -> None:
    del record
    # The driver's own transaction handling begins late and commits early: SQLAlchemy's documentation switches it off.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _on_begin(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("openmo_read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
