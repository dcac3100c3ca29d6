"""From nothing, or from an old database, to this version's schema: on SQLite and PostgreSQL."""

import multiprocessing
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from openmo.accounts.service import AccountService
from openmo.core.clock import SystemClock
from openmo.db.engine import Database
from openmo.db.migrate import DatabaseTooNew, configuration, migrate
from openmo.db.tables import METADATA

SCRIPTS = ScriptDirectory.from_config(configuration())
REVISIONS = [script.revision for script in reversed(list(SCRIPTS.walk_revisions()))]


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Database]:
    database = Database(empty_database_url)
    yield database
    database.close()


def upgrade(database: Database, revision: str) -> None:
    config = configuration()
    with database.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_there_is_one_line_of_revisions() -> None:
    assert len(SCRIPTS.get_heads()) == 1
    assert len(SCRIPTS.get_bases()) == 1


def test_replaying_all_migrations_gives_the_metadata(empty: Database) -> None:
    assert migrate(empty) is True
    with empty.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_a_database_of_this_version_is_left_alone(empty: Database) -> None:
    migrate(empty)
    assert migrate(empty) is False


@pytest.mark.parametrize("revision", REVISIONS)
def test_every_old_database_is_upgraded_with_its_rows(empty: Database, revision: str) -> None:
    upgrade(empty, revision)
    with empty.begin() as connection:
        connection.execute(
            text("INSERT INTO accounts (id, name, admin, created_at) VALUES ('a', 'ada', false, '2026-01-01 00:00:00')")
        )
    migrate(empty)
    assert AccountService(empty, SystemClock()).get("ada").name == "ada"
    with empty.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_a_newer_database_is_refused_with_advice(empty: Database) -> None:
    migrate(empty)
    with empty.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'of-tomorrow'"))
    with pytest.raises(DatabaseTooNew, match=r"of-tomorrow.*Install the version"):
        migrate(empty)


def test_an_sqlite_file_is_copied_before_it_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "openmo.sqlite"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    head = SCRIPTS.get_current_head()
    AccountService(database, SystemClock()).ensure("ada")
    monkeypatch.setattr(ScriptDirectory, "get_current_head", lambda _: "next")
    migrate(database)
    database.close()
    copy = sqlite3.connect(path.with_name(f"openmo.sqlite.before-{head}"))
    try:
        assert copy.execute("SELECT name FROM accounts").fetchall() == [("ada",)]
    finally:
        copy.close()


def test_foreign_keys_are_enforced_again_after_migrating(empty: Database) -> None:
    migrate(empty)
    if empty.is_sqlite:
        for _ in range(2):
            with empty.begin() as connection:
                assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


def test_a_failing_migration_changes_nothing(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    def half_way(config: object, revision: str) -> None:
        connection = config.attributes["connection"]  # type: ignore[attr-defined]  # alembic's Config
        connection.execute(text("CREATE TABLE half (id INTEGER)"))
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr(command, "upgrade", half_way)
    with pytest.raises(RuntimeError, match="stops here"):
        migrate(empty)
    monkeypatch.undo()
    assert inspect(empty.engine).get_table_names() == []
    assert migrate(empty) is True


def _migrate(url: str, start: "multiprocessing.synchronize.Barrier", answers: "multiprocessing.Queue[str]") -> None:
    database = Database(url)
    start.wait()
    try:
        answers.put(str(migrate(database)))
    except Exception as error:  # noqa: BLE001 (told to the test)
        answers.put(repr(error))
    finally:
        database.close()


def test_processes_that_start_at_once_take_turns(empty_database_url: str) -> None:
    spawn = multiprocessing.get_context("spawn")
    start, answers = spawn.Barrier(3), spawn.Queue()
    processes = [spawn.Process(target=_migrate, args=(empty_database_url, start, answers)) for _ in range(3)]
    for process in processes:
        process.start()
    said = [answers.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    assert set(said) <= {"True", "False"}
    assert "True" in said
    database = Database(empty_database_url)
    assert migrate(database) is False
    database.close()
