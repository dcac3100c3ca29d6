"""Requests that no browser sends: foreign hosts, huge bodies, characters that no column holds."""

from collections.abc import Iterator
from urllib.parse import quote

import pytest
from support.asgi import Client, bearer, cookie
from support.identity import MemoryIdentity
from support.platform import HOST, Platform

from openmo.core.errors import Unavailable
from openmo.web.security import SESSION_COOKIE

HEADERS = ("content-security-policy", "x-content-type-options", "referrer-policy", "x-request-id")


@pytest.fixture
def identity() -> MemoryIdentity:
    return MemoryIdentity()


@pytest.fixture
def client(platform: Platform, identity: MemoryIdentity) -> Iterator[Client]:
    platform.project("ada", "digits", files={"train.py": ""})
    client = Client(platform.app(identity))
    yield client
    client.close()


@pytest.fixture
def ada(identity: MemoryIdentity) -> dict[str, str]:
    return bearer(identity.token("ada"))


FOREIGN_HOSTS = (
    "evil.example",
    f"{HOST}.evil.example",
    f"evil.{HOST}",
    "",
    "127.0.0.1",
    f"{HOST}@evil.example",
    "[::1]",
)


def test_a_foreign_host_is_refused_whoever_asks(client: Client, ada: dict[str, str]) -> None:
    for host in FOREIGN_HOSTS:
        for path in ("/", "/api/v1/projects", "/static/x.css", "/datasets"):
            answer = client.get(path, headers={**ada, "host": host})
            assert (answer.status, "ada" in answer.text) == (400, False), host


def test_our_own_host_is_served_at_any_port(client: Client) -> None:
    for host in (HOST, HOST.upper(), f"{HOST}:8000"):
        assert client.get("/api/v1/me", headers={"host": host}).status == 200


def test_a_forwarded_host_opens_nothing(client: Client) -> None:
    assert client.get("/", headers={"host": "evil.example", "x-forwarded-host": HOST}).status == 400


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        ("/", "text/html"),
        ("/nothing", "text/html"),
        ("/api/v1/nothing", "*/*"),
        ("/api/v1/me", "*/*"),
        ("/static/x", "*/*"),
    ],
)
def test_every_answer_carries_the_security_headers(client: Client, path: str, accept: str) -> None:
    answer = client.get(path, headers={"accept": accept})
    assert [name for name in HEADERS if name not in answer.headers] == []


