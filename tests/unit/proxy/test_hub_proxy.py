"""The proxy in front of real servers: what other proxies lose must come through."""

import asyncio
import hashlib
import io
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from support.proxied import every_path, serve, through_proxy
from yarl import URL

from openmo.config.endpoints import free_port
from openmo.core.clock import SystemClock
from openmo.core.health import Health
from openmo.proxy.app import Proxy
from openmo.proxy.routes import RouteTable


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

    through_proxy(tmp_path, every_path(events), body)


def test_bodies_pass_unchanged_both_ways(tmp_path: Path) -> None:
    data = bytes(range(256)) * 65_536  # 16 MiB

    async def echo(request: web.Request) -> web.StreamResponse:
        received = await request.read()
        return web.Response(body=received, headers={"X-Sum": hashlib.sha256(received).hexdigest()})

    async def body(client: aiohttp.ClientSession, url: str, _: RouteTable) -> None:
        async with client.post(url, data=io.BytesIO(data)) as answer:
            assert answer.headers["X-Sum"] == hashlib.sha256(data).hexdigest()
            assert await answer.read() == data

    through_proxy(tmp_path, every_path(echo), body)


def test_compressed_answers_stay_compressed(tmp_path: Path) -> None:
    async def compressed(_: web.Request) -> web.StreamResponse:
        response = web.Response(text="x" * 10_000)
        response.enable_compression(web.ContentCoding.gzip)
        return response

    async def body(client: aiohttp.ClientSession, url: str, _: RouteTable) -> None:
        async with client.get(url) as answer:
            assert answer.headers["Content-Encoding"] == "gzip"
            assert await answer.text() == "x" * 10_000

    through_proxy(tmp_path, every_path(compressed), body)


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

    through_proxy(tmp_path, every_path(tell), body)


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

    through_proxy(tmp_path, every_path(talk), body)


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

    through_proxy(tmp_path, every_path(leave), body)


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

    through_proxy(tmp_path, every_path(unused), body)
    assert "GET below /down" in caplog.text
    assert "s3cret" not in caplog.text


def test_the_api_asks_for_its_token_and_keeps_routes(tmp_path: Path) -> None:
    async def run() -> None:
        routes = RouteTable(tmp_path / "routes", SystemClock(), {"/hub/": "http://hub"})
        runner, url = await serve(Proxy(routes, "secret", loopback_only=True).api_app())
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
        behind, behind_url = await serve(every_path(say))
        parts = {"web": f"{behind_url}/health", "hub": f"http://127.0.0.1:{free_port()}/hub/health"}
        proxy = Proxy(RouteTable(tmp_path / "routes", SystemClock(), {}), "token", loopback_only=True, behind=parts)
        runner, url = await serve(proxy.public_app())
        async with aiohttp.ClientSession() as client, client.get(f"{url}/health") as answer:
            assert answer.status == 503
            assert (await answer.json())["parts"] == {"web": "database: It is away.", "hub": "It does not answer."}
        await runner.cleanup()
        well = True
        proxy = replace(proxy, behind={"web": parts["web"]}, warnings=lambda: {"disk": "It is low."})
        runner, url = await serve(proxy.public_app())
        async with aiohttp.ClientSession() as client, client.get(f"{url}/health") as answer:
            document = await answer.json()
            assert (answer.status, document["parts"], document["warnings"]) == (
                200,
                {"web": "ok"},
                {"disk": "It is low."},
            )
        await runner.cleanup()
        await behind.cleanup()

    asyncio.run(run())


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

    through_proxy(tmp_path, every_path(refuse), body)
