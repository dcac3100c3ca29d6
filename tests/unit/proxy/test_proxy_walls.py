"""The proxy in front of real servers: what must not come through, and what ends with its session."""

import asyncio
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from support.proxied import every_path, serve, through_proxy
from yarl import URL

from openmo.config.origins import ProjectOrigins
from openmo.core.clock import SystemClock
from openmo.identity.project_sessions import ProjectSessions
from openmo.proxy.app import Proxy
from openmo.proxy.project_address import Addresses
from openmo.proxy.routes import RouteTable


def test_what_a_client_claims_about_earlier_hops_is_dropped(tmp_path: Path) -> None:
    async def tell(request: web.Request) -> web.StreamResponse:
        return web.json_response({name: request.headers.getall(name) for name in request.headers})

    async def body(client: aiohttp.ClientSession, url: str, _: RouteTable) -> None:
        claims = {"X-Forwarded-For": "10.0.0.1", "X-Forwarded-Proto": "https", "Forwarded": "for=10.0.0.1"}
        async with client.get(url, headers={**claims, "Connection": "keep-alive, X-Secret", "X-Secret": "1"}) as answer:
            seen = await answer.json()
        assert seen["X-Forwarded-For"] == ["127.0.0.1"]
        assert seen["X-Forwarded-Proto"] == ["https"], "a server on this machine may have ended TLS"
        assert "Forwarded" not in seen
        assert "X-Secret" not in seen, "the client named it a header of this connection alone"

    through_proxy(tmp_path, every_path(tell), body)


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:1", 200),
        ("127.0.0.1", 200),
        ("[::1]:8", 200),
        ("x.localhost", 200),
        ("evil.example", 403),
        ("", 403),
    ],
)
def test_only_names_of_this_machine_are_answered(tmp_path: Path, host: str, status: int) -> None:
    async def fine(_: web.Request) -> web.StreamResponse:
        return web.Response(text="fine")

    async def body(client: aiohttp.ClientSession, url: str, _: RouteTable) -> None:
        async with client.get(url, headers={"Host": host}) as answer:
            assert answer.status == status

    through_proxy(tmp_path, every_path(fine), body)


def test_a_projects_server_sees_no_session_and_sets_no_foreign_cookie(tmp_path: Path) -> None:
    async def evil(request: web.Request) -> web.StreamResponse:
        headers = {"X-Seen": request.headers.get("Cookie", ""), "Clear-Site-Data": '"*"'}
        response = web.Response(text="evil", headers=headers)
        response.headers.add("Set-Cookie", "openmo_session=tossed; Path=/")
        response.headers.add("Set-Cookie", "_xsrf=own; Path=/user/ada/evil/")
        return response

    async def body(client: aiohttp.ClientSession, url: str, routes: RouteTable) -> None:
        target = routes.describe("/")
        assert target is not None
        routes.add("/user/ada/evil/", str(target["target"]), {})
        cookies = {"Cookie": "openmo_session=s3cret; jupyterhub-session-id=sid; jupyterhub-user-ada-evil=its"}
        for path in ("/user/ada/evil/", "/%75ser/ada/evil/x", "//user/ada//evil/api"):
            async with client.get(URL(url + path, encoded=True), headers=cookies) as answer:
                assert answer.headers["X-Seen"] == "jupyterhub-user-ada-evil=its"
                assert answer.headers.getall("Set-Cookie") == ["_xsrf=own; Path=/user/ada/evil/"]
                assert "Clear-Site-Data" not in answer.headers
        async with client.get(f"{url}/workspace", headers=cookies) as answer:
            assert answer.headers["X-Seen"] == "openmo_session=s3cret"

    through_proxy(tmp_path, every_path(evil), body)


def test_signing_out_ends_what_the_session_opened_and_nothing_else(tmp_path: Path) -> None:
    async def platform(request: web.Request) -> web.StreamResponse:
        if request.path == "/sign-out":
            answer = web.Response(text="bye")
            answer.del_cookie("openmo_session", path="/")
            return answer
        if "Upgrade" in request.headers:
            socket_ = web.WebSocketResponse()
            await socket_.prepare(request)
            async for message in socket_:
                await socket_.send_str(message.data)
            return socket_
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b": open\n\n")
        await asyncio.Event().wait()
        return response

    async def body(client: aiohttp.ClientSession, url: str, _: RouteTable) -> None:
        mine, other = ({"Cookie": f"openmo_session={name}"} for name in ("mine", "other"))
        async with (
            client.get(f"{url}/events", headers=mine) as events,
            client.ws_connect(f"{url}/socket", headers=mine) as socket_,
            client.ws_connect(f"{url}/socket", headers=other) as kept,
        ):
            await events.content.readuntil(b"\n\n")
            async with client.post(f"{url}/sign-out", headers=mine) as answer:
                assert answer.status == 200
            assert (await socket_.receive()).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
            with pytest.raises(aiohttp.ClientError):
                await events.content.read()
            await kept.send_str("still here")
            assert await kept.receive_str() == "still here"

    through_proxy(tmp_path, every_path(platform), body)


def test_a_page_of_another_origin_opens_no_web_socket(tmp_path: Path) -> None:
    async def accept(request: web.Request) -> web.StreamResponse:
        socket_ = web.WebSocketResponse()
        await socket_.prepare(request)
        return socket_

    async def body(client: aiohttp.ClientSession, url: str, _: RouteTable) -> None:
        port = URL(url).port
        async with client.ws_connect(url, headers={"Origin": url}):
            pass
        for origin in (
            "http://evil.example",
            f"http://evil.localhost:{port}",
            "http://127.0.0.1",
            f"{url}0",
            "null",
            "",
        ):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await client.ws_connect(url, headers={"Origin": origin})
            assert refused.value.status == 403, origin

    through_proxy(tmp_path, every_path(accept), body)


def test_the_site_behind_tls_and_its_projects_are_known_by_their_names(tmp_path: Path) -> None:
    async def tell(request: web.Request) -> web.StreamResponse:
        return web.Response(text=request.headers["X-Forwarded-Proto"])

    async def run() -> None:
        behind, behind_url = await serve(every_path(tell))
        routes = RouteTable(tmp_path / "routes", SystemClock(), {"/": behind_url})
        public_url = "https://openmo.example.org/"
        origins = ProjectOrigins("lab.example.org", site="openmo.example.org")
        sessions = ProjectSessions(bytes(32), SystemClock())
        addresses = Addresses(origins, sessions, home=public_url.rstrip("/"), ended=lambda _: False)
        proxy = Proxy(routes, "token", loopback_only=True, public_url=public_url, addresses=addresses)
        front, url = await serve(proxy.public_app())
        async with aiohttp.ClientSession() as client:
            async with client.get(url, headers={"Host": "openmo.example.org"}) as answer:
                assert (answer.status, await answer.text()) == (200, "https")
            project = {"Host": "demo-x.lab.example.org"}
            async with client.get(f"{url}/user/ada/demo-x/lab", headers=project, allow_redirects=False) as answer:
                assert answer.status == 302
                assert answer.headers["Location"].startswith("https://openmo.example.org/open/demo-x?")
            for host in ("evil.example.org", "openmo.example.org:80", "openmo.example.org.evil", "a.b.lab.example.org"):
                async with client.get(url, headers={"Host": host}) as answer:
                    assert answer.status == 403
        await front.cleanup()
        await behind.cleanup()

    asyncio.run(run())
