"""Connections that keep the proxy waiting are closed; those that are being answered last as long as they last."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from support.proxied import listen

from openmo.core.clock import SystemClock
from openmo.proxy.app import Proxy
from openmo.proxy.connections import Connections, Limits, is_loopback
from openmo.proxy.forward import Hop, scheme_of
from openmo.proxy.routes import RouteTable

SHORT = Limits(waiting=0.2, body=0.2, loopback=4)


@asynccontextmanager
async def _proxied(folder: Path, limits: Limits) -> AsyncIterator[int]:
    """The port of a proxy whose target echoes bodies and web sockets, and streams for ever at /events."""

    async def target(request: web.Request) -> web.StreamResponse:
        if "Upgrade" in request.headers:
            echo = web.WebSocketResponse()
            await echo.prepare(request)
            async for message in echo:
                await echo.send_str(message.data)
            return echo
        if request.path == "/events":
            stream = web.StreamResponse()
            await stream.prepare(request)
            await stream.write(b"open")
            await asyncio.Event().wait()
        return web.Response(body=await request.read())

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", target)
    behind, behind_port = await listen(app)
    proxy = Proxy(
        RouteTable(folder / "routes", SystemClock(), {"/": f"http://127.0.0.1:{behind_port}"}),
        "token",
        loopback_only=True,
        connections=Connections(limits),
    )
    front, port = await listen(proxy.public_app())
    assert front.server is not None
    watch = asyncio.create_task(proxy.connections.watch(front.server))
    try:
        yield port
    finally:
        watch.cancel()
        await front.cleanup()
        await behind.cleanup()


def _run(folder: Path, limits: Limits, body: Callable[[int], Awaitable[None]]) -> None:
    async def run() -> None:
        async with asyncio.timeout(60), _proxied(folder, limits) as port:
            await body(port)

    asyncio.run(run())


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"],
    ids=["nothing", "half a head", "one request, then nothing"],
)
def test_who_sends_no_request_is_let_go(tmp_path: Path, sent: bytes) -> None:
    async def body(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        await reader.read()  # returns when the proxy closes
        writer.close()

    _run(tmp_path, SHORT, body)


def test_a_body_that_stops_coming_is_given_up(tmp_path: Path) -> None:
    async def body(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf of it")
        assert b" 200 " not in await reader.read()
        writer.close()

    _run(tmp_path, SHORT, body)


def test_what_is_being_answered_lasts(tmp_path: Path) -> None:
    async def body(port: int) -> None:
        url = f"http://127.0.0.1:{port}"
        async with (
            aiohttp.ClientSession() as client,
            client.get(f"{url}/events") as events,
            client.ws_connect(url) as socket_,
        ):
            assert await events.content.readexactly(4) == b"open"
            idle, writer = await asyncio.open_connection("127.0.0.1", port)
            await idle.read()  # one that waits was closed meanwhile, more than once the time of a sweep
            writer.close()
            assert not events.content.at_eof()
            await socket_.send_str("still here")
            assert await socket_.receive_str() == "still here"

    _run(tmp_path, SHORT, body)


def test_one_address_holds_only_so_many(tmp_path: Path) -> None:
    async def body(port: int) -> None:
        url = f"http://127.0.0.1:{port}"
        async with aiohttp.ClientSession() as client:
            held = [await client.ws_connect(url) for _ in range(4)]
            async with client.get(url) as answer:
                assert answer.status == 429
            await held.pop().close()
            for socket_ in held:
                await socket_.send_str("x")
                assert await socket_.receive_str() == "x"
            async with client.get(url) as answer:
                assert answer.status == 200
            for socket_ in held:
                await socket_.close()

    _run(tmp_path, Limits(waiting=60, loopback=4), body)


def test_of_an_address_with_too_many_those_go_that_waited_longest(tmp_path: Path) -> None:
    async def body(port: int) -> None:
        first = [await asyncio.open_connection("127.0.0.1", port) for _ in range(4)]
        later = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
        closed = [asyncio.ensure_future(reader.read()) for reader, _ in (*first, *later)]
        done: set[asyncio.Future[bytes]] = set()
        while len(done) < 2:
            done, _ = await asyncio.wait(closed, return_when=asyncio.FIRST_COMPLETED)
        for task in closed:
            task.cancel()
        assert len(done) == 2
        for _, writer in (*first, *later):
            writer.close()

    _run(tmp_path, Limits(waiting=60, loopback=4), body)


def test_loopback_is_told_by_address_alone() -> None:
    assert is_loopback("127.0.0.9")
    assert is_loopback("::1")
    assert not is_loopback("10.0.0.1")
    assert not is_loopback("localhost")
    assert Limits(per_address=7, loopback=9).of("10.0.0.1") == 7
    assert Limits(per_address=7, loopback=9).of("::1") == 9


class _Request:
    def __init__(self, remote: str, said: str) -> None:
        self.remote, self.headers, self.scheme = remote, {"X-Forwarded-Proto": said}, "http"


@pytest.mark.parametrize(
    ("remote", "said", "configured", "scheme"),
    [
        ("127.0.0.1", "https", "", "https"),
        ("127.0.0.1", "gopher", "", "http"),
        ("10.0.0.1", "https", "", "http"),
        ("10.0.0.1", "http", "https", "https"),
    ],
)
def test_who_is_believed_about_tls(remote: str, said: str, configured: str, scheme: str) -> None:
    assert scheme_of(_Request(remote, said), Hop(scheme=configured)) == scheme  # type: ignore[arg-type]  # what it looks at