def test_a_bug_tells_nothing_but_a_request_id(
    client: Client, platform: Platform, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("canary of the inside")

    monkeypatch.setattr(platform.projects, "list_public", broken)
    for path, accept in (("/", "text/html"), ("/api/v1/projects?scope=public", "application/json")):
        answer = client.get(path, headers={"accept": accept})
        assert answer.status == 500
        assert "canary" not in answer.text
        assert answer.headers["x-request-id"] in answer.text
        assert [name for name in HEADERS if name not in answer.headers] == []
        assert "canary" in caplog.text


def test_an_identity_provider_that_is_away_is_said_so(
    client: Client, identity: MemoryIdentity, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(token: str) -> None:
        raise Unavailable("JupyterHub does not answer.", retry_after=2.5)

    monkeypatch.setattr(identity, "caller", away)
    answer = client.get("/api/v1/me", headers=cookie("any"))
    assert (answer.status, answer.headers["retry-after"]) == (503, "3")
    assert client.get("/api/v1/me").status == 200


WRONG_BODIES: list[tuple[str, object]] = [
    ("/api/v1/projects", {"title": "nul \0 in it"}),
    ("/api/v1/projects", {"title": "x", "description": "\0"}),
    ("/api/v1/projects", {"title": "\ud800"}),
    ("/api/v1/projects", {"title": ["x"]}),
    ("/api/v1/projects", {"title": "x", "kind": "spaceship"}),
    ("/api/v1/projects", {"title": "x", "template": "../../etc"}),
    ("/api/v1/projects", ["x"]),
    ("/api/v1/projects", 3),
    ("/api/v1/projects/ada/digits/jobs", {"script": "\0"}),
    ("/api/v1/projects/ada/digits/jobs", {"script": "train.py", "name": "\0"}),
    ("/api/v1/projects/ada/digits/jobs", {"script": "train.py", "args": ["\0"]}),
    ("/api/v1/projects/ada/digits/jobs", {"script": "train.py", "args": ["\ud800"]}),
    ("/api/v1/projects/ada/digits/jobs", {"script": "train.py", "env": {"A": "\ud800"}}),
    ("/api/v1/projects/ada/digits/jobs", {"script": "train.py", "time_limit": 1e400}),
    ("/api/v1/projects/ada/digits/jobs", {"script": "train.py", "time_limit": float("nan")}),
    ("/api/v1/projects/ada/digits/jobs", {"script": "train.py", "device": "gpu"}),
    ("/api/v1/projects/ada/digits/datasets", {"dataset": "a/\0"}),
    ("/api/v1/projects/ada/digits/datasets", {"dataset": "no-slash"}),
    ("/api/v1/projects/ada/digits/modules", {"module": "a/b/c/d/e"}),
    ("/api/v1/projects/ada/digits/modules", {"module": "\ud800"}),
    ("/api/v1/projects/ada/digits/releases", {"version": "9" * 5000}),
    ("/api/v1/notebooks/export", {"notebook": {"cells": [{"cell_type": "code", "source": "\ud800"}]}}),
    ("/api/v1/notebooks/export", {"notebook": {"cells": "x"}}),
    ("/api/v1/notebooks/export", {"notebook": {"cells": [None, 3]}}),
    ("/api/v1/notebooks/export", {"notebook": {}}),
]


def test_wrong_bodies_are_the_callers_fault(client: Client, ada: dict[str, str]) -> None:
    for path, body in WRONG_BODIES:
        answer = client.post(path, headers=ada, json_body=body)
        assert 200 <= answer.status < 500, (path, body, answer.text)
        if answer.status >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert {"type", "title", "status", "detail", "code"} <= answer.json.keys()


WRONG_ADDRESSES = [
    "/api/v1/projects/%00/%00",
    "/api/v1/projects/ada/%ff%fe",
    "/api/v1/projects/ada/" + "a" * 5000,
    "/api/v1/projects/ada/digits/jobs/99999999999999999999999999",
    "/api/v1/projects/ada/digits/jobs/-1",
    "/api/v1/projects/ada/digits/jobs/9223372036854775808",
    "/api/v1/projects/ada/digits/jobs?offset=99999999999999999999",
    "/api/v1/projects/ada/digits/jobs?limit=0",
    "/api/v1/projects/ada/digits/jobs/1/log?start=-99999999999999999999",
    "/api/v1/projects/ada/digits/jobs/1/log?start=99999999999999999999",
    "/api/v1/projects/ada/digits/jobs/1/log/stream?from=99999999999999999999",
    "/api/v1/projects/ada/digits/jobs/1/metrics/series?metric=%00&points=-1",
    "/api/v1/projects/ada/digits/jobs/1/metrics/series?metric=a&start=nan&end=inf",
    "/api/v1/projects/ada/digits/files?path=%00",
    "/api/v1/projects?scope=%00",
    "/api/v1/datasets/%00/%00",
    "/api/v1/modules/%00/%00",
    "/?offset=99999999999999999999999",
    "/datasets?q=%00%ff",
    "/datasets/%00/%00",
    "/projects/new?template=%00",
    "/projects/ada/digits/jobs/99999999999999999999999",
    "/projects/ada/digits/files/%00",
    "/language/%00?back=%00",
    "/sign-in?next=%00",
    "/oauth_callback?code=%00&state=%00",
]


def test_wrong_addresses_are_the_callers_fault(client: Client, ada: dict[str, str], platform: Platform) -> None:
    platform.submit(platform.projects.by_name("ada", "digits"))
    platform.runner().step()
    for path in WRONG_ADDRESSES:
        for accept in ("application/json", "text/html"):
            until = b"\n\n" if "stream" in path else None
            answer = client.get(path, headers={**ada, "accept": accept}, until=until)
            assert answer.status < 500, (path, answer.text)


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/api/v1/projects", "application/json"),
        ("/api/v1/projects/ada/digits/jobs", "application/json"),
        ("/projects/new", "application/x-www-form-urlencoded"),
        ("/projects/new", "multipart/form-data; boundary=x"),
        ("/sign-out", "application/x-www-form-urlencoded"),
    ],
)
def test_a_huge_body_is_refused_before_anybody_is_asked_who_sends_it(
    client: Client, path: str, content_type: str
) -> None:
    answer = client.post(path, headers={"content-type": content_type}, body=b"a" * (3 << 20))
    assert answer.status == 413


