"""What every request passes: a known host, a request id, security headers, a session."""

import secrets
from collections.abc import Iterable

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from openmo.config.origins import ProjectOrigins
from openmo.core.errors import OpenMoError
from openmo.core.health import HEALTH_PATH
from openmo.web.headers import SECURITY_HEADERS, leading_to
from openmo.web.problems import on_openmo_error as render_error
from openmo.web.security import SessionReader

_SESSIONLESS = ("/static/", HEALTH_PATH)


class KnownHost:
    """Refuses requests for host names that are not ours, so that a foreign name that resolves to us gains nothing."""

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str], origins: ProjectOrigins) -> None:
        self._app = app
        self._origins = origins
        self._hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket") or not self._hosts or self._known(scope):
            await self._app(scope, receive, send)
            return
        response = PlainTextResponse("This host name is not served here.", status_code=400)
        await response(scope, receive, send)

    def _known(self, scope: Scope) -> bool:
        host = _host(scope)
        name = host.rpartition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
        return name.lower() in self._hosts or self._origins.slug(host) is not None


class Guard:
    """Gives each request an id and a session, and each answer its security headers."""

    def __init__(self, app: ASGIApp, *, sessions: SessionReader, origins: ProjectOrigins) -> None:
        self._app = app
        self._origins = origins
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        state = scope.setdefault("state", {})
        state["request_id"] = request_id

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers.setdefault("Content-Security-Policy", leading_to(self._origins.source(_host(scope))))
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if not scope["path"].startswith(_SESSIONLESS):
            request = Request(scope, receive)
            try:
                state["session"] = await self._sessions.read(request)
            except OpenMoError as error:
                response = await render_error(request, error)
                await response(scope, receive, send_with_headers)
                return
        await self._app(scope, receive, send_with_headers)


def _host(scope: Scope) -> str:
    return next((value for name, value in scope["headers"] if name == b"host"), b"").decode("latin-1")
