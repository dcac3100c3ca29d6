"""The gateway: `/run/...`, where deployed apps answer.

A plain ASGI application without a framework: between the server's parser and a worker's socket there is the routing
below, the validation of inputs, and nothing else. The Host header is checked by the web service and the proxy in front;
the gateway grants nothing by cookie or by address, so a foreign Host gains nothing here.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncGenerator, Mapping
from secrets import token_hex

import msgspec

from openmo.core.clock import SystemClock
from openmo.core.errors import MethodNotAllowed, NotFound, OpenMoError, UnexpectedError
from openmo.core.health import HEALTH_PATH, Check, HealthCheck, Warnings
from openmo.core.space import storage_full
from openmo.gateway.access import Access, RateLimit, caller_key, unknown_app
from openmo.gateway.calls.ids import CallIds
from openmo.gateway.calls.registry import CallRegistry
from openmo.gateway.calls.routes import READ_OR_DELETE, CallRequest, CallRoutes, wants_async
from openmo.gateway.calls.service import CallService
from openmo.gateway.cors import CorsSend, is_preflight, preflight_headers
from openmo.gateway.endpoint import Address, Endpoint, Endpoints, parse_address
from openmo.gateway.files import FileStore, send_file
from openmo.gateway.http import (
    Disconnected,
    Receive,
    Scope,
    Send,
    encode,
    header,
    language_of_caller,
    path_of,
    send_empty,
    send_json,
    send_problem,
)
from openmo.gateway.inputs import InputReader
from openmo.gateway.mcp.names import ToolNames
from openmo.gateway.mcp.tools import McpTools
from openmo.gateway.openapi import openapi
from openmo.gateway.recorder import CallRecorder
from openmo.gateway.settings import GatewaySettings
from openmo.gateway.streams import send_events, wants_json
from openmo.identity.caller import Identity
from openmo.languages.language import translations
from openmo.serving.directory import AppDirectory, DeployedRelease
from openmo.serving.pool import CallOutput, CallResult, WorkerPool
from openmo.serving.records import CallRecords

_log = logging.getLogger(__name__)
_SWEEP_SECONDS = 60.0
_MCP = ("/mcp", "/mcp/")
_READ = (b"allow", b"GET, HEAD, OPTIONS")
_CALL = (b"allow", b"GET, HEAD, POST, OPTIONS")
_JSON_HEADERS = [(b"content-type", b"application/json"), (b"x-content-type-options", b"nosniff")]


class Gateway:
    """The ASGI application."""

    def __init__(
        self,
        directory: AppDirectory,
        pool: WorkerPool,
        identity: Identity | None,
        settings: GatewaySettings,
        recorder: CallRecorder,
        *,
        behind: Mapping[str, Check],
        warnings: Warnings,
    ) -> None:
        self._directory = directory
        self._pool = pool
        self._health = HealthCheck({**behind, "workers": self._pool_problem}, SystemClock(), warnings=warnings)
        self._access = Access(identity)
        self._rates = RateLimit(settings.calls_per_minute)
        self._endpoints = Endpoints()
        self._inputs = InputReader(settings)
        self._files = FileStore(
            settings.folder / "files",
            seconds=settings.file_seconds,
            public_url=settings.public_url,
            space=settings.space,
        )
        self._recorder = recorder
        self._calling = CallService(pool, self._files, recorder)
        self._book = CallRegistry(CallIds(settings.folder / "call-ids.secret"), settings.calls)
        names = ToolNames(directory, SystemClock())
        self._mcp = McpTools(directory, names, self._endpoints, self._inputs, self._calling)
        self._calls = CallRoutes(self._book, self._calling, settings.calls)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":  # no upgrade of any kind is served, and none is accepted first
            await send({"type": "websocket.close", "code": 1008})
            return
        method = scope["method"]
        if origin := header(scope, b"origin"):
            send = scope["openmo.cors"] = CorsSend(send, origin)
        try:
            if scope["path"] in _MCP:
                await self._serve_mcp(scope, receive, send)
            elif method == "POST":
                await self._post(scope, receive, send)
            else:
                await self._other(method, scope, receive, send)
        except Disconnected:
            return
        except OpenMoError as error:
            allow = [_READ] if isinstance(error, MethodNotAllowed) else None
            await send_problem(scope, send, error, extra=allow)
        except Exception as error:  # noqa: BLE001 (recorded with its id, and answered; a bad request must not look like a dead server)
            await send_problem(scope, send, storage_full(error) or _mistake())

    async def _serve_mcp(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tool calls count against their caller, who may say who they are."""
        caller = await self._access.caller(scope)
        scope["openmo.spend"] = lambda: self._rates.spend(caller_key(scope, caller))
        await self._mcp.serve(scope, receive, send)

    async def _post(self, scope: Scope, receive: Receive, send: Send) -> None:
        address = _address(scope["path"])
        if address.rest:
            raise MethodNotAllowed("This path can only be read.")
        release = await self._release(scope, address)
        caller = await self._access.check(scope, release, address.link)
        who = caller_key(scope, caller)
        self._rates.spend(who)
        endpoint = self._endpoints.get(release)
        remembered = wants_async(scope)
        inputs, files = await self._inputs.read(endpoint, scope, receive)
        if remembered:
            asked = CallRequest(scope=scope, receive=receive, send=send, address=address, caller=caller, who=who)
            await self._calls.begin(asked, endpoint, inputs, files)
            return
        result = await self._calling.run(endpoint, inputs, files)
        if isinstance(result, CallResult):
            await self._send_result(send, endpoint, result)
        else:
            await self._send_stream(scope, receive, send, endpoint, result.outputs)

    async def _send_result(self, send: Send, endpoint: Endpoint, result: CallResult) -> None:
        output = result.output.json if not result.output.files else self._calling.render(endpoint, result.output)
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
        self, scope: Scope, receive: Receive, send: Send, endpoint: Endpoint, outputs: AsyncGenerator[CallOutput, None]
    ) -> None:
        started = time.perf_counter()

        def done() -> dict[str, object]:
            duration = round((time.perf_counter() - started) * 1000, 2)
            return {"duration_ms": duration, "release": endpoint.release.version}

        if wants_json(scope):
            last = b"null"
            async for output in outputs:
                last = self._calling.render(endpoint, output)
            await send_json(send, encode({"output": msgspec.Raw(last), **done()}))
        else:
            await send_events(
                scope, receive, send, outputs, lambda output: self._calling.render(endpoint, output), done=done
            )

    async def _other(self, method: str, scope: Scope, receive: Receive, send: Send) -> None:
        head = method == "HEAD"
        path = scope["path"]
        if path == HEALTH_PATH:
            await self._answer_health(scope, send, method)
            return
        address = _address(path)
        if method == "OPTIONS":
            await self._options(scope, send, address)
            return
        if not address.rest and method not in ("GET", "HEAD"):
            await send_problem(scope, send, MethodNotAllowed("Call an app with POST."), extra=[_CALL])
            return
        of_call = len(address.rest) > 1 and address.rest[0] == "calls"
        if not (of_call and method == "DELETE"):
            _check_reading(method)
        match address.rest:
            case ():
                await send_empty(send, 302, [(b"location", _page(address).encode())])
            case ("openapi.json",):
                release = await self._release(scope, address)
                await self._access.check(scope, release, address.link)
                document = openapi(self._endpoints.get(release), address.path)
                await send_json(send, encode(document), head=head)
            case ("files", token):
                release = await self._release(scope, address)  # the token is the right to the file, whoever bears it
                await send_file(scope, receive, send, self._files.find(release.project_id, token))
            case ("calls", _, *_):
                release = await self._release(scope, address)
                caller = await self._access.check(scope, release, address.link)
                who = caller_key(scope, caller)
                asked = CallRequest(scope=scope, receive=receive, send=send, address=address, caller=caller, who=who)
                await self._calls.answer(asked, release.project_id)
            case _:
                raise NotFound("There is nothing at this address.")

    async def _answer_health(self, scope: Scope, send: Send, method: str) -> None:
        _check_reading(method)
        if method == "OPTIONS":
            await send_empty(send, 204, [_READ])
            return
        health = await self._health.read()
        body = health.body(translations(language_of_caller(scope)).gettext)
        await send_json(send, body, status=health.status, head=method == "HEAD")

    async def _pool_problem(self) -> str:
        return self._pool.problem()

    async def _options(self, scope: Scope, send: Send, address: Address) -> None:
        """What may be done here; to a browser that asks for a page, whether its site may."""
        of_call = len(address.rest) == 2 and address.rest[0] == "calls"
        headers = [READ_OR_DELETE if of_call else _READ if address.rest else _CALL]
        if is_preflight(scope):
            release = await self._directory.find(address.owner, address.app, address.version)
            headers += preflight_headers(scope, release)
        await send_empty(send, 204, headers)

    async def _release(self, scope: Scope, address: Address) -> DeployedRelease:
        release = await self._directory.find(address.owner, address.app, address.version)
        if release is None:
            raise unknown_app(address.owner, address.app)
        if (cors := scope.get("openmo.cors")) is not None:
            cors.allow(release)
        return release

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        """The pool and the sweeper of expired files live between start-up and shutdown."""
        sweeper: asyncio.Task[None] | None = None
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                await self._pool.start()
                self._recorder.start()
                sweeper = asyncio.create_task(self._sweep_forever())
                await send({"type": "lifespan.startup.complete"})
            else:
                if sweeper is not None:
                    sweeper.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await sweeper
                await self._mcp.close()
                await self._book.close()
                await self._pool.close()
                await self._recorder.close()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _sweep_forever(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            self._book.sweep()
            try:
                await asyncio.to_thread(self._files.sweep)
            except OSError:
                _log.exception("output files could not be looked through; it is tried again")


def create_gateway(
    directory: AppDirectory,
    pool: WorkerPool,
    identity: Identity | None,
    settings: GatewaySettings,
    *,
    records: CallRecords | None = None,
    behind: Mapping[str, Check] | None = None,
    warnings: Warnings = dict,
) -> Gateway:
    """The gateway over what is deployed.

    Without `identity` open releases alone can be called, without `records` nobody learns how calls went.
    `behind` are the parts besides the pool whose health is the gateway's own, `warnings` what does not hinder it yet.
    """
    settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Gateway(
        directory,
        pool,
        identity,
        settings,
        CallRecorder(records, SystemClock()),
        behind=behind or {},
        warnings=warnings,
    )


def _mistake() -> UnexpectedError:
    """What is said of the exception that is being handled; the log has all of it."""
    request_id = token_hex(8)
    _log.exception("request %s failed", request_id)
    return UnexpectedError("The gateway made a mistake; its log has the details.", request_id=request_id)


def _page(address: Address) -> str:
    """Where people use the app; whoever came by its secret link stays on that link."""
    if address.link:
        return path_of("use", f"~{address.link}", address.owner, address.app)
    return path_of("projects", address.owner, address.app, "use")


def _address(path: str) -> Address:
    address = parse_address(path) if path.startswith("/run/") else None
    if address is None:
        raise NotFound("There is nothing at this address.")
    return address


def _check_reading(method: str) -> None:
    if method not in ("GET", "HEAD", "OPTIONS"):
        raise MethodNotAllowed("This path can only be read.")
