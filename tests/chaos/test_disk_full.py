"""The disk of the data folder fills up while people work."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copy
from typing import Any

import httpx
import pytest
from support.disks import filled, small_disk
from support.platform import HANDLER, Platform
from support.served_pages import served_pages
from support.web_site import Site

from openmo.cli import main
from openmo.db.engine import Database
from openmo.web.security import SESSION_COOKIE

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]
PROJECT = "/api/v1/projects/ada/digits"


@dataclass(frozen=True)
class Served:
    """A site on a small disk, at work."""

    site: Site
    folder: Path
    api: httpx.Client
    pages: httpx.Client

    def refused(self, method: str, path: str, body: Any) -> dict[str, Any]:
        answer = self.api.request(method, path, json=body)
        assert answer.status_code == 507, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        return dict(answer.json())


@pytest.fixture
def served(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Served]:
    folder = tmp_path / "disk"
    with small_disk(folder, "12m"):
        database = Database(f"sqlite:///{copy(migrated_sqlite, folder / 'openmo.sqlite')}")
        site = Site(Platform(database, folder))
        project = site.platform.project("ada", "digits", files={"handler.py": HANDLER, "train.py": "print(1)"})
        site.platform.submit(project)
        token = site.identity.token("ada")
        with (
            served_pages(site.platform.app(site.identity, hosts=("127.0.0.1",))) as url,
            httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as api,
            httpx.Client(
                base_url=url, headers={"Accept": "text/html"}, cookies={SESSION_COOKIE: token}, timeout=60
            ) as pages,
        ):
            yield Served(site, folder, api, pages)
        database.close()


WRITES: list[tuple[str, str, Any]] = [
    ("POST", "/api/v1/projects", {"name": "another", "title": "Another"}),
    ("POST", f"{PROJECT}/jobs", {"script": "train.py"}),
    ("POST", f"{PROJECT}/releases", {}),
    ("PUT", f"{PROJECT}/app/files", {"handler": HANDLER + "# x" * 50_000, "app_spec": ""}),
]


def test_a_full_disk_is_said_as_such_and_pages_go_on(served: Served) -> None:
    with filled(served.folder):
        for method, path, body in WRITES:
            problem = served.refused(method, path, body)
            assert problem["code"] == "storage_full"
            assert "disk is full" in problem["detail"]
            assert "administrator" in problem["detail"]
        for path in ("/", "/workspace", "/projects/ada/digits", "/projects/ada/digits/jobs"):
            assert served.pages.get(path).status_code == 200
        assert served.api.get(f"{PROJECT}/jobs").json()["items"][0]["state"] == "pending"
    for method, path, body in WRITES[:3]:
        assert served.api.request(method, path, json=body).status_code == 201, path
    with sqlite3.connect(served.folder / "openmo.sqlite") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(list((served.folder / "projects").iterdir())) == 2, "what was refused left nothing behind"


def test_a_form_on_a_full_disk_says_so_in_the_readers_language(served: Served) -> None:
    form = served.pages.get("/projects/new").text
    token = form.partition('name="csrf_token" value="')[2].partition('"')[0]
    assert token
    with filled(served.folder):
        for language, heading in (("en", "The disk is full"), ("zh-CN", "磁盘已满")):
            answer = served.pages.post(
                "/projects/new",
                data={"title": "One more", "template": "blank", "csrf_token": token},
                headers={"Accept-Language": language},
            )
            assert answer.status_code == 507
            assert f"<h1>{heading}</h1>" in answer.text


def test_a_command_says_it_in_a_sentence(
    served: Served, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENMO_URL", str(served.api.base_url))
    monkeypatch.setenv("OPENMO_TOKEN", served.site.identity.token("ada"))
    with filled(served.folder):
        assert main.run(["project", "create", "another"]) == 1
        assert "disk is full" in capsys.readouterr().err
        assert main.run(["up", "--data", str(served.folder / "other"), "--port", "0"]) == 1
        assert "disk is full" in capsys.readouterr().err
