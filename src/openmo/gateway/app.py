"""The gateway: `/run/...`, where deployed apps answer.

A plain ASGI application without a framework: between the server's parser and a worker's socket there is the routing
below, the validation of inputs, and nothing else. The Host header is checked by the web service and the proxy in front;
the gateway grants nothing by cookie or by address, so a foreign Host gains nothing here.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from secrets import token_hex
from typing import Any

import msgspec

from openmo.core.errors import NotFound, OpenMoError
from openmo.gateway.access import Access, RateLimit, caller_key, unknown_app
from openmo.gateway.endpoint import Address, Endpoint, Endpoints, openapi, parse_address
from openmo.gateway.files import FileStore, send_file
from openmo.gateway.http import (
    Disconnected,
    Receive,
    Scope,
    Send,
    encode,
    path_of,
    send_empty,
    send_json,
    send_problem,
)
from openmo.gateway.inputs import NO_FILES, InputReader
from openmo.gateway.settings import GatewaySettings
from openmo.gateway.streams import send_events, wants_json
from openmo.ports.app_directory import AppDirectory, DeployedRelease
from openmo.ports.identity import Identity
from openmo.ports.worker_pool import CallOutput, CallResult, WorkerPool

_log = logging.getLogger(__name__)
_SWEEP_SECONDS = 60.0
_READ = (b"allow", b"GET, HEAD, OPTIONS")
_CALL = (b"allow", b"GET, HEAD, POST, OPTIONS")
_JSON_HEADERS = [(b"content-type", b"application/json"), (b"x-content-type-options", b"nosniff")]


class MethodNotAllowed(OpenMoError):
    """The path exists, but not for this method."""

    code = "method_not_allowed"
    status = 405
    title = "Method not allowed"


class UnexpectedError(OpenMoError):
    """A mistake of ours; the log has it under `request_id`."""

    code = "internal_error"


class Gateway:
    """The ASGI application."""

    def __init__(
        self, directory: AppDirectory, pool: WorkerPool, identity: Identity | None, settings: GatewaySettings
    ) -> None:
        self._directory = directory
        self._pool = pool
        self._access = Access(identity)
        self._rates = RateLimit(settings.calls_per_minute)
        self._endpoints = Endpoints()
        self._inputs = InputReader(settings)
        self._files = FileStore(
            settings.folder / "files", seconds=settings.file_seconds, public_url=settings.public_url
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":  # no upgrade of any kind is served, and none is accepted first
            await send({"type": "websocket.close", "code": 1008})
            return
        method = scope["method"]
        try:
            if method == "POST":
                await self._post(scope, receive, send)
            else:
                await self._other(method, scope, send)
        except Disconnected:
            return
        except OpenMoError as error:
            allow = [_READ] if isinstance(error, MethodNotAllowed) else None
            await send_problem(send, error, head=method == "HEAD", extra=allow)
        except Exception:  # noqa: BLE001 (recorded with its id, and answered; a bad request must not look like a dead server)
            request_id = token_hex(8)
            _log.exception("request %s failed", request_id)
            mistake = UnexpectedError("The gateway made a mistake; its log has the details.", request_id=request_id)
            await send_problem(send, mistake, head=method == "HEAD")

    async def _post(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = _address(scope["path"])
        if address.rest:
            raise MethodNotAllowed("This path can only be read.")
        release = self._release(address)
        caller = await self._access.check(scope, release)
        self._rates.spend(caller_key(scope, caller))
        endpoint = self._endpoints.get(release)
        inputs, files = await self._inputs.read(endpoint, scope, receive)
        try:
            result = await self._pool.call(release, inputs, files)
        finally:
            if files is not NO_FILES:
                for file in files.values():
                    file.path.unlink(missing_ok=True)  # those that no worker took
        if isinstance(result, CallResult):
            await self._send_result(send, endpoint, result)
        else:
            await self._send_stream(scope, receive, send, endpoint, result.outputs)

    async def _send_result(self, send: Send, endpoint: Endpoint, result: CallResult) -> None:
        output = result.output.json if not result.output.files else self._rendered(endpoint, result.output)
        body = b'{"output":%b,"duration_ms":%.2f%b' % (output, result.duration * 1000, endpoint.tail)
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [*_JSON_HEADERS, (b"content-length", b"%d" % len(body))],
            }
        )
        await send({"type": "http.response.body", "body": body})

    async def _send_stream(
        self, scope: Scope, receive: Receive, send: Send, endpoint: Endpoint, outputs: AsyncIterator[CallOutput]
    ) -> None:
        started = time.perf_counter()

        def done() -> dict[str, Any]:
            duration = round((time.perf_counter() - started) * 1000, 2)
            return {"duration_ms": duration, "release": endpoint.release.version}

        if wants_json(scope):
            last = b"null"
            async for output in outputs:
                last = self._rendered(endpoint, output)
            await send_json(send, encode({"output": msgspec.Raw(last), **done()}))
        else:
            await send_events(receive, send, outputs, lambda output: self._rendered(endpoint, output), done)

    def _rendered(self, endpoint: Endpoint, output: CallOutput) -> bytes:
        """The output as JSON, its files as URLs."""
        if not output.files:
            return output.json
        values = msgspec.json.decode(output.json)
        for file in output.files:
            values[file.key] = self._files.keep(endpoint.release, file)
        return encode(values)

    async def _other(self, method: str, scope: Scope, send: Send) -> None:
        head = method == "HEAD"
        path = scope["path"]
        if path == "/gateway/health":
            _check_reading(method)
            if method == "OPTIONS":
                await send_empty(send, 204, [_READ])
            else:
                await send_json(send, b'{"status":"ok"}', head=head)
            return
        address = _address(path)
        if method == "OPTIONS":
            await send_empty(send, 204, [_READ if address.rest else _CALL])
            return
        if method not in ("GET", "HEAD") and not address.rest:
            error = MethodNotAllowed("Call an app with POST.")
            await send_problem(send, error, extra=[_CALL])
            return
        _check_reading(method)
        match address.rest:
            case ():
                page = path_of("projects", address.owner, address.app, "use")
                await send_empty(send, 302, [(b"location", page.encode())])
            case ("openapi.json",):
                release = self._release(address)
                await self._access.check(scope, release)
                await send_json(send, encode(openapi(self._endpoints.get(release))), head=head)
            case ("files", token):
                release = self._release(address)  # the token is the right to the file, whoever bears it
                await send_file(scope, send, self._files.find(release.project_id, token))
            case _:
                raise NotFound("There is nothing at this address.")

    def _release(self, address: Address) -> DeployedRelease:
        release = self._directory.find(address.owner, address.app, address.version)
        if release is None:
            raise unknown_app(address.owner, address.app)
        return release

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        """The pool and the sweeper of expired files live between start-up and shutdown."""
        sweeper: asyncio.Task[None] | None = None
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._pool.start()
                sweeper = asyncio.create_task(self._sweep_forever())
                await send({"type": "lifespan.startup.complete"})
            else:
                if sweeper is not None:
                    sweeper.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await sweeper
                await self._pool.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _sweep_forever(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            await asyncio.to_thread(self._files.sweep)


def create_gateway(
    directory: AppDirectory, pool: WorkerPool, identity: Identity | None, settings: GatewaySettings
) -> Gateway:
    """The gateway over what is deployed; without `identity` public releases alone can be called."""
    settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Gateway(directory, pool, identity, settings)


def _address(path: str) -> Address:
    address = parse_address(path) if path.startswith("/run/") else None
    if address is None:
        raise NotFound("There is nothing at this address.")
    return address


def _check_reading(method: str) -> None:
    if method not in ("GET", "HEAD", "OPTIONS"):
        raise MethodNotAllowed("This path can only be read.")
