"""Forwarding one request: bodies stream both ways, web sockets pass message by message."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass

import aiohttp
from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from openmo.proxy.connections import BODY_STEP, is_loopback
from openmo.proxy.destinations import Destination
from openmo.proxy.routes import Route

# RFC 9110, section 7.6.1: these describe one connection, not the message.
_HOP_BY_HOP = frozenset(
    {
        "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
        "transfer-encoding", "upgrade",
    }
)  # fmt: skip
_WEBSOCKET = frozenset(
    {
        "sec-websocket-key",
        "sec-websocket-version",
        "sec-websocket-extensions",
        "sec-websocket-protocol",
        "sec-websocket-accept",
    }
)
_CONNECT_SECONDS = 5.0
_IDLE_SECONDS = 3.0  # below every target's own keep-alive time, so that no request meets a connection being closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """What is known of the way to this proxy."""

    scheme: str = ""
    """The browser's, where a setting says it; empty: as a server on this machine says, else as the request came."""
    body_seconds: float = 60.0
    """Seconds of waiting in which the next BODY_STEP bytes of a request's body must come."""


class TargetDown(Exception):
    """The target refused or dropped the connection before it answered. The proxy says so itself."""


class _LedElsewhere(Exception):
    """The target answered a handshake with a redirect."""


async def _stay(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """Follows no redirect of a handshake, which aiohttp would do: the target's code would say where this proxy goes."""
    answer = await handler(request)
    if 300 <= answer.status < 400 and "Upgrade" in request.headers:
        answer.close()
        raise _LedElsewhere
    return answer


def new_client() -> aiohttp.ClientSession:
    """A client that passes bodies through untouched and never gives up on a slow answer."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_IDLE_SECONDS),
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=_CONNECT_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        middlewares=(_stay,),
        skip_auto_headers=("User-Agent", "Content-Type", "Accept", "Accept-Encoding"),
    )


def is_websocket(request: web.Request) -> bool:
    return request.headers.get("Upgrade", "").lower() == "websocket"


async def forward_http(
    client: aiohttp.ClientSession, request: web.Request, route: Route, hop: Hop
) -> web.StreamResponse:
    """The target's answer to the request, as it arrives; raises TargetDown before the first byte of it."""
    destination = Destination(route.prefix)
    body = _Body(request.content, hop.body_seconds) if request.body_exists else None
    try:
        answer = await client.request(
            request.method,
            _target_url(request, route),
            headers=_request_headers(request, destination, hop),
            data=body.chunks() if body else None,
            allow_redirects=False,
        )
    except (aiohttp.ClientConnectionError, TimeoutError) as error:
        if body is not None and body.stalled:
            return _cut_off(request)
        raise TargetDown(str(error)) from error
    async with answer:
        response = web.StreamResponse(
            status=answer.status, reason=answer.reason, headers=_answer_headers(answer, destination)
        )
        await response.prepare(request)
        try:
            async for chunk in answer.content.iter_any():
                await response.write(chunk)
        except aiohttp.ClientError:
            # The head is out, so there is no honest way to finish: cut the connection and let the browser see it.
            if request.transport is not None:
                request.transport.close()
            return response
        await response.write_eof()
        return response


async def forward_websocket(
    client: aiohttp.ClientSession, request: web.Request, route: Route, hop: Hop
) -> web.StreamResponse:
    """Both directions until either side closes; raises TargetDown when the target does not accept."""
    protocols = [p.strip() for p in request.headers.get("Sec-WebSocket-Protocol", "").split(",") if p.strip()]
    passed = _request_headers(request, Destination(route.prefix), hop)
    headers = CIMultiDict((k, v) for k, v in passed.items() if k.lower() not in _WEBSOCKET)
    try:
        upstream = await client.ws_connect(
            _target_url(request, route),
            protocols=protocols,
            headers=headers,
            autoping=False,
            autoclose=False,
            max_msg_size=0,
            compress=0,
        )
    except aiohttp.WSServerHandshakeError as error:
        return _refused_handshake(error.status)
    except _LedElsewhere:
        return _refused_handshake(401)  # to a sign-in, of what JupyterLab's servers know
    except (aiohttp.ClientConnectionError, TimeoutError) as error:
        raise TargetDown(str(error)) from error
    async with upstream:
        agreed = [upstream.protocol] if upstream.protocol else []
        downstream = web.WebSocketResponse(
            protocols=agreed, autoping=False, autoclose=False, max_msg_size=0, compress=False, timeout=1.0
        )
        await downstream.prepare(request)
        pumps = [asyncio.ensure_future(_pump(downstream, upstream)), asyncio.ensure_future(_pump(upstream, downstream))]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            with contextlib.suppress(ConnectionError, RuntimeError):
                await downstream.close(code=upstream.close_code or aiohttp.WSCloseCode.GOING_AWAY)
        return downstream


_Socket = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


async def _pump(source: _Socket, sink: _Socket) -> None:
    with contextlib.suppress(ConnectionError, RuntimeError):  # the other side has gone: the caller closes this one
        async for message in source:
            if message.type is aiohttp.WSMsgType.TEXT:
                await sink.send_str(message.data)
            elif message.type is aiohttp.WSMsgType.BINARY:
                await sink.send_bytes(message.data)
            elif message.type is aiohttp.WSMsgType.PING:
                await sink.ping(message.data)
            elif message.type is aiohttp.WSMsgType.PONG:
                await sink.pong(message.data)
            else:
                return


def _named_in_connection(headers: CIMultiDictProxy[str]) -> Iterable[str]:
    return (name.strip().lower() for value in headers.getall("Connection", ()) for name in value.split(","))


def _passed_on(headers: CIMultiDictProxy[str]) -> CIMultiDict[str]:
    dropped = _HOP_BY_HOP | set(_named_in_connection(headers))
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in dropped)


