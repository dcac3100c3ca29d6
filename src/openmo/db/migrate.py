"""Bringing a database to the schema of this version.

An SQLite file is copied beside itself before it is changed; two processes that start at once take turns.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from openmo.core.errors import OpenMoError
from openmo.core.messages import message
from openmo.db.engine import Database
from openmo.db.postgres import patient

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x6F70656E6D6F  # "openmo": the key of PostgreSQL's advisory lock that a migration holds


class DatabaseTooNew(OpenMoError):
    """The database was made by a newer OpenMo than this one."""

    code = "database_too_new"
    status = 500
    title = "The database is newer than this version"
    remedy = "Install the version that last used the data folder, or restore a backup."


def configuration() -> Config:
    """Alembic's configuration, without an .ini file."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.set_main_option("path_separator", "os")
    return config


def migrate(database: Database) -> bool:
    """The schema is this version's; returns whether anything changed. Raises what `Database.named` does."""
    config = configuration()
    script = ScriptDirectory.from_config(config)
    current = revision(database)
    if current == script.get_current_head():
        return False
    with database.named():
        if current is not None:
            _check_known(script, current)
            _back_up(database, current)
        with _turn(database) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
    return True


def revision(database: Database) -> str | None:
    """The schema that the database has; None for a new one. Raises what `Database.named` does."""
    with database.named(), database.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def _turn(database: Database) -> Iterator[Connection]:
    """A transaction in which no other process migrates.

    SQLite's transactions begin with the write lock. While tables are copied and dropped there, foreign keys are not
    enforced, since dropping the old copy of a table would delete what refers to it; they are checked at the end.
    """
    if not database.is_sqlite:
        with database.begin() as connection, patient(connection):  # another process's migration takes what it takes
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            yield connection
        return
    with database.engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None  # noqa: S101 (just connected)
        driver.execute("PRAGMA foreign_keys = OFF")  # has no effect within a transaction
        try:
            with connection.begin():
                yield connection
                if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise OpenMoError(
                        message(
                            "Migrating would leave a row of %(broken)s without what it refers to.",
                            broken=repr(broken[0]),
                        )
                    )
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


def _check_known(script: ScriptDirectory, revision: str) -> None:
    try:
        script.get_revision(revision)
    except CommandError as error:
        raise DatabaseTooNew(
            message(
                "The database is at revision %(revision)s, which this version does not know. Install the version "
                "of OpenMo that last used it, or restore a backup.",
                revision=revision,
            )
        ) from error


def _back_up(database: Database, revision: str) -> None:
    name = database.engine.url.database
    if not database.is_sqlite or not name or name == ":memory:":
        return
    target = Path(name).with_name(f"{Path(name).name}.before-{revision}")
    with closing(sqlite3.connect(name)) as source, closing(sqlite3.connect(target)) as copy:
        source.backup(copy)
