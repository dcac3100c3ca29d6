"""The site and each project answer at their own hosts; between them the proxy redirects and refuses."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from support.proxied import listen

from openmo.config.origins import ProjectOrigins
from openmo.core.clock import SystemClock
from openmo.identity.project_sessions import PROJECT_COOKIE, ProjectSession, ProjectSessions
from openmo.proxy.app import Proxy
from openmo.proxy.open_streams import OpenStreams
from openmo.proxy.project_address import Addresses
from openmo.proxy.routes import RouteTable

SESSIONS = ProjectSessions(bytes(32), SystemClock())
DOCUMENT = {"Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
FRAME = {"Sec-Fetch-Dest": "iframe", "Sec-Fetch-Mode": "navigate"}
SCRIPT = {"Sec-Fetch-Dest": "empty", "Sec-Fetch-Mode": "cors"}


class Received:
    """A browser's requests, at any host of one proxy."""

    def __init__(self, client: aiohttp.ClientSession, port: int) -> None:
        self._client = client
        self.port = port

    async def __call__(
        self, path: str, *, at: str = "", method: str = "GET", token: str = "", **headers: str
    ) -> tuple[int, str]:
        """(status, where to or what came back); `at`: a project's slug; `token`: of a session for the project `at`."""
        sent = {"Host": f"{at}.localhost:{self.port}" if at else f"127.0.0.1:{self.port}", **headers}
        if token:
            session = ProjectSession(token=token, slug=at, home=f"http://localhost:{self.port}")
            sent["Cookie"] = f"x=1; {PROJECT_COOKIE}={SESSIONS.seal(session)}; openmo_session=tossed"
        url = f"http://127.0.0.1:{self.port}{path}"
        async with self._client.request(method, url, headers=sent, allow_redirects=False) as answer:
            return answer.status, answer.headers.get("Location") or await answer.text()


def _run(folder: Path, body: Callable[[Received], Awaitable[None]]) -> None:
    async def tell(request: web.Request) -> web.StreamResponse:
        answer = web.Response(text=f"{request.raw_path} {request.headers.get('Cookie', '-')}")
        if request.path == "/sign-out":
            answer.del_cookie("openmo_session", path="/")
        return answer

    async def run() -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", tell)
        behind, behind_port = await listen(app)
        target = f"http://127.0.0.1:{behind_port}"
        routes = RouteTable(folder / "routes", SystemClock(), {"/": target, "/hub/": target, "/run/": target})
        routes.add("/user/ada/demo-x/", target, {})
        routes.add("/user/ada/other-y/", target, {})
        streams = OpenStreams()
        addresses = Addresses(ProjectOrigins("localhost"), SESSIONS, "http://127.0.0.1:1", streams.has_ended)
        proxy = Proxy(routes, "token", loopback_only=True, streams=streams, addresses=addresses)
        front, port = await listen(proxy.public_app())
        async with asyncio.timeout(60), aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
            await body(Received(client, port))
        await front.cleanup()
        await behind.cleanup()

    asyncio.run(run())


def test_at_the_site_a_project_only_redirects(tmp_path: Path) -> None:
    async def body(ask: Received) -> None:
        there = f"http://demo-x.localhost:{ask.port}/user/ada/demo-x/lab?a=%20b"
        assert await ask("/user/ada/demo-x/lab?a=%20b", **DOCUMENT) == (302, there)
        assert await ask("/user/ada/demo-x/lab?a=%20b") == (302, there)
        for path in ("/user/ada/demo-x/api", "/%75ser/ada/demo-x/api", "//user//ada/demo-x/api"):
            assert (await ask(path, method="POST", **SCRIPT))[0] == 404
            assert (await ask(path, Upgrade="websocket", Connection="Upgrade"))[0] == 404
            assert (await ask(path, **SCRIPT))[0] == 302, "which a script cannot follow to another origin"
        assert await ask("/user/ada/demo-x/api", Authorization="token x") == (200, "/user/ada/demo-x/api -")
        assert (await ask("/workspace"))[0] == 200

    _run(tmp_path, body)


