"""The little of ASGI that the gateway needs, without a framework between it and the server."""

from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import quote

import msgspec

from openmo.core.errors import InvalidInput, OpenMoError, TooLarge
from openmo.core.messages import message
from openmo.core.problems import MEDIA_TYPE, problem_headers
from openmo.languages.language import Language, choose_language
from openmo.languages.problems import problem_in

Scope = MutableMapping[str, Any]  # type: ignore[explicit-any]  # as ASGI has it: what a key holds, its name says
Message = MutableMapping[str, Any]  # type: ignore[explicit-any]  # as above
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


def _text_of(value: object) -> str:
    """A message that still knows its sentence is a text here."""
    if isinstance(value, str):
        return str(value)
    raise NotImplementedError(type(value))


encode = msgspec.json.Encoder(enc_hook=_text_of).encode
_JSON = (b"content-type", b"application/json")
_PROBLEM = (b"content-type", MEDIA_TYPE.encode())
# No answer of the gateway is a page: whatever it holds must not run, be framed, or be taken for another type.
_SAFE: Headers = [(b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store")]


class Disconnected(Exception):
    """The client went away; there is nobody to answer."""


def header(scope: Scope, name: bytes) -> bytes:
    """The value of the first header of that (lower-case) name; empty when there is none."""
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value)
    return b""


async def send_json(send: Send, body: bytes, *, status: int = 200, head: bool = False) -> None:
    """A JSON answer; `body` is encoded already."""
    await send_bytes(send, body, [_JSON], status=status, head=head)


async def send_bytes(send: Send, body: bytes, headers: Headers, *, status: int = 200, head: bool = False) -> None:
    """An answer in one piece; for HEAD its headers alone."""
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length, *_SAFE]})
    await send({"type": "http.response.body", "body": b"" if head else body})


async def send_empty(send: Send, status: int, headers: Iterable[tuple[bytes, bytes]]) -> None:
    """An answer without a body."""
    length = [] if status == 204 else [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length, *_SAFE]})
    await send({"type": "http.response.body", "body": b""})


def language_of_caller(scope: Scope) -> Language:
    """The language that the request's Accept-Language asks for, else English; pages of apps send their own."""
    return choose_language(accept=header(scope, b"accept-language").decode("latin-1"))


def encoded_problem(scope: Scope, error: OpenMoError) -> bytes:
    """The error as problem details in the caller's language."""
    return encode(problem_in(language_of_caller(scope), error))


async def send_problem(scope: Scope, send: Send, error: OpenMoError, *, extra: Headers | None = None) -> None:
    """The error as the answer, with Retry-After where the error knows when; for HEAD its headers alone."""
    headers = [_PROBLEM, *(extra or [])]
    headers += [(name.lower().encode(), value.encode()) for name, value in problem_headers(error).items()]
    if isinstance(error, TooLarge):
        headers.append((b"connection", b"close"))  # the rest of the body is not worth reading
    await send_bytes(send, encoded_problem(scope, error), headers, status=error.status, head=scope["method"] == "HEAD")


async def read_body(scope: Scope, receive: Receive, limit: int) -> bytes:
    """The whole body; raises TooLarge beyond `limit` bytes, before reading where the client declares it."""
    check_length(scope, limit)
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body") and message["type"] == "http.request" and len(body) <= limit:
        return body
    chunks, size = [body], len(body)
    while True:
        if message["type"] == "http.disconnect":
            raise Disconnected
        if size > limit:
            raise too_large(limit)
        if not message.get("more_body"):
            return b"".join(chunks)
        message = await receive()
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])


def check_length(scope: Scope, limit: int) -> None:
    """Raises TooLarge for a declared length over the limit, InvalidInput for one that is none."""
    declared = header(scope, b"content-length")
    if not declared:
        return
    if not declared.isdigit() or len(declared) > 18:
        raise InvalidInput("The Content-Length header is not a number.")
    if int(declared) > limit:
        raise too_large(limit)


def too_large(limit: int) -> TooLarge:
    """The error for a body over `limit` bytes."""
    return TooLarge(
        message("The body is larger than the %(limit)s bytes that this app accepts.", limit=limit), limit=limit
    )


def path_of(*parts: str) -> str:
    """A URL path of these parts, each escaped."""
    return "/" + "/".join(quote(part, safe="@") for part in parts)
