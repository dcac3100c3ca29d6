"""aiohttp applications that listen on this machine, alone or behind the proxy."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp import web

from openmo.core.clock import SystemClock
from openmo.proxy.app import Proxy
from openmo.proxy.routes import RouteTable

Body = Callable[[aiohttp.ClientSession, str, RouteTable], Awaitable[None]]


async def listen(app: web.Application) -> tuple[web.AppRunner, int]:
    """The running application and its port; clean the runner up."""
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    await web.SockSite(runner, listener).start()
    return runner, int(listener.getsockname()[1])


async def serve(app: web.Application) -> tuple[web.AppRunner, str]:
    """The running application and its URL."""
    runner, port = await listen(app)
    return runner, f"http://127.0.0.1:{port}"


@asynccontextmanager
async def proxied(
    folder: Path, target: web.Application
) -> AsyncIterator[tuple[aiohttp.ClientSession, str, RouteTable]]:
    """(client, the proxy's URL, its routes), with everything routed to `target`."""
    routes = RouteTable(folder / "routes", SystemClock(), {})
    behind, behind_url = await serve(target)
    front, url = await serve(Proxy(routes, "token", loopback_only=True).public_app())
    routes.add("/", behind_url, {})
    try:
        async with aiohttp.ClientSession() as client:
            yield client, url, routes
    finally:
        await front.cleanup()
        await behind.cleanup()


def through_proxy(folder: Path, target: web.Application, body: Body) -> None:
    """Runs `body` with a client, the proxy's URL and its routes, all of which lead to `target`."""

    async def run() -> None:
        async with asyncio.timeout(30), proxied(folder, target) as (client, url, routes):
            await body(client, url, routes)

    asyncio.run(run())


def every_path(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> web.Application:
    """An application that answers everything in that way."""
    app = web.Application(client_max_size=1 << 30)
    app.router.add_route("*", "/{path:.*}", handler)
    return app
