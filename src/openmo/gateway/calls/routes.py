"""Addresses of calls that are polled or followed: `<app>/calls/<id>`."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass

from openmo.core.errors import MethodNotAllowed, NotFound, OpenMoError
from openmo.gateway.calls.registry import AsyncCall, CallRegistry, CallStatus
from openmo.gateway.calls.service import CallService, discard_files
from openmo.gateway.endpoint import Address, Endpoint
from openmo.gateway.http import (
    Headers,
    Receive,
    Scope,
    Send,
    encode,
    encoded_problem,
    header,
    language_of_caller,
    send_bytes,
    send_empty,
    send_problem,
)
from openmo.gateway.preferences import idempotency_key, preferences
from openmo.gateway.settings import CallBounds
from openmo.gateway.streams import event, send_frames
from openmo.identity.caller import Caller
from openmo.serving.pool import InputFile

READ_OR_DELETE = (b"allow", b"GET, HEAD, DELETE, OPTIONS")
_JSON = (b"content-type", b"application/json")
_APPLIED = (b"preference-applied", b"respond-async")
_RETRY_AFTER = (b"retry-after", b"1")


def wants_async(scope: Scope) -> bool:
    """Whether a call is to be remembered: its caller polls it, or may repeat it."""
    return preferences(scope).respond_async or bool(idempotency_key(scope))


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRequest:
    """A request for an app's calls, by somebody who may call it."""

    scope: Scope
    receive: Receive
    send: Send
    address: Address
    caller: Caller | None
    who: str
    """Whose calls count together."""


class CallRoutes:
    """Begins calls that are remembered, and answers for them."""

    def __init__(self, registry: CallRegistry, service: CallService, bounds: CallBounds) -> None:
        self._registry = registry
        self._service = service
        self._bounds = bounds

    async def begin(
        self, request: CallRequest, endpoint: Endpoint, inputs: Mapping[str, object], files: Mapping[str, InputFile]
    ) -> None:
        """202 with the call's address, or its answer where the caller waits for it long enough."""
        wanted = preferences(request.scope)
        call = await self._call(request, endpoint, inputs, files)
        if not wanted.respond_async:
            await call.wait()
            await _send_answer(request, call)
        elif wanted.wait and await call.wait(min(wanted.wait, self._bounds.wait_seconds)):
            await _send_answer(request, call)
        else:
            location = (b"location", _path(request.address, call).encode())
            await self._send_view(request, call, status=202, more=[_APPLIED, location])

    async def _call(
        self, request: CallRequest, endpoint: Endpoint, inputs: Mapping[str, object], files: Mapping[str, InputFile]
    ) -> AsyncCall:
        """A new call, or the one that was made with the same idempotency key."""
        release = endpoint.release
        key = (release.project_id, request.who, name) if (name := idempotency_key(request.scope)) else None
        call = AsyncCall(
            self._registry.issue(release.project_id),
            project_id=release.project_id,
            version=release.version,
            account=request.caller.name if request.caller is not None else None,
            who=request.who,
        )
        try:
            if key is not None:
                call.key, call.fingerprint = key, await asyncio.to_thread(_fingerprint, inputs, files)
                if (known := self._registry.known(key, call.fingerprint)) is not None:
                    discard_files(files)
                    return known
            await self._registry.begin(
                call,
                lambda: self._service.run(endpoint, inputs, files),
                lambda output: self._service.render(endpoint, output),
            )
        except OpenMoError:
            discard_files(files)
            raise
        return call

    async def answer(self, request: CallRequest, project_id: str) -> None:
        """GET polls, `.../events` follows, DELETE cancels or forgets."""
        method, account = request.scope["method"], request.caller.name if request.caller is not None else None
        call = self._registry.find(project_id, request.address.rest[1], account)
        match request.address.rest[2:], method:
            case (), "GET" | "HEAD":
                wanted = preferences(request.scope)
                if wanted.wait:
                    await call.wait(min(wanted.wait, self._bounds.wait_seconds))
                await self._send_view(request, call)
            case (), "DELETE":
                if call.status is CallStatus.RUNNING:
                    await self._registry.cancel(call)
                    await self._send_view(request, call)
                else:
                    self._registry.forget(call)
                    await send_empty(request.send, 204, [])
            case ("events",), "GET":
                await send_frames(
                    request.receive, request.send, _events(request.scope, call, _last_seen(request.scope))
                )
            case ((), _) | (("events",), _):
                raise MethodNotAllowed("A call can be read and cancelled; its events can be read.")
            case _:
                raise NotFound("There is nothing at this address.")

    async def _send_view(
        self, request: CallRequest, call: AsyncCall, *, status: int = 200, more: Headers | None = None
    ) -> None:
        headers = [_JSON, *(more or []), *([_RETRY_AFTER] if call.status is CallStatus.RUNNING else [])]
        view = encode(call.view(_path(request.address, call), language_of_caller(request.scope)))
        await send_bytes(request.send, view, headers, status=status, head=request.scope["method"] == "HEAD")


def _path(address: Address, call: AsyncCall) -> str:
    return f"{address.path}/calls/{call.id}"


async def _send_answer(request: CallRequest, call: AsyncCall) -> None:
    """As the call would have been answered at once."""
    if call.error is not None:
        await send_problem(request.scope, request.send, call.error)
        return
    output = call.outputs[-1][1] if call.outputs else b"null"
    tail = encode({"duration_ms": call.duration_ms, "release": call.version})
    await send_bytes(request.send, b'{"output":' + output + b"," + tail[1:], [_JSON])


async def _events(scope: Scope, call: AsyncCall, after: int) -> AsyncGenerator[bytes, None]:
    number = after
    async for number, output in call.changes(after):
        yield event(b"output", output, number)
    if call.error is not None:
        yield event(b"error", encoded_problem(scope, call.error))
    else:
        yield event(b"done", encode({"duration_ms": call.duration_ms, "release": call.version}))


def _last_seen(scope: Scope) -> int:
    """Where a browser that lost its connection goes on."""
    value = header(scope, b"last-event-id")
    return int(value) if value.isdigit() and len(value) < 10 else 0


def _fingerprint(inputs: Mapping[str, object], files: Mapping[str, InputFile]) -> bytes:
    """Equal for equal inputs; files count by their content."""
    digest = hashlib.sha256(encode(inputs))
    for name in sorted(files):
        digest.update(encode([name, files[name].name]))
        with files[name].path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.digest()
