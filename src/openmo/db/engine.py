"""The database: one transaction per unit of work, and connections for readers apart from those of writers.

SQLite runs in WAL mode with foreign keys on; a write takes the lock at its beginning (BEGIN IMMEDIATE), so that two
processes queue for it instead of failing half way. It has one writer at a time, so a process has one connection to
write by, for which its threads take turns. However long they wait, readers do not: they have connections of their own.
"""

import logging
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.types import DateTime, TypeDecorator

from openmo.core.errors import InvalidInput, OpenMoError, StorageFull, Unavailable
from openmo.core.messages import message
from openmo.core.space import FULL, is_full
from openmo.db.postgres import postgres_engine

_log = logging.getLogger(__name__)
_TURN_SECONDS = 5.0
"""How long a writer waits for the others of its process, and as long again for those of other processes."""
MAX_WRITERS = 80
"""Threads of a process that write or wait for it; more are refused at once, so that some are left for readers."""
_READERS = 16
"""Connections of SQLite's readers that are kept; when more read at once, more are opened."""
_SILENCE_SECONDS = 2.0
"""While a database says nothing, so often somebody may ask it; all others hear at once that it does not answer."""
_POSTGRES_DISK_FULL = "53100"
_PERHAPS_FULL = frozenset({sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN})
_AWAY = message("The database cannot do this right now: try again in a moment.")
_SILENT = message("The database does not answer: try again in a moment.")
_DAMAGED = message("The database file is damaged. The administrator can restore a backup of openmo.sqlite.")


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
        self.readers = _engine(url, read_only=True)
        self._places = threading.Semaphore(MAX_WRITERS)
        self._silent = False
        self._next_try = 0.0
        self._trying = threading.Lock()

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One unit of work: committed at the end, rolled back when an exception leaves the block.

        Raises Unavailable when its turn to write does not come within seconds, or no answer does, and StorageFull.
        """
        self._heed_silence()
        if not self._places.acquire(blocking=False):
            raise Unavailable("Too many are saving something at once: try again in a moment.", retry_after=2)
        try:
            with self.named(), self.engine.connect() as connection, connection.begin():
                yield connection
            self._silent = False
        finally:
            self._places.release()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A look that changes nothing, and never waits for a writer."""
        self._heed_silence()
        with self._reading() as connection:
            yield connection

    def ping(self) -> None:
        """Raises Unavailable where the database does not answer a question."""
        with self._reading() as connection:
            connection.exec_driver_sql("SELECT 1")
        self._silent = False

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def close(self) -> None:
        self.engine.dispose()
        self.readers.dispose()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self.named(), self.readers.connect() as connection:
            yield connection
        self._silent = False

    def _heed_silence(self) -> None:
        """Raises Unavailable while the database says nothing: whoever waited would hold up others, and hear no more."""
        if not self._silent:
            return
        with self._trying:
            now = time.monotonic()
            if now < self._next_try:
                raise Unavailable(_SILENT, retry_after=_SILENCE_SECONDS)
            self._next_try = now + _SILENCE_SECONDS

    @contextmanager
    def named(self) -> Iterator[None]:
        """Names what is nobody's mistake in the code.

        Raises InvalidInput for a value that no column can hold (a NUL, half a character, 10**30), StorageFull, and
        Unavailable where the database is away, busy or locked, or has resolved a deadlock against this transaction.
        """
        try:
            yield
        except (DataError, IntegrityError, ProgrammingError) as error:
            if not isinstance(error, DataError):
                raise
            raise InvalidInput("One of these values cannot be stored: it holds a NUL, or is too large.") from error
        except DatabaseError as error:
            if _is_silence(error):
                self._silent, self._next_try = True, time.monotonic() + _SILENCE_SECONDS
            refusal = _refusal(error, self.engine)
            if refusal is None:
                raise
            _log.warning("The database refuses: %s", error.orig)
            raise refusal from error
        except NoConnection as error:
            raise Unavailable(
                "Too many are using the database at once, or it does not answer: try again in a moment.", retry_after=2
            ) from error
        except OverflowError as error:  # as SQLite's driver says it
            raise InvalidInput("One of these numbers is too large.") from error
        except UnicodeEncodeError as error:
            raise InvalidInput("One of these texts holds half a character.") from error


def _refusal(error: DatabaseError, engine: Engine) -> OpenMoError | None:
    """What a database means that cannot do as told; None for a mistake of ours."""
    if _is_silence(error):
        return Unavailable(_SILENT, retry_after=_SILENCE_SECONDS)
    if engine.dialect.name != "sqlite":
        if getattr(error.orig, "sqlstate", None) == _POSTGRES_DISK_FULL:
            return StorageFull(FULL)
        return Unavailable(_AWAY) if isinstance(error, OperationalError) or error.connection_invalidated else None
    code = getattr(error.orig, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # the rest says more about it
    if code == sqlite3.SQLITE_FULL or (code in _PERHAPS_FULL and is_full(Path(engine.url.database or ".").parent)):
        return StorageFull(FULL)
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return Unavailable(_DAMAGED, retry_after=60)
    # A mistake in a statement is an operational error, too: SQLite's driver tells it by this code alone.
    return None if code == sqlite3.SQLITE_ERROR else Unavailable(_AWAY)


def _is_silence(error: DatabaseError) -> bool:
    return bool(getattr(error.orig, "is_silence", False))


def _engine(url: str, *, read_only: bool = False) -> Engine:
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if not url.startswith("sqlite"):
        return postgres_engine(url, read_only=read_only, turn_seconds=_TURN_SECONDS)
    engine = create_engine(
        url,
        pool_size=_READERS if read_only else 1,
        max_overflow=-1 if read_only else 0,
        pool_timeout=_TURN_SECONDS,
        connect_args={"timeout": _TURN_SECONDS, "check_same_thread": False},
    )
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin if read_only else _on_begin_writing)
    if read_only:
        event.listen(engine, "connect", _allow_reading_alone)
    return engine


def _on_connect(connection: sqlite3.Connection, record: object) -> None:
    del record
    # The driver's own transaction handling begins late and commits early: SQLAlchemy's documentation switches it off.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()


def _allow_reading_alone(connection: sqlite3.Connection, record: object) -> None:
    """A reader that wrote after all would have to wait for the writers."""
    del record
    connection.execute("PRAGMA query_only = ON")


def _on_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")


def _on_begin_writing(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
