"""Databases for tests: SQLite as a file, and PostgreSQL in a real server that is started once a run.

A test that asks for `database` (migrated) or `empty_database_url` runs on SQLite; one that is marked `both_databases`,
since it proves SQL, on PostgreSQL too. In `make test-deep`, all run on both.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import QueuePool
from support.processes import wait_for
from support.run import Run

from openmo.core.errors import Unavailable
from openmo.core.ids import new_id
from openmo.db.engine import Database
from openmo.db.migrate import migrate
from openmo.db.tables import METADATA

ENGINES = ("sqlite", "postgresql")
_TEMPLATE = "openmo_template"
_QUICK = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=200"


class PostgresServer:
    """A throw-away server that listens on a socket in its own folder alone."""

    def __init__(self, programs: Path, root: Path) -> None:
        self._programs = programs
        self._root = root

    def start(self) -> None:
        if os.geteuid() == 0:
            os.chown(self._root, self._owner.pw_uid, self._owner.pw_gid)
        self._run("initdb", "-D", "data", "-A", "trust", "-N", "-E", "UTF8", "--locale=C", "-U", "openmo")
        options = f"-c listen_addresses= -c unix_socket_directories={self._root} {_QUICK}"
        self._run("pg_ctl", "-D", "data", "-w", "-o", options, "-l", "log", "start")

    @property
    def pid(self) -> int:
        return int((self._root / "data" / "postmaster.pid").read_text().split()[0])

    def create(self, name: str, *, template: str = "template0") -> str:
        """The URL of a new database."""
        with psycopg.connect(host=str(self._root), user="openmo", dbname="postgres", autocommit=True) as connection:
            connection.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
            )
        return f"postgresql://openmo@/{name}?host={self._root}"

    @property
    def _owner(self) -> pwd.struct_passwd:
        """PostgreSQL refuses to run as root."""
        try:
            return pwd.getpwnam("postgres")
        except KeyError:
            return pwd.getpwnam("nobody")

    def _run(self, program: str, *arguments: str) -> None:
        options: dict[str, object] = {}
        if os.geteuid() == 0:
            options = {"user": self._owner.pw_uid, "group": self._owner.pw_gid, "extra_groups": []}
        # To a file, not a pipe: the server inherits it, and a pipe would stay open as long as the server runs.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(
                [self._programs / program, *arguments],
                cwd=self._root,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
                **options,  # type: ignore[call-overload]  # user and group, only as root
            )
            if done.returncode:
                output.seek(0)
                raise RuntimeError(f"{program} failed: {output.read().decode(errors='replace')}")


def postgres_programs() -> Path | None:
    """The folder of initdb and pg_ctl, wherever the distribution put it."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    # Debian keeps each version's programs apart, and names none of them on PATH.
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (folder / "initdb").exists():
            return folder
    if tool := shutil.which("pg_config"):
        folder = Path(subprocess.check_output([tool, "--bindir"], text=True).strip())
        return folder if (folder / "initdb").exists() else None
    return None


@pytest.fixture(scope="session")
def postgres_server() -> PostgresServer:
    programs = postgres_programs()
    if programs is None:
        reason = "PostgreSQL's initdb is not installed: its half of the database tests cannot run."
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)

    def start(folder: Path) -> dict[str, Any]:
        server = PostgresServer(programs, folder)
        server.start()
        database = Database(server.create(_TEMPLATE))
        migrate(database)
        database.close()
        return {"pid": server.pid}

    run = Run.current()
    run.shared("postgresql", start)
    return PostgresServer(programs, run.folder / "postgresql")


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy, since migrating takes longer than most tests."""
    path = tmp_path_factory.mktemp("database") / "template.sqlite"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    database.close()
    return path


class PostgresPool:
    """Migrated databases that are emptied and used again, which is quicker than making each anew."""

    def __init__(self, server: PostgresServer) -> None:
        self._server = server
        self._free: list[str] = []

    def take(self) -> str:
        return self._free.pop() if self._free else self._server.create(f"test_{new_id()}", template=_TEMPLATE)

    def give_back(self, url: str) -> None:
        with psycopg.connect(url) as connection:
            for table in reversed(METADATA.sorted_tables):  # for a few rows much quicker than TRUNCATE
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table.name)))
        self._free.append(url)


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> PostgresPool:
    return PostgresPool(postgres_server)


@pytest.fixture
def database_engine() -> str:
    """The kind of database; tests/conftest.py gives both to the tests that prove SQL."""
    return "sqlite"


@pytest.fixture
def empty_database_url(request: pytest.FixtureRequest, database_engine: str, tmp_path: Path) -> str:
    """The URL of a database without tables."""
    if database_engine == "sqlite":
        return f"sqlite:///{tmp_path / 'openmo.sqlite'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.create(f"empty_{new_id()}")


@pytest.fixture
def database_factory(
    request: pytest.FixtureRequest, database_engine: str, tmp_path: Path
) -> Iterator[Callable[[], Database]]:
    """Makes migrated databases, each its own: for tests that need several, or one for each example."""
    made: list[tuple[Database, str]] = []
    name = "migrated_sqlite" if database_engine == "sqlite" else "migrated_postgres"
    template: Path | PostgresPool = request.getfixturevalue(name)

    def make() -> Database:
        if isinstance(template, Path):
            path = tmp_path / f"{new_id()}.sqlite"
            shutil.copyfile(template, path)
            url = f"sqlite:///{path}"
        else:
            url = template.take()
        made.append((Database(url), url))
        return made[-1][0]

    yield make
    for database, url in made:
        _close(database)
        if isinstance(template, PostgresPool):
            template.give_back(url)


def _close(database: Database) -> None:
    """Closed for threads that a request left behind, too: some other test would be blamed for their connections."""

    def over() -> NoReturn:
        raise Unavailable("The test of this database is over.")

    for engine in (database.engine, database.readers):
        setattr(engine, "connect", over)  # noqa: B010 (a method, for this one engine)
        pool = engine.pool
        assert isinstance(pool, QueuePool)
        wait_for(lambda pool=pool: pool.checkedout() == 0)  # type: ignore[misc]  # bound for this round
    database.close()


@pytest.fixture
def database(database_factory: Callable[[], Database]) -> Database:
    """A migrated database of this test's own."""
    return database_factory()