def test_at_a_project_who_is_unknown_is_led_to_the_site(tmp_path: Path) -> None:
    async def body(ask: Received) -> None:
        status, where = await ask("/user/ada/demo-x/lab?a=1", at="demo-x", **DOCUMENT)
        assert (status, urlsplit(where).netloc, urlsplit(where).path) == (302, "127.0.0.1:1", "/open/demo-x")
        assert parse_qs(urlsplit(where).query) == {"next": ["/user/ada/demo-x/lab?a=1"]}
        assert (await ask("/user/ada/demo-x/api", at="demo-x", method="POST"))[0] == 401
        assert (await ask("/user/ada/demo-x/api", at="demo-x", Upgrade="websocket", Connection="Upgrade"))[0] == 401
        for path in ("/api/v1/projects", "/projects/ada/demo/jobs/1?embed=log", "/run/ada/demo"):
            assert (await ask(path, at="demo-x", **SCRIPT))[0] == 401
        forged = {"Cookie": f"{PROJECT_COOKIE}=forged"}
        assert (await ask("/user/ada/demo-x/lab", at="demo-x", **forged))[0] == 302
        assert (await ask("/user/ada/demo-x/api", at="demo-x", Authorization="token x"))[0] == 200

    _run(tmp_path, body)


def test_at_a_project_its_server_and_frames_are_answered_and_nothing_else_is(tmp_path: Path) -> None:
    async def body(ask: Received) -> None:
        home = f"http://localhost:{ask.port}"
        known = {"at": "demo-x", "token": "t"}
        assert await ask("/user/ada/demo-x/lab", **known) == (200, "/user/ada/demo-x/lab -")
        status, text = await ask("/projects/ada/demo/jobs/1?embed=log", **known, **FRAME)
        assert status == 200
        assert PROJECT_COOKIE in text
        assert (await ask("/api/v1/events", **known, **SCRIPT))[0] == 200
        assert await ask("/projects/ada/demo", **known, **DOCUMENT) == (302, f"{home}/projects/ada/demo")
        assert await ask("/hub/logout", **known, **DOCUMENT) == (302, f"{home}/hub/logout")
        assert await ask("/workspace", **known, **FRAME) == (302, f"{home}/workspace")
        assert (await ask("/sign-out", **known, method="POST"))[0] == 404
        assert (await ask("/hub/api/users/ada/tokens", **known, method="POST", **SCRIPT))[0] == 404
        assert (await ask("/user/ada/other-y/api", **known, method="POST"))[0] == 404
        assert await ask("/user/ada/other-y/lab", **known) == (302, f"{home}/user/ada/other-y/lab")
        assert (await ask("/sign-in?next=/a", **known))[1] == f"{home}/open/demo-x?next=%2Fa"

    _run(tmp_path, body)


def test_a_server_that_does_not_run_is_the_hubs_to_tell_of(tmp_path: Path) -> None:
    async def body(ask: Received) -> None:
        status, where = await ask("/user/ada/gone-z/lab", at="gone-z", token="t", **DOCUMENT)
        assert (status, where) == (302, f"http://localhost:{ask.port}/hub/user/ada/gone-z/lab")
        assert (await ask("/user/ada/gone-z/api", at="gone-z", token="t", method="POST"))[0] == 404

    _run(tmp_path, body)


def test_signing_out_at_the_site_ends_the_session_for_each_project(tmp_path: Path) -> None:
    async def body(ask: Received) -> None:
        known = {"at": "demo-x", "token": "mine"}
        assert (await ask("/user/ada/demo-x/lab", **known))[0] == 200
        await ask("/sign-out", method="POST", Cookie="openmo_session=mine")
        assert (await ask("/user/ada/demo-x/lab", **known))[0] == 302
        assert (await ask("/user/ada/demo-x/lab", at="demo-x", token="another"))[0] == 200

    _run(tmp_path, body)


@pytest.mark.parametrize("host", ["evil.example", "demo-x.localhost.evil.example", "a.demo-x.localhosts"])
def test_foreign_hosts_are_refused(tmp_path: Path, host: str) -> None:
    async def body(ask: Received) -> None:
        assert (await ask("/user/ada/demo-x/lab", Host=host))[0] == 403

    _run(tmp_path, body)
