"""A database file that is damaged, empty or gone is said so, before anything is made in its place."""

from pathlib import Path
from shutil import copy

import pytest

from openmo.core.errors import OpenMoError, Unavailable
from openmo.db.engine import Database
from openmo.db.migrate import migrate
from openmo.installation.preparation import check_not_lost


@pytest.mark.parametrize("content", [None, b""])
def test_a_lost_database_beside_projects_is_named(tmp_path: Path, content: bytes | None) -> None:
    path, projects = tmp_path / "openmo.sqlite", tmp_path / "projects"
    projects.mkdir()
    if content is not None:
        path.write_bytes(content)
    database = Database(f"sqlite:///{path}")
    check_not_lost(database, projects)  # a first start
    (projects / "one").mkdir()
    with pytest.raises(OpenMoError, match="Restore the file from a backup"):
        check_not_lost(database, projects)
    migrate(database)
    check_not_lost(database, projects)
    database.close()


@pytest.mark.parametrize("damage", ["nulls", "text", "half"])
def test_a_damaged_database_says_that_it_is(tmp_path: Path, migrated_sqlite: Path, damage: str) -> None:
    path = tmp_path / "openmo.sqlite"
    copy(migrated_sqlite, path)
    whole = path.read_bytes()
    path.write_bytes({"nulls": b"\0" * len(whole), "text": b"hello " * 999, "half": whole[: len(whole) // 2]}[damage])
    database = Database(f"sqlite:///{path}")
    with pytest.raises(Unavailable, match="damaged"), database.begin() as connection:
        connection.exec_driver_sql("REINDEX")
    if damage != "half":
        with pytest.raises(Unavailable, match="damaged"):
            migrate(database)
    database.close()
