"""Transactions, moments and counters, on SQLite and PostgreSQL."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from openmo.core.errors import InvalidInput, StorageFull, Unavailable
from openmo.db import engine
from openmo.db.counters import current_value, next_value
from openmo.db.engine import Database
from openmo.db.tables import accounts, counters, projects

pytestmark = pytest.mark.both_databases  # they prove SQL

NOW = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def account(name: str, *, at: datetime = NOW) -> dict[str, object]:
    return {"id": name, "name": name, "admin": False, "created_at": at}


def test_a_block_that_raises_changes_nothing(database: Database) -> None:
    def fail() -> None:
        with database.begin() as connection:
            connection.execute(insert(accounts).values(account("ada")))
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        fail()
    with database.read() as connection:
        assert connection.execute(select(accounts)).all() == []


def test_moments_come_back_aware_and_exact(database: Database) -> None:
    elsewhere = NOW.astimezone(timezone(timedelta(hours=8)))
    with database.begin() as connection:
        connection.execute(insert(accounts).values(account("ada", at=elsewhere)))
    with database.read() as connection:
        (found,) = connection.execute(select(accounts.c.created_at)).one()
    assert (found, found.utcoffset()) == (NOW, timedelta())


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="without a zone"), database.begin() as connection:
        connection.execute(insert(accounts).values(account("ada", at=NOW.replace(tzinfo=None))))


def test_what_a_row_refers_to_must_be_there(database: Database) -> None:
    values = {column.name: "x" for column in projects.c} | {"created_at": NOW, "updated_at": NOW}
    with pytest.raises(IntegrityError), database.begin() as connection:
        connection.execute(insert(projects).values(values))


def test_a_database_that_refuses_is_away_for_a_moment(database: Database) -> None:
    def refused() -> None:
        with database.begin() as connection:
            connection.execute(insert(accounts).values(account("ada")))
            if database.is_sqlite:
                connection.exec_driver_sql("PRAGMA max_page_count = 1")  # a full disk
                connection.execute(insert(accounts).values([account(f"{n}" * 1000) for n in range(200)]))
            else:
                connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")  # the server stops

    with pytest.raises(StorageFull if database.is_sqlite else Unavailable):
        refused()
    with database.read() as connection:
        assert connection.execute(select(accounts)).all() == []


def test_a_mistake_in_a_statement_is_no_database_that_is_away(database: Database) -> None:
    with pytest.raises(DBAPIError, match="nowhere"), database.read() as connection:
        connection.exec_driver_sql("SELECT * FROM nowhere")


@pytest.mark.parametrize("value", ["nul\0", "\ud800"])
def test_text_that_no_column_holds_is_the_callers_fault(database: Database, value: str) -> None:
    if database.is_sqlite and "\0" in value:
        pytest.skip("SQLite stores it")
    with pytest.raises(InvalidInput), database.read() as connection:
        connection.execute(select(accounts).where(accounts.c.name == value)).all()


def test_numbers_that_no_column_holds_are_the_callers_fault(database: Database) -> None:
    with pytest.raises(InvalidInput), database.begin() as connection:
        connection.execute(insert(counters).values(name="x", value=10**30))


def test_numbers_are_handed_out_once_and_in_the_order_of_commits(database: Database) -> None:
    handed: list[int] = []
    start = threading.Barrier(6)

    def take() -> None:
        start.wait()
        for _ in range(5):
            with database.begin() as connection:
                handed.append(next_value(connection, "x"))  # appended while the row is locked: in the order of commits

    threads = [threading.Thread(target=take) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert handed == list(range(1, 31))
    with database.read() as connection:
        assert (current_value(connection, "x"), current_value(connection, "y")) == (30, 0)


def test_a_number_whose_work_was_undone_is_handed_out_again(database: Database) -> None:
    def fail() -> None:
        with database.begin() as connection:
            next_value(connection, "x")
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError):
        fail()
    with database.begin() as connection:
        assert next_value(connection, "x") == 1


def test_readers_do_not_wait_for_a_writer(database: Database) -> None:
    with database.begin() as writing:
        writing.execute(insert(accounts).values(account("ada")))
        with database.read() as reading:
            assert reading.execute(select(accounts)).all() == []
    with database.read() as reading:
        assert len(reading.execute(select(accounts)).all()) == 1


def test_however_many_wait_to_write_readers_read_and_writers_hear_it_within_seconds(
    database_factory: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_TURN_SECONDS", 0.2)
    database = database_factory()
    refused: list[Unavailable] = []
    read: list[int] = []

    def write() -> None:
        try:
            with database.begin() as connection:
                next_value(connection, "x")
        except Unavailable as error:
            refused.append(error)

    def look() -> None:
        with database.read() as connection:
            read.append(current_value(connection, "x"))

    with database.begin() as connection:
        next_value(connection, "x")
        threads = [threading.Thread(target=target) for target in [write] * 30 + [look] * 8]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    assert len(refused) == 30
    assert all(error.status == 503 and error.retry_after >= 1 for error in refused)
    assert read == [0] * 8
    write()
    look()
    assert read[-1] == 2


def test_a_reader_cannot_write(database: Database) -> None:
    if not database.is_sqlite:
        pytest.skip("SQLite alone can have a reader that waits for a writer, once it writes")
    with pytest.raises(Unavailable), database.read() as connection:
        connection.execute(insert(accounts).values(account("ada")))


def test_more_writers_than_there_are_places_are_refused_at_once(
    database_factory: Callable[[], Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "MAX_WRITERS", 1)
    database = database_factory()
    with database.begin() as connection:
        next_value(connection, "x")
        with pytest.raises(Unavailable, match="Too many") as refused, database.begin():
            pass
        assert refused.value.retry_after >= 1
    with database.begin() as connection:
        assert next_value(connection, "x") == 2
