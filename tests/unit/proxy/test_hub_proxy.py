"""The proxy in front of real servers: what other proxies lose must come through."""

import asyncio
import hashlib
import io
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from openmo.config.endpoints import free_port
from openmo.core.clock import SystemClock
from openmo.core.health import Health
from openmo.proxy.app import Proxy
from openmo.proxy.routes import RouteTable

_Body = Callable[[aiohttp.ClientSession, str, RouteTable], Awaitable[None]]


async def _serve(app: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    await web.SockSite(runner, listener).start()
    return runner, f"http://127.0.0.1:{listener.getsockname()[1]}"


@asynccontextmanager
async def _proxied(
    folder: Path, target: web.Application
) -> AsyncIterator[tuple[aiohttp.ClientSession, str, RouteTable]]:
    """(client, the proxy's URL, its routes), with everything routed to `target`."""
    routes = RouteTable(folder / "routes", SystemClock(), {})
    behind, behind_url = await _serve(target)
    front, url = await _serve(Proxy(routes, "token", loopback_only=True).public_app())
    routes.add("/", behind_url, {})
    try:
        async with aiohttp.ClientSession() as client:
            yield client, url, routes
    finally:
        await front.cleanup()
        await behind.cleanup()


def _run(folder: Path, target: web.Application, body: _Body) -> None:
    async def run() -> None:
        async with asyncio.timeout(30), _proxied(folder, target) as (client, url, routes):
            await body(client, url, routes)

    asyncio.run(run())


def _app(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.Application:
    app = web.Application(client_max_size=1 << 30)
    app.router.add_route("*", "/{path:.*}", handler)
    return app


def test_events_arrive_as_they_are_sent(tmp_path: Path) -> None:
    released = asyncio.Event()

    async def events(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        await response.write(b"data: 1\n\n")
        await released.wait()  # the second event leaves only when the first has been seen
        await response.write(b"data: 2\n\n")
        return response

    async def body(client: aiohttp.ClientSession, url: str, _: RouteTable) -> None:
        async with client.get(f"{url}/events") as answer:
            assert answer.headers["Content-Type"] == "text/event-stream"
            assert await answer.content.readuntil(b"\n\n") == b"data: 1\n\n"
            released.set()
            assert await answer.content.read() == b"data: 2\n\n"

    _run(tmp_path, _app(events), body)


def test_bodies_pass_unchanged_both_ways(tmp_path: Path) -> None:
    data = bytes(range(256)) * 65_536  # 16 MiB

    async def echo(request: web.Request) -> web.StreamResponse:
        received = await request.read()
        return web.Response(body=received, headers={"X-Sum": hashlib.sha256(received).hexdigest()})

    async def body(client: aiohttp.ClientSession, url: str, _: RouteTable) -> None:
        async with client.post(url, data=io.BytesIO(data)) as answer:
            assert answer.headers["X-Sum"] == hashlib.sha256(data).hexdigest()
            assert await answer.read() == data

    _run(tmp_path, _app(echo), body)


def test_compressed_answers_stay_compressed(tmp_path: Path) -> None:
    async def compressed(_: web.Request) -> web.StreamResponse:
        response = web.Response(text="x" * 10_000)
        response.enable_compression(web.ContentCoding.gzip)
        return response

    async def body(client: aiohttp.ClientSession, url: str, _: RouteTable) -> None:
        async with client.get(url) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert await answer.text() == "x" * 10_000

    _run(tmp_path, _app(compressed), body)


def test_path_query_cookies_and_redirects_are_not_touched(tmp_path: Path) -> None:
    async def tell(request: web.Request) -> web.StreamResponse:
        response = web.Response(status=302, text=request.raw_path, headers={"Location": "/else?where"})
        response.set_cookie("a", "1")
        response.set_cookie("b", "2")
        response.headers["X-Cookie"] = request.headers.get("Cookie", "")
        return response

    async def body(client: aiohttp.ClientSession, url: str, _: RouteTable) -> None:
        path = "/a%2Fb/%E4%B8%AD//c?q=%20&q=2"
        target = URL(url + path, encoded=True)
        async with client.get(target, allow_redirects=False, headers={"Cookie": "openmo-a=1; openmo-b=2"}) as answer:
            assert await answer.text() == path
            assert answer.status == 302
            assert answer.headers["Location"] == "/else?where"
            assert len(answer.headers.getall("Set-Cookie")) == 2
            assert answer.headers["X-Cookie"] == "openmo-a=1; openmo-b=2"

    _run(tmp_path, _app(tell), body)


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

    _run(tmp_path, _app(tell), body)


def test_a_web_socket_keeps_its_subprotocol_and_messages(tmp_path: Path) -> None:
    async def talk(request: web.Request) -> web.StreamResponse:
        socket_ = web.WebSocketResponse(protocols=("v1.kernel.websocket.jupyter.org",), max_msg_size=0)
        await socket_.prepare(request)
        async for message in socket_:
            if message.type is aiohttp.WSMsgType.TEXT:
                await socket_.send_str(message.data.upper())
            else:
                await socket_.send_bytes(message.data[::-1])
        return socket_

    async def body(client: aiohttp.ClientSession, url: str, _: RouteTable) -> None:
        offered = ("v2.unknown", "v1.kernel.websocket.jupyter.org")
        async with client.ws_connect(f"{url}/channels?session_id=1", protocols=offered, max_msg_size=0) as ws:
            assert ws.protocol == "v1.kernel.websocket.jupyter.org"
            await ws.send_str("héllo")
            assert (await ws.receive()).data == "HÉLLO"
            large = bytes(range(256)) * (1 << 14)
            await ws.send_bytes(large)
            assert (await ws.receive()).data == large[::-1]
        async with client.ws_connect(url) as ws:
            assert ws.protocol is None

    _run(tmp_path, _app(talk), body)


def test_a_closing_target_closes_the_web_socket(tmp_path: Path) -> None:
    async def leave(request: web.Request) -> web.StreamResponse:
        socket_ = web.WebSocketResponse()
        await socket_.prepare(request)
        await socket_.close(code=4001)
        return socket_

    async def body(client: aiohttp.ClientSession, url: str, _: RouteTable) -> None:
        async with client.ws_connect(url) as ws:
            message = await ws.receive()
            assert message.type is aiohttp.WSMsgType.CLOSE
            assert ws.close_code == 4001

    _run(tmp_path, _app(leave), body)


def test_a_target_that_is_down_says_try_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def unused(_: web.Request) -> web.StreamResponse:
        raise AssertionError

    async def body(client: aiohttp.ClientSession, url: str, routes: RouteTable) -> None:
        routes.add("/down", "http://127.0.0.1:9", {})
        async with client.get(f"{url}/down", headers={"Accept": "text/html"}) as answer:
            assert answer.status == 503
            assert answer.headers["Retry-After"] == "1"
            assert "重启" in await answer.text()
        async with client.get(f"{url}/down/api/~s3cret") as answer:
            assert answer.status == 503
            assert answer.content_type == "application/problem+json"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await client.ws_connect(f"{url}/down")

    _run(tmp_path, _app(unused), body)
    assert "GET below /down" in caplog.text
    assert "s3cret" not in caplog.text


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

    _run(tmp_path, _app(fine), body)


def test_the_api_asks_for_its_token_and_keeps_routes(tmp_path: Path) -> None:
    async def run() -> None:
        routes = RouteTable(tmp_path / "routes", SystemClock(), {"/hub/": "http://hub"})
        runner, url = await _serve(Proxy(routes, "secret", loopback_only=True).api_app())
        try:
            async with aiohttp.ClientSession() as stranger:
                for method in ("GET", "POST", "DELETE"):
                    async with stranger.request(
                        method, f"{url}/api/routes/a", headers={"Authorization": "token x"}
                    ) as answer:
                        assert answer.status == 403
            async with aiohttp.ClientSession(headers={"Authorization": "token secret"}) as client:
                async with client.post(
                    f"{url}/api/routes/user/ann", json={"target": "http://t", "user": "ann"}
                ) as answer:
                    assert answer.status == 201
                async with client.post(f"{url}/api/routes/bad", json={"no": "target"}) as answer:
                    assert answer.status == 400
                async with client.get(f"{url}/api/routes") as answer:
                    table = await answer.json()
                assert set(table) == {"/hub", "/user/ann"}
                assert table["/user/ann"]["user"] == "ann"
                assert table["/user/ann"]["last_activity"]
                async with client.delete(f"{url}/api/routes/user/ann") as answer:
                    assert answer.status == 204
                async with client.delete(f"{url}/api/routes/user/ann") as answer:
                    assert answer.status == 404
        finally:
            await runner.cleanup()

    asyncio.run(run())


def test_its_health_is_that_of_what_it_leads_to(tmp_path: Path) -> None:
    well = False

    async def say(_: web.Request) -> web.StreamResponse:
        found = Health({"database": "ok" if well else "It is away."})
        return web.Response(status=found.status, body=found.body())

    async def run() -> None:
        nonlocal well
        behind, behind_url = await _serve(_app(say))
        parts = {"web": f"{behind_url}/health", "hub": f"http://127.0.0.1:{free_port()}/hub/health"}
        proxy = Proxy(RouteTable(tmp_path / "routes", SystemClock(), {}), "token", loopback_only=True, behind=parts)
        runner, url = await _serve(proxy.public_app())
        async with aiohttp.ClientSession() as client:
            async with client.get(f"{url}/health") as answer:
                assert answer.status == 503
                assert (await answer.json())["parts"] == {"web": "database: It is away.", "hub": "It does not answer."}
            async with client.get(f"{url}/_proxy/health") as answer:
                assert answer.status == 200
        await runner.cleanup()
        well = True
        proxy = replace(proxy, behind={"web": parts["web"]})
        runner, url = await _serve(proxy.public_app())
        async with aiohttp.ClientSession() as client, client.get(f"{url}/health") as answer:
            assert (answer.status, (await answer.json())["parts"]) == (200, {"web": "ok"})
        await runner.cleanup()
        await behind.cleanup()

    asyncio.run(run())


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

    _run(tmp_path, _app(evil), body)


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

    _run(tmp_path, _app(platform), body)


def test_a_refused_handshake_keeps_its_status(tmp_path: Path) -> None:
    followed: list[str] = []

    async def refuse(request: web.Request) -> web.StreamResponse:
        followed.append(request.path)
        status = int(request.path.strip("/"))
        return web.Response(status=status, headers={"Location": "/login"} if status == 302 else {})

    async def body(client: aiohttp.ClientSession, url: str, _: RouteTable) -> None:
        for status, told in ((401, 401), (403, 403), (404, 404), (410, 410), (503, 503), (302, 401), (200, 400)):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await client.ws_connect(f"{url}/{status}")
            assert refused.value.status == told
        assert "/404" in followed
        assert "/login" not in followed, "a project's server does not send the proxy anywhere"

    _run(tmp_path, _app(refuse), body)


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

    _run(tmp_path, _app(accept), body)


def test_the_site_behind_tls_is_known_by_its_name(tmp_path: Path) -> None:
    async def tell(request: web.Request) -> web.StreamResponse:
        return web.Response(text=request.headers["X-Forwarded-Proto"])

    async def run() -> None:
        behind, behind_url = await _serve(_app(tell))
        routes = RouteTable(tmp_path / "routes", SystemClock(), {"/": behind_url})
        proxy = Proxy(routes, "token", loopback_only=True, public_url="https://openmo.example.org/")
        front, url = await _serve(proxy.public_app())
        async with aiohttp.ClientSession() as client:
            async with client.get(url, headers={"Host": "openmo.example.org"}) as answer:
                assert (answer.status, await answer.text()) == (200, "https")
            for host in ("evil.example.org", "openmo.example.org:80", "openmo.example.org.evil"):
                async with client.get(url, headers={"Host": host}) as answer:
                    assert answer.status == 403
        await front.cleanup()
        await behind.cleanup()

    asyncio.run(run())