class _Body:
    """A request's body as it comes, given up when it no longer does."""

    def __init__(self, content: aiohttp.StreamReader, seconds: float) -> None:
        self._content = content
        self._seconds = seconds
        self.stalled = False

    async def chunks(self) -> AsyncIterator[bytes]:
        """Its bytes; raises TimeoutError, and `stalled` is set. Only waiting for the client counts."""
        loop = asyncio.get_running_loop()
        left, wanted = self._seconds, BODY_STEP
        while True:
            asked = loop.time()
            try:
                async with asyncio.timeout(left):
                    chunk = await self._content.readany()
            except TimeoutError:
                self.stalled = True
                raise
            if not chunk:
                return
            left, wanted = left - (loop.time() - asked), wanted - len(chunk)
            if wanted <= 0:
                left, wanted = self._seconds, BODY_STEP
            yield chunk


def _cut_off(request: web.Request) -> web.StreamResponse:
    request.protocol.force_close()  # the rest of the body would be read as the next request
    return web.Response(status=408)


def _refused_handshake(status: int) -> web.Response:
    """What the target said instead of agreeing: clients try again after 503, and need not after 401 or 404."""
    known = max(status, 400)  # else an ordinary answer: no web socket is served there
    return web.Response(status=known, headers={"Cache-Control": "no-store"})


def scheme_of(request: web.Request, hop: Hop) -> str:
    """The browser's scheme. A server on this machine is believed that it ended TLS; no page can send the header."""
    said = request.headers.get("X-Forwarded-Proto", "").strip().lower()
    believed = said in ("http", "https") and is_loopback(request.remote or "")
    return hop.scheme or (said if believed else request.scheme)


def _target_url(request: web.Request, route: Route) -> URL:
    return URL(route.target.rstrip("/") + request.raw_path, encoded=True)


def _answer_headers(answer: aiohttp.ClientResponse, destination: Destination) -> CIMultiDict[str]:
    passed = _passed_on(answer.headers)
    return CIMultiDict((name, value) for name, value in passed.items() if destination.may_send(name, value))


def _request_headers(request: web.Request, destination: Destination, hop: Hop) -> CIMultiDict[str]:
    """The client's headers with this hop recorded, and of its cookies the destination's own.

    What the client claimed about earlier hops is dropped.
    """
    scheme = scheme_of(request, hop)
    headers = _passed_on(request.headers)
    if cookies := destination.cookies(headers.popall("Cookie", ())):
        headers["Cookie"] = cookies
    for name in (
        "Forwarded",
        "X-Forwarded-For",
        "X-Forwarded-Port",
        "X-Forwarded-Proto",
        "X-Forwarded-Host",
        "X-Real-IP",
    ):
        headers.popall(name, None)
    headers.popall("Expect", None)  # this proxy has already answered "continue"
    headers["X-Forwarded-For"] = request.remote or ""
    headers["X-Forwarded-Proto"] = scheme
    headers["X-Forwarded-Host"] = request.host
    return headers
