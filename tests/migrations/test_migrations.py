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
from openmo.accounts.values import Actor
from openmo.core.catalogue import Category
from openmo.core.clock import SystemClock
from openmo.core.ids import ProjectId
from openmo.datasets.repository import DatasetRepository
from openmo.datasets.values import DatasetQuery
from openmo.db.engine import Database
from openmo.db.migrate import DatabaseTooNew, configuration, migrate
from openmo.db.tables import METADATA
from openmo.events.log import EventLog
from openmo.events.values import Cursor, ProjectChanged
from openmo.modules.repository import ModuleRepository
from openmo.modules.values import ModuleQuery
from openmo.notices.service import NoticeService
from openmo.specs.module import ModuleKind

pytestmark = pytest.mark.both_databases  # they prove SQL

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


def test_events_are_numbered_on_behind_changes_and_notices_of_before(empty: Database) -> None:
    """So that a browser that has seen notice 57 is told of the next, and a watcher of jobs misses none."""
    upgrade(empty, "0006")
    with empty.begin() as connection:
        for statement in (
            "INSERT INTO counters (name, value) VALUES ('jobs', 41), ('notices', 57), ('jobs of p', 900)",
            "INSERT INTO accounts (id, name, admin, created_at) VALUES ('a', 'ada', false, '2026-01-01 00:00:00')",
            (
                "INSERT INTO projects (id, owner_id, name, title, description, kind, visibility, slug, created_at, "
                "updated_at) VALUES ('p', 'a', 'digits', 'Digits', '', 'app', 'private', 'digits-1', "
                "'2026-01-01 00:00:00', '2026-01-01 00:00:00')"
            ),
            (
                "INSERT INTO notices (id, number, account_id, project_id, kind, outcome, subject, path, reason, "
                "reason_code, reason_params, at) VALUES ('n', 57, 'a', 'p', 'job', 'failed', 'train-1', '/jobs/1', "
                "'Why.', 'exited', '{}', '2026-01-01 00:00:00')"
            ),
        ):
            connection.execute(text(statement))
    migrate(empty)
    actor = Actor(account=AccountService(empty, SystemClock()).get("ada"))
    events = EventLog(empty, SystemClock())
    (notice,) = NoticeService(empty, events, SystemClock()).list(actor)
    assert (notice.number, notice.subject, notice.read_at) == (57, "train-1", None)
    assert events.last() == 57
    with events.begin() as transaction:
        events.append(transaction, ProjectChanged(project_id=ProjectId("p"), fields=("title",)))
    assert [found.number for found in events.since(Cursor(57)).events] == [58]


def test_modules_of_before_get_their_kind_their_count_and_what_is_searched(empty: Database) -> None:
    upgrade(empty, "0007")
    with empty.begin() as connection:
        for statement in (
            "INSERT INTO accounts (id, name, admin, created_at) VALUES ('a', 'ada', false, '2026-01-01 00:00:00')",
            (
                "INSERT INTO modules (id, owner_id, name, title, description, visibility, version, created_at) VALUES "
                "('m', 'a', 'faces', 'Gesichter Ä', 'Finds\nthem', 'public', '1.0.0', '2026-01-02 00:00:00'), "
                "('t', 'a', 'tool', 'Tool', 'run: predict: it', 'public', '1.0.0', '2026-01-03 00:00:00')"
            ),
            (
                "INSERT INTO module_versions (module_id, version, tree, spec, created_at) VALUES "
                "('m', '1.0.0', 'x', 'input:\n  predict:\n    a: int\n', '2026-01-02 00:00:00'), "
                "('t', '1.0.0', 'x', 'input:\n  run:\n    a: {des: \"predict: x\"}\n', '2026-01-03 00:00:00')"
            ),
            *(
                "INSERT INTO projects (id, owner_id, name, title, description, kind, visibility, slug, created_at, "
                f"updated_at) VALUES ('{name}', 'a', '{name}', 'P', '', 'app', 'private', '{name}-1', "
                "'2026-01-01 00:00:00', '2026-01-01 00:00:00')"
                for name in ("p", "q")
            ),
            (
                "INSERT INTO project_modules (project_id, module_id, version, imported_at) VALUES "
                "('p', 'm', '1.0.0', '2026-01-01 00:00:00'), ('p', 'm', '1.1.0', '2026-01-01 00:00:00'), "
                "('q', 'm', '1.0.0', '2026-01-01 00:00:00')"
            ),
        ):
            connection.execute(text(statement))
    migrate(empty)
    with empty.read() as connection:
        repository = ModuleRepository(connection)
        model, tool = repository.by_name("ada", "faces"), repository.by_name("ada", "tool")
        assert model is not None
        assert tool is not None
        assert (model.kind, model.imports, model.category, model.tags) == (ModuleKind.MODEL, 2, Category.OTHER, ())
        assert (tool.kind, tool.imports) == (ModuleKind.TOOLKIT, 0)
        assert model.updated_at == model.created_at
        for words in ("gesichter ä", "ada/faces", "finds them"):
            found, _ = repository.search(ModuleQuery(search=words), None)
            assert [one.name for one in found] == ["faces"], words
        (version,) = repository.versions(model.id)
        assert (version.notes, version.size, version.requirements, version.yanked_at) == ("", 0, (), None)


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


def test_datasets_of_before_are_counted_and_found(empty: Database) -> None:
    upgrade(empty, "0009")
    with empty.begin() as connection:
        for statement in (
            "INSERT INTO accounts (id, name, admin, created_at) VALUES ('a', 'ada', false, '2026-01-01 00:00:00')",
            (
                "INSERT INTO datasets (id, owner_id, name, title, description, visibility, version, created_at, "
                "updated_at) VALUES ('d', 'a', 'faces', 'Gesichter Ä', 'All\nof them', 'public', 1, "
                "'2026-01-02 00:00:00', '2026-01-03 00:00:00')"
            ),
            (
                "INSERT INTO dataset_versions (dataset_id, number, tree, files, bytes, created_at) VALUES "
                "('d', 1, 'x', 2, 3, '2026-01-02 00:00:00')"
            ),
            *(
                "INSERT INTO projects (id, owner_id, name, title, description, kind, visibility, slug, created_at, "
                f"updated_at) VALUES ('{name}', 'a', '{name}', 'P', '', 'app', 'private', '{name}-1', "
                "'2026-01-01 00:00:00', '2026-01-01 00:00:00')"
                for name in ("p", "q")
            ),
            (
                "INSERT INTO project_datasets (project_id, dataset_id, version, imported_at) VALUES "
                "('p', 'd', 1, '2026-01-01 00:00:00'), ('q', 'd', 1, '2026-01-01 00:00:00')"
            ),
        ):
            connection.execute(text(statement))
    migrate(empty)
    with empty.read() as connection:
        repository = DatasetRepository(connection)
        for words in ("gesichter ä", "ada/faces", "all of them"):
            ((found,), _) = repository.search(DatasetQuery(search=words), None)
            assert (found.name, found.imports, found.category, found.tags, found.licence) == (
                "faces",
                2,
                Category.OTHER,
                (),
                "",
            )
        (version,) = repository.versions(found.id)
        assert (version.notes, version.files, version.bytes) == ("", 2, 3)
