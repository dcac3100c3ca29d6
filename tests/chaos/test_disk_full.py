"""The disk of the data folder fills up while people work."""

import asyncio
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from shutil import copy
from typing import Any

import httpx
import pytest
from support.disks import filled, small_disk
from support.platform import HANDLER, Platform
from support.served_pages import served_pages
from support.up_process import UpProcess, running
from support.web_site import Site

from openmo.cli import main
from openmo.config.endpoints import load_endpoints
from openmo.core.clock import SystemClock
from openmo.core.errors import Unavailable
from openmo.db.engine import Database
from openmo.identity.hub.caller import HubIdentity
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


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UpProcess]:
    folder = tmp_path_factory.mktemp("hub") / "disk"
    with small_disk(folder, "32m"), running(folder / "data") as process:
        yield process


_AUTHORIZE = {
    "client_id": "service-openmo-web",
    "redirect_uri": "/oauth_callback",
    "response_type": "code",
    "state": "s",
    "code_challenge": "Fg23uFGJs_Jz1tr5m_zT-MJBieZSs0uPGErCFL8Mfb8",
    "code_challenge_method": "S256",
}
"""As the pages send a browser to the Hub."""


def _new_token(up: UpProcess) -> str:
    """One that the Hub has not seen used, so that it has a use to note."""
    url = f"{up.url}/hub/api/users/{up.state()['account']}/tokens"
    secret = (up.data / "run" / "hub-supervisor-token.secret").read_text()
    answer = httpx.post(url, json={"note": "test"}, headers={"Authorization": f"token {secret}"}, timeout=60)
    assert answer.status_code == 201
    return str(answer.json()["token"])


def _callers(up: UpProcess, *tokens: str) -> list[str | None]:
    async def ask() -> list[str | None]:
        async with httpx.AsyncClient(base_url=load_endpoints(up.data / "run").hub_api, timeout=60) as client:
            identity = HubIdentity(client, client_secret="", clock=SystemClock())
            found = [await identity.caller(token) for token in tokens]
            return [caller.name if caller else None for caller in found]

    return asyncio.run(ask())


def test_a_good_token_stays_good_on_a_full_disk_and_a_wrong_one_wrong(up: UpProcess) -> None:
    token, account = _new_token(up), up.state()["account"]
    with filled(up.data.parent):
        assert _callers(up, token, "0" * 32) == [account, None]
        status = up.run("status")
        assert "Traceback" not in status.stderr
        assert up.url in status.stdout
        assert "disk is full" in status.stdout
    assert _callers(up, token) == [account]


def test_a_good_token_stays_good_while_the_hubs_database_is_locked(up: UpProcess) -> None:
    token, account = _new_token(up), up.state()["account"]
    with closing(sqlite3.connect(up.data / "hub" / "jupyterhub.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert _callers(up, token) == [account]
        other.execute("ROLLBACK")


def test_a_hub_that_cannot_look_says_so_instead_of_knowing_nobody(up: UpProcess) -> None:
    token, account = _new_token(up), up.state()["account"]
    with closing(sqlite3.connect(up.data / "hub" / "jupyterhub.sqlite")) as other:
        other.execute("ALTER TABLE api_tokens RENAME TO away")
        try:
            with pytest.raises(Unavailable, match="database"):
                _callers(up, token)
        finally:
            other.execute("ALTER TABLE away RENAME TO api_tokens")
    assert _callers(up, token) == [account]


def test_signing_in_and_opening_a_project_on_a_full_disk_say_so(up: UpProcess) -> None:
    account = up.state()["account"]
    server = f"{up.url}/hub/api/users/{account}/servers/demo"
    token = _new_token(up)
    with httpx.Client(base_url=up.url, timeout=60, follow_redirects=False) as browser:
        link = up.run("status", "--json").stdout
        page = browser.get(json.loads(link)["sign_in_link"]).text
        form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', page))
        origin = {"Origin": up.url, "Sec-Fetch-Site": "same-origin"}
        assert browser.post("/hub/sign-in", data=form, headers=origin).status_code == 302
        with filled(up.data.parent):
            answer = browser.get(
                "/hub/api/oauth2/authorize", params=_AUTHORIZE, headers={"Sec-Fetch-Site": "same-origin"}
            )
            started = httpx.post(server, headers={"Authorization": f"token {token}"}, timeout=60)
        assert answer.status_code == 507, answer.text
        assert "disk is full" in answer.text
        assert "磁盘已满" in answer.text
        assert (started.status_code, "disk is full" in started.text) == (507, True), started.text
        again = browser.get("/hub/api/oauth2/authorize", params=_AUTHORIZE, headers={"Sec-Fetch-Site": "same-origin"})
        assert again.status_code == 302, "it is forgotten as soon as there is space"
