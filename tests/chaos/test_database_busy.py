"""Many at once, and a database that somebody else holds."""

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from shutil import copy

import httpx
import pytest
from support.platform import Platform
from support.served_pages import served_pages
from support.web_site import Site

from openmo.db import engine
from openmo.db.engine import Database
from openmo.web.security import SESSION_COOKIE

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]
READ = ("/", "/workspace", "/projects/ada/digits", "/datasets")


@dataclass(frozen=True)
class Served:
    """A site that ada uses, whose project `digits` is there."""

    url: str
    token: str

    def get(self, number: int) -> int:
        path = READ[number % len(READ)]
        cookies = {"Cookie": f"{SESSION_COOKIE}={self.token}", "Accept": "text/html"}
        return httpx.get(f"{self.url}{path}", headers=cookies, timeout=120).status_code

    def create(self, number: int) -> httpx.Response:
        body = {"name": f"made-{number}", "title": f"Made {number}"}
        headers = {"Authorization": f"Bearer {self.token}"}
        return httpx.post(f"{self.url}/api/v1/projects", json=body, headers=headers, timeout=120)


@pytest.fixture
def served(tmp_path: Path, migrated_sqlite: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """Writers wait half a second."""
    monkeypatch.setattr(engine, "_TURN_SECONDS", 0.5)
    database = Database(f"sqlite:///{copy(migrated_sqlite, tmp_path / 'openmo.sqlite')}")
    site = Site(Platform(database, tmp_path / "data"))
    site.platform.project("ada", "digits", files={"train.py": "print(1)"})
    with served_pages(site.platform.app(site.identity, hosts=("127.0.0.1",))) as url:
        yield Served(url, site.identity.token("ada"))
    database.close()


def test_sixty_at_once_are_all_served(served: Served) -> None:
    with ThreadPoolExecutor(60) as pool:
        assert {*pool.map(served.get, range(60))} == {200}


def test_while_the_database_is_locked_readers_read_and_writers_hear_it(served: Served, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "openmo.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(50) as pool:
            writers = [pool.submit(served.create, number) for number in range(25)]
            readers = [pool.submit(served.get, number) for number in range(25)]
            assert {reader.result() for reader in readers} == {200}
            answers = [writer.result() for writer in writers]
        other.execute("ROLLBACK")
    assert {answer.status_code for answer in answers} == {503}
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in answers)
    assert {answer.json()["code"] for answer in answers} == {"unavailable"}
    assert served.create(99).status_code == 201
    assert len([*(tmp_path / "data" / "projects").iterdir()]) == 2, "what was refused left nothing behind"
