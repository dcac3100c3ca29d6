"""PostgreSQL, which may be behind a network that breaks: every question has its time, at both ends.

A server that is stopped, or whose packets vanish, says nothing, and TCP alone would wait for minutes or for ever. So a
connection that is silent for too long is given up here; and the server ends what a client left behind without a word,
whose locks would hold up everybody else.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Protocol, cast

from sqlalchemy import Connection, Engine, create_engine, event

CONNECT_SECONDS = 4
READ_SECONDS = 8.0
"""How long an answer to a question that changes nothing is waited for."""
WRITE_SECONDS = 15.0
_SERVER_SHARE = 0.9
"""Of that time, after which the server itself gives up a slow question: then it is known to be there."""
_READERS = 10
"""Connections for reading that one process has at most, besides five to write by: a server takes a hundred in all."""
_NETWORK = {
    "tcp_user_timeout": 20_000,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
}
_LEFT_BEHIND = {
    "idle_in_transaction_session_timeout": "30s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
"""For the server: what a client left whose packets do not come any more."""


class _Timed(Protocol):
    """A connection of the driver's, with what is ours of it."""

    reads_only: bool
    patient: bool
    """Whether every answer is waited for."""


class _Opening(Protocol):
    """Opens a connection with the options that SQLAlchemy has for its driver."""

    def __call__(self, named: Mapping[str, object]) -> _Timed: ...


@cache
def _opening() -> _Opening:
    """Made at the first use, since the driver takes time to load."""
    import psycopg
    from psycopg.abc import RV, PQGen
    from psycopg.rows import TupleRow

    class Silent(psycopg.OperationalError):
        """The server has not answered in time."""

        is_silence = True

    class TimedConnection(psycopg.Connection[TupleRow]):
        """Given up, for good, when an answer takes longer than a reader or a writer waits."""

        reads_only = False
        patient = False

        def wait(self, gen: PQGen[RV], interval: float = 0.1, timeout: float | None = None) -> RV:
            """See the driver, whose every question comes this way."""
            if timeout is not None or self.patient:
                return super().wait(gen, interval, timeout)
            seconds = READ_SECONDS if self.reads_only else WRITE_SECONDS
            try:
                return super().wait(gen, interval, seconds)
            except psycopg.errors._WaitTimeout as error:  # noqa: SLF001 (the driver has no other name for it)
                self.pgconn.finish()  # what it was doing is unknown, and an answer that came late would be another's
                raise Silent(f"no answer within {seconds:g} s") from error

    def opened(named: Mapping[str, object]) -> _Timed:
        try:
            return TimedConnection.connect(**{"connect_timeout": CONNECT_SECONDS, **named})  # type: ignore[arg-type]  # what SQLAlchemy hands its driver
        except psycopg.errors.ConnectionTimeout as error:
            raise Silent(str(error)) from error

    return opened


def postgres_engine(url: str, *, read_only: bool, turn_seconds: float) -> Engine:
    """Connections for reading or for writing.

    `turn_seconds` is how long a connection is waited for, and by a writer as long again for each other's rows.
    """
    answer_seconds = READ_SECONDS if read_only else WRITE_SECONDS
    limits = _LEFT_BEHIND | {"statement_timeout": _milliseconds(answer_seconds * _SERVER_SHARE)}
    if not read_only:
        limits["lock_timeout"] = _milliseconds(turn_seconds)
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=_READERS - 5 if read_only else 0,
        pool_timeout=turn_seconds,
        connect_args={**_NETWORK, "options": _options(limits)},
    )

    def connect(dialect: object, record: object, positional: Sequence[object], named: Mapping[str, object]) -> _Timed:
        del dialect, record, positional  # of which there are none: see the dialect's create_connect_args
        connection = _opening()(named)
        connection.reads_only = read_only
        return connection

    event.listen(engine, "do_connect", connect)
    return engine


@contextmanager
def patient(connection: Connection) -> Iterator[None]:
    """Whatever this transaction does takes the time that it takes: for migrations."""
    driver = cast("_Timed", connection.connection.driver_connection)
    driver.patient = True
    for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
        connection.exec_driver_sql(f"SET LOCAL {name} = 0")
    try:
        yield
    finally:
        driver.patient = False


def _options(limits: Mapping[str, str]) -> str:
    return " ".join(f"-c {name}={value}" for name, value in limits.items())


def _milliseconds(seconds: float) -> str:
    return f"{round(seconds * 1000)}ms"