def test_a_large_notebook_is_welcome(client: Client, ada: dict[str, str]) -> None:
    cell = {"cell_type": "markdown", "metadata": {}, "source": "a" * (4 << 20)}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    assert client.post("/api/v1/notebooks/export", headers=ada, json_body={"notebook": notebook}).status == 200


def test_broken_json_is_the_callers_fault(client: Client, ada: dict[str, str]) -> None:
    for body in (b"[" * 200_000, b'{"a":' * 100_000, b"{", b"\xff", b"NaN", b'"\\ud800"'):
        answer = client.post("/api/v1/projects", headers={**ada, "content-type": "application/json"}, body=body)
        assert 400 <= answer.status < 500, body[:20]


ELSEWHERE = (
    "//evil.example", "/\\evil.example", "////evil.example", "http://evil.example", "javascript:alert(1)",
    "/\t/evil.example", "\\\\evil.example", "/%0d%0aSet-Cookie: a=b", "https:evil.example", "//user@evil.example/",
    "evil.example", "",
)  # fmt: skip


def test_no_address_leads_elsewhere_through_us(client: Client, identity: MemoryIdentity) -> None:
    for target in ELSEWHERE:
        escaped = quote(target, safe="")
        answer = client.get(f"/sign-in?next={escaped}")
        state = answer.headers["location"].partition("state=")[2]
        jar = {"cookie": f"openmo-state={state}"}
        done = client.get(f"/oauth_callback?code={identity.code(identity.token('ada'))}&state={state}", headers=jar)
        for location in (done.headers["location"], client.get(f"/language/en?back={escaped}").headers["location"]):
            assert location.startswith("/"), target
            assert not location.startswith(("//", "/\\")), target
            assert "evil.example" not in location, target


@pytest.mark.parametrize("name", ["学生", "a b", "-dash", "x" * 70, "openmo"])
def test_a_name_that_cannot_be_an_accounts_begins_no_session_and_traps_nobody(
    client: Client, identity: MemoryIdentity, name: str
) -> None:
    token = identity.token(name)
    state = client.get("/sign-in").headers["location"].partition("state=")[2]
    jar = {"cookie": f"openmo-state={state}"}
    done = client.get(f"/oauth_callback?code={identity.code(token)}&state={state}", headers=jar)
    assert done.status == 403
    assert "cannot be the name of an account" in done.text
    assert SESSION_COOKIE not in done.headers.get("set-cookie", "")
    old = {"cookie": f"{SESSION_COOKIE}={token}"}  # of a session that began before the name was looked at
    assert client.get("/", headers=old).status == 200
    assert client.get("/workspace", headers=old).status == 401


def test_a_sign_in_belongs_to_the_browser_that_began_it(client: Client, identity: MemoryIdentity) -> None:
    state = client.get("/sign-in").headers["location"].partition("state=")[2]
    code = identity.code(identity.token("ada"))
    for jar in ({}, {"cookie": "openmo-state=other"}, {"cookie": "openmo-state="}):
        assert client.get(f"/oauth_callback?code={code}&state={state}", headers=jar).status == 401
    done = client.get(f"/oauth_callback?code={code}&state={state}", headers={"cookie": f"openmo-state={state}"})
    session = done.headers["set-cookie"]
    assert (done.status, done.headers["location"]) == (303, "/workspace")
    assert "httponly" in session.lower()
    assert "samesite=lax" in session.lower()
