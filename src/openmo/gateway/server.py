"""Runs the gateway on uvicorn, with bounds that uvicorn itself does not set."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from openmo.gateway.http import Receive, Scope, Send

_HEADER_BYTES = 32 << 10
_HEADER_SECONDS = 20.0
_TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"

Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]


class BoundedHttpProtocol(HttpToolsProtocol):
    """Ends connections whose request line and headers are too long or too slow to come."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)  # type: ignore[arg-type]  # uvicorn wants the transport of a stream, as it is
        self._in_headers = True
        self._header_bytes = 0
        self._header_timer = self.loop.call_later(_HEADER_SECONDS, self._too_slow)

    def connection_lost(self, exc: Exception | None) -> None:
        self._header_timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_headers:
            self._header_bytes += len(data)
            if self._header_bytes - len(data) > _HEADER_BYTES:
                self.transport.write(_TOO_LONG)
                self.transport.close()
                return
        super().data_received(data)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_headers = True
        self._header_bytes = 0
        self._header_timer.cancel()
        self._header_timer = self.loop.call_later(_HEADER_SECONDS, self._too_slow)

    def on_headers_complete(self) -> None:
        self._in_headers = False
        self._header_timer.cancel()
        super().on_headers_complete()

    def _too_slow(self) -> None:
        if self._in_headers:
            self.transport.close()


class _Server(uvicorn.Server):
    """Tells when it listens."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


async def serve(
    app: Asgi,
    listener: socket.socket,
    *,
    drain_seconds: int = 10,
    ready: Callable[[], None] = lambda: None,
    until: asyncio.Event | None = None,
) -> None:
    """Serves `app` on a listening socket until SIGTERM, SIGINT or `until`, then lets running calls finish for a while.

    Run it under `uvloop.run`: the loop is the caller's.
    """
    config = uvicorn.Config(
        app,
        http=BoundedHttpProtocol,
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        date_header=False,
        proxy_headers=True,
        forwarded_allow_ips="127.0.0.1,::1",
        timeout_keep_alive=75,
        timeout_graceful_shutdown=drain_seconds,
    )
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    server = _Server(config, ready)
    if until is None:
        await server.serve(sockets=[listener])
        return
    watcher = asyncio.create_task(_stop_after(until, server))
    try:
        await server.serve(sockets=[listener])
    finally:
        watcher.cancel()


async def _stop_after(until: asyncio.Event, server: uvicorn.Server) -> None:
    await until.wait()
    server.should_exit = True
