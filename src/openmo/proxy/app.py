"""The proxy in front of everything: JupyterHub's proxy API on one socket, the public site on another.

Written for OpenMo because the Python proxy that JupyterHub offers reads an answer to its end before passing it on (no
server-sent events, no long downloads), ends every request after 20 seconds and loses a web socket's subprotocol. It
speaks the same REST API, so JupyterHub's own `ConfigurableHTTPProxy` class drives it.
"""

import asyncio
import hmac
import json
import logging
import signal
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from ipaddress import ip_address

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from openmo.config.endpoints import Endpoints
from openmo.core.clock import SystemClock
from openmo.core.errors import Forbidden, NotFound, NotSignedIn, OpenMoError, TooManyRequests, Unavailable
from openmo.core.health import HEALTH_PATH, HealthCheck, Warnings
from openmo.core.messages import message
from openmo.core.problems import MEDIA_TYPE, problem, problem_headers
from openmo.proxy.connections import Connections, Limits
from openmo.proxy.destinations import Destination, ends_session, session_keys
from openmo.proxy.forward import Hop, TargetDown, forward_http, forward_websocket, is_websocket, new_client, scheme_of
from openmo.proxy.health import problem_at
from openmo.proxy.open_streams import OpenStreams
from openmo.proxy.project_address import Addresses, Redirect, Refusal, session_mark
from openmo.proxy.routes import Route, RouteTable

_log = logging.getLogger(__name__)
_WAITING_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<meta name="viewport" content="width=device-width"><title>OpenMo</title><style>body{{font:1rem/1.6 system-ui,sans-serif;
max-width:32rem;margin:20vh auto;padding:0 1rem;color-scheme:light dark}}</style></head><body>
<h1>{title}</h1><p>This part of OpenMo is starting or restarting. The page tries again by itself.</p>
<p lang="zh-CN">OpenMo 的这一部分正在启动或重启，本页会自动重试。</p></body></html>"""


def fixed_routes(endpoints: Endpoints) -> dict[str, str]:
    """Routes that the proxy has from its first moment on, and that the Hub keeps."""
    return {
        "/": endpoints.web.url,
        "/run/": endpoints.gateway.url,
        "/mcp/": endpoints.gateway.url,
        "/hub/": endpoints.hub.url,
    }


@dataclass(frozen=True, slots=True)
class Proxy:
    """The two applications over one routing table."""

    routes: RouteTable
    token: str
    loopback_only: bool
    """The site listens on loopback, so a Host header that names another machine is an attack (DNS rebinding)."""
    behind: Mapping[str, str] = field(default_factory=dict)
    """The processes whose health is the proxy's own, each with where it says how it is."""
    warnings: Warnings = dict
    """What does not hinder the installation yet."""
    public_url: str = ""
    """Where browsers find the site, where a server with TLS stands in front; empty: as requests come."""
    connections: Connections = field(default_factory=lambda: Connections(Limits()))
    streams: OpenStreams = field(default_factory=OpenStreams)
    addresses: Addresses | None = None
    """None: everything is at the site's own address."""

    def public_app(self) -> web.Application:
        app = web.Application(client_max_size=0, handler_args={"access_log": None})
        client = web.AppKey("client", aiohttp.ClientSession)
        health = web.AppKey("health", HealthCheck)

        async def with_client(app: web.Application) -> AsyncIterator[None]:
            app[client] = new_client()
            checks = {name: partial(problem_at, app[client], url) for name, url in self.behind.items()}
            app[health] = HealthCheck(checks, SystemClock(), warnings=self.warnings)
            yield
            await app[client].close()

        async def handle(request: web.Request) -> web.StreamResponse:
            if request.path == HEALTH_PATH:
                return await _answer_health(request.app[health])
            with self.connections.answering(request.protocol, request.remote or "") as accepted:
                if not accepted:
                    return _answer(TooManyRequests("Your address has too many requests open: end some, or wait."))
                return await self._lead(request, request.app[client])

        app.cleanup_ctx.append(with_client)
        app.router.add_route("*", "/{path:.*}", handle)
        return app

    async def _lead(self, request: web.Request, client: aiohttp.ClientSession) -> web.StreamResponse:
        """To what is behind the longest route, when the request may pass at all."""
        public_scheme, _, public_host = self.public_url.rstrip("/").partition("://")
        if self.loopback_only and not (_names_loopback(request.host) or self._is_named(request.host, public_host)):
            host = repr(request.host[:200])
            return _answer(Forbidden(message("This site answers to localhost, not to %(host)s.", host=host)))
        if (
            is_websocket(request)
            and request.headers.get("Origin", f"//{request.host}").partition("//")[2] != request.host
        ):
            return _answer(Forbidden("This request came from another site."))
        route = self.routes.find(request.path)
        if self.addresses is not None:
            scheme = scheme_of(request, Hop(scheme=public_scheme))
            decision = self.addresses.check(request, route, scheme)
            if decision is not None:
                return _elsewhere(decision)
        if route is None:
            return _waiting(request)
        self.routes.touch(route)
        try:
            return await self._forward(request, client, route, public_scheme)
        except TargetDown as error:
            # Never the whole path: links to apps, their calls and files hold secrets.
            _log.warning("%s below %s: %s", request.method, route.prefix, error)
            return _waiting(request)

    def _is_named(self, host: str, public_host: str) -> bool:
        """Whether settings name this host: it is the site's, or a project's."""
        project = self.addresses.origins.slug(host) if self.addresses is not None else None
        return project is not None or (public_host != "" and host == public_host)

    async def _forward(
        self, request: web.Request, client: aiohttp.ClientSession, route: Route, scheme: str
    ) -> web.StreamResponse:
        """The answer of what is behind the route; where it takes the sign-in away, what that had opened ends."""
        hop = Hop(scheme=scheme, body_seconds=self.connections.body_seconds)
        forward = forward_websocket if is_websocket(request) else forward_http
        sessions = set(session_keys(request.headers.getall("Cookie", ())))
        if self.addresses is not None and (project := self.addresses.session(request)):
            sessions.add(session_mark(project))
        with self.streams.held(sessions):
            response = await forward(client, request, route, hop)
        trusted = not Destination(route.prefix).runs_code_of_users
        if trusted and any(map(ends_session, response.headers.getall("Set-Cookie", ()))):
            self.streams.end(sessions)
        return response

    def api_app(self) -> web.Application:
        app = web.Application(middlewares=[self._authorised()], handler_args={"access_log": None})
        for pattern in ("/api/routes", "/api/routes/{path:.*}"):
            app.router.add_get(pattern, self._show)
            app.router.add_post(pattern, self._add)
            app.router.add_delete(pattern, self._remove)
        return app

    def _authorised(self) -> Middleware:
        @web.middleware
        async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
            kind, _, given = request.headers.get("Authorization", "").partition(" ")
            if kind != "token" or not hmac.compare_digest(given.strip().encode(), self.token.encode()):
                raise web.HTTPForbidden
            return await handler(request)

        return check

    async def _show(self, request: web.Request) -> web.Response:
        found = self.routes.describe(request.match_info.get("path") or None)
        return web.json_response(found) if found is not None else web.Response(status=404)

    async def _add(self, request: web.Request) -> web.Response:
        try:
            data = json.loads(await request.read())
            target = data.pop("target")
        except (ValueError, AttributeError, KeyError, TypeError):
            return web.Response(status=400, text="Send a JSON object with a target.")
        if not isinstance(target, str):
            return web.Response(status=400, text="The target must be a URL.")
        self.routes.add(request.match_info.get("path", ""), target, data)
        return web.Response(status=201)

    async def _remove(self, request: web.Request) -> web.Response:
        return web.Response(status=204 if self.routes.remove(request.match_info.get("path", "")) else 404)


