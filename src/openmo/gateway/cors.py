"""Which web sites' pages may call an app from their readers' browsers: those that its owner listed, and no others."""

from openmo.gateway.http import Headers, Message, Scope, Send, header
from openmo.serving.directory import DeployedRelease

_METHODS = (b"access-control-allow-methods", b"GET, HEAD, POST, DELETE")
_HEADERS = (
    b"access-control-allow-headers",
    b"authorization, content-type, prefer, idempotency-key, x-app-link, last-event-id",
)
_EXPOSED = (b"access-control-expose-headers", b"location, retry-after, preference-applied, content-disposition")
_MAX_AGE = (b"access-control-max-age", b"600")
_VARY = (b"vary", b"origin")


def is_preflight(scope: Scope) -> bool:
    """Whether a browser asks before it sends a page's request."""
    return bool(header(scope, b"origin") and header(scope, b"access-control-request-method"))


def preflight_headers(scope: Scope, release: DeployedRelease | None) -> Headers:
    """The answer to a preflight; without any permission for a site that is not listed, or an app that is not there."""
    allowed = _allowed(header(scope, b"origin"), release) if release is not None else []
    return [*allowed, _METHODS, _HEADERS, _MAX_AGE] if allowed else [_VARY]


class CorsSend:
    """Adds the headers to answers, once it is known which app answers.

    Credentials are never allowed: the gateway looks at no cookie, and a page that has a token may send it.
    """

    def __init__(self, send: Send, origin: bytes) -> None:
        self._send = send
        self._origin = origin
        self._headers: Headers = [_VARY]  # so that an app that is not there looks like one that allows nothing

    def allow(self, release: DeployedRelease) -> None:
        """The answer comes from this app."""
        allowed = _allowed(self._origin, release)
        self._headers = [*allowed, _EXPOSED] if allowed else [_VARY]

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *self._headers]}
        await self._send(message)


def _allowed(origin: bytes, release: DeployedRelease) -> Headers:
    if "*" in release.origins:
        return [(b"access-control-allow-origin", b"*")]
    if origin and origin.decode("latin-1") in release.origins:
        return [(b"access-control-allow-origin", origin), _VARY]
    return []