async def serve(proxy: Proxy, public: socket.socket, api: socket.socket) -> None:
    """Serves until SIGTERM or SIGINT, then ends open connections within a second."""
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    runners = [
        web.AppRunner(app, access_log=None, shutdown_timeout=0.5) for app in (proxy.public_app(), proxy.api_app())
    ]
    for runner, listener in zip(runners, (public, api), strict=True):
        await runner.setup()
        await web.SockSite(runner, listener).start()
    server = runners[0].server
    assert server is not None  # noqa: S101 (it was set up)
    watch = asyncio.create_task(proxy.connections.watch(server))
    await stopped.wait()
    watch.cancel()
    for runner in runners:
        await runner.cleanup()


async def _answer_health(check: HealthCheck) -> web.Response:
    found = await check.read()
    headers = {"Cache-Control": "no-store"}
    return web.Response(body=found.body(), status=found.status, content_type="application/json", headers=headers)


def _elsewhere(decision: Redirect | Refusal) -> web.Response:
    match decision:
        case Redirect(location):
            headers = {"Location": location, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
            return web.Response(status=302, headers=headers)
        case Refusal.SIGN_IN:
            return _answer(NotSignedIn("Open the project from its page: this address does not know you."))
        case Refusal.ELSEWHERE:
            return _answer(NotFound("This is answered at another address of this site."))


def _names_loopback(host: str) -> bool:
    name = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    name = name.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _waiting(request: web.Request) -> web.Response:
    error = Unavailable("This part of OpenMo is starting or restarting: try again.")
    if "text/html" in request.headers.get("Accept", ""):
        text = _WAITING_PAGE.format(title="One moment / 请稍候")
        headers = {**problem_headers(error), "Cache-Control": "no-store"}
        return web.Response(status=error.status, text=text, content_type="text/html", headers=headers)
    return _answer(error)


def _answer(error: OpenMoError) -> web.Response:
    headers = {**problem_headers(error), "Cache-Control": "no-store"}
    return web.json_response(problem(error), status=error.status, headers=headers, content_type=MEDIA_TYPE)
