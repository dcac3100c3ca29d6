"""`openmo up`: from settings to a running installation, and back to nothing.

Everything that can be wrong is found out first: the lock of the data folder, the port, the isolation. Then the proxy
and the Hub start while the data folder is brought up to date, and web, gateway and runner follow.
"""

import asyncio
import contextlib
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from openmo.config.endpoints import (
    ENDPOINTS_FILE,
    LOOPBACK,
    Endpoint,
    Endpoints,
    PortInUse,
    bind,
    hand_over,
    keep_other_family,
)
from openmo.config.settings import Settings
from openmo.core.clock import SystemClock
from openmo.core.errors import InvalidInput, OpenMoError, Unavailable
from openmo.core.health import HEALTH_PATH
from openmo.core.hostile.paths import set_aside
from openmo.core.messages import message
from openmo.identity.local_account import local_user
from openmo.identity.local_token import check_routes, local_token
from openmo.identity.service_names import supervisor_token
from openmo.identity.sign_in_link import new_link
from openmo.installation.authenticators import check_authenticator
from openmo.installation.child import PARENT_VARIABLE
from openmo.installation.lock import DataLock
from openmo.installation.port_owner import explain_port_in_use
from openmo.installation.prepared import is_prepared, mark_prepared
from openmo.installation.run_files import RunFiles
from openmo.installation.state import STATE_FILE, ApiAccess, RunState
from openmo.installation.state import Supervisor as SupervisorIdentity
from openmo.installation.supervisor import Service, Supervisor
from openmo.installation.telling import tell
from openmo.sandbox.detect import detect_sandbox
from openmo.sandbox.inside.system_calls import GROUPS
from openmo.sandbox.policy import Sandbox
from openmo.signalling.reports import ServiceReport
from openmo.system.process_identity import ProcessIdentity

_PUBLIC_URL = re.compile(r"https?://[a-z0-9.\[\]:-]+/?")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")
LEASH_VARIABLE = "OPENMO_LEASH"
_LEASH_TIMEOUT_SECONDS = 4.0
_PORT_ATTEMPTS = 10
_TOKEN_LOOK_SECONDS = 60.0
COMMAND = (sys.executable, "-P", "-m", "openmo")


class PrepareFailed(OpenMoError):
    """The data folder could not be brought up to date; the child has said why."""

    code = "prepare_failed"
    title = "Could not prepare the data folder"
    remedy = "Correct what the lines above the message name, and start again."


@dataclass(frozen=True, slots=True, kw_only=True)
class Sockets:
    """What the installation listens on, held for as long as it runs."""

    public: socket.socket
    kept: socket.socket | None
    """Keeps the public port from others at the other address of `localhost`."""
    proxy_api: socket.socket
    hub: socket.socket
    web: socket.socket
    gateway: socket.socket

    def close(self) -> None:
        for listener in (self.public, self.kept, self.proxy_api, self.hub, self.web, self.gateway):
            if listener is not None:
                listener.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """What `openmo up` prints once everything is ready."""

    url: str
    link: str
    data: str
    isolation: str
    addresses: str
    """What the addresses of projects keep apart."""
    services: tuple[str, ...]
    laptop: bool


def check_settings(settings: Settings, sandbox: Sandbox) -> None:
    """Raises InvalidInput for a combination that would not be safe."""
    if settings.public_url and not _PUBLIC_URL.fullmatch(settings.public_url):
        raise InvalidInput(
            message(
                "%(url)s is not where a site is: write it as https://openmo.example.org, without a path.",
                url=repr(settings.public_url),
            ),
            field="public_url",
        )
    if not settings.laptop:
        check_authenticator(settings.authenticator)
    if settings.project_domain and not _DOMAIN.fullmatch(settings.project_domain.lower()):
        raise InvalidInput(
            message(
                "%(domain)s is no domain: write it as lab.example.org, or `none` for one address for all projects.",
                domain=repr(settings.project_domain),
            ),
            field="project_domain",
        )
    if settings.laptop and not Endpoint(settings.host, settings.port).loopback:
        raise InvalidInput(
            message(
                "%(host)s can be reached from other machines, and the sign-in link is for one person on this "
                "one. Choose how people sign in: set OPENMO_AUTHENTICATOR to a JupyterHub authenticator "
                "(`native`, `pam`, ...), or leave --host out and reach this machine through `ssh -L`.",
                host=settings.host,
            ),
            field="host",
        )
    if not settings.laptop and not sandbox.isolates and not settings.allow_unsandboxed:
        raise InvalidInput(
            message(
                "%(sandbox)s Several people must not share it like this. See `openmo doctor`, or set "
                "OPENMO_ALLOW_UNSANDBOXED=1 if they all trust one another.",
                sandbox=sandbox.describe(),
            ),
            field="allow_unsandboxed",
        )
    if unknown := set(settings.allowed_system_calls) - set(GROUPS):
        raise InvalidInput(
            message(
                "OPENMO_SYSTEM_CALLS names %(unknown)s; it may name %(known)s.",
                unknown=", ".join(sorted(unknown)),
                known=", ".join(GROUPS),
            ),
            field="system_calls",
        )


def open_sockets(settings: Settings) -> tuple[Sockets, Endpoints]:
    """All listening sockets; raises PortInUse, which names the process that has the port."""
    try:
        public, kept = _bind_public(settings)
    except PortInUse as error:
        raise explain_port_in_use(error) from error
    inner = {name: bind(Endpoint(LOOPBACK, 0)) for name in ("proxy_api", "hub", "web", "gateway")}
    ports = {name: int(listener.getsockname()[1]) for name, listener in inner.items()}
    endpoints = Endpoints(
        public=Endpoint(settings.host, int(public.getsockname()[1])),
        **{name: Endpoint(LOOPBACK, port) for name, port in ports.items()},
    )
    return Sockets(public=public, kept=kept, **inner), endpoints


def _bind_public(settings: Settings) -> tuple[socket.socket, socket.socket | None]:
    """The public socket, and what keeps its port at the other address; of any free port one that is free at both."""
    for attempt in range(_PORT_ATTEMPTS):
        public = bind(Endpoint(settings.host, settings.port))
        try:
            return public, keep_other_family(Endpoint(settings.host, int(public.getsockname()[1])))
        except PortInUse:
            public.close()
            if settings.port or attempt == _PORT_ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


def services(
    command: Sequence[str], variables: Mapping[str, str], sockets: Sockets, endpoints: Endpoints, leash: int
) -> list[Service]:
    """The processes of an installation."""

    def service(
        name: str, ready: str, *listeners: str, gated: bool = False, leashed: bool = False, alone: bool = False
    ) -> Service:
        given = {listener: getattr(sockets, listener) for listener in listeners}
        own = {**variables, **({LEASH_VARIABLE: str(leash)} if leashed else {})}
        for listener, sock in given.items():
            own |= hand_over(listener, sock)
        return Service(
            name=name,
            argv=[*command, name],
            variables=own,
            descriptors=(*(sock.fileno() for sock in given.values()), *((leash,) if leashed else ())),
            ready_url=ready,
            ready_alone=alone,
            gated=gated,
        )

    return [
        service("proxy", f"{endpoints.public_url}{HEALTH_PATH}", "public", "proxy_api", alone=True),
        service("hub", f"{endpoints.hub.url}/hub/health", "hub", leashed=True),
        service("web", f"{endpoints.web.url}{HEALTH_PATH}", "web", gated=True),
        service("gateway", f"{endpoints.gateway.url}{HEALTH_PATH}", "gateway", gated=True),
        service("runner", "", gated=True),
    ]


class Installation:
    """One `openmo up`, from its lock to its last child."""

    def __init__(self, settings: Settings, *, command: Sequence[str] = COMMAND) -> None:
        self._settings = settings
        self._command = command
        self._run = settings.folder.run
        self._clock = SystemClock()
        self._files = RunFiles(self._run, tell)
        self._state = RunState(supervisor=SupervisorIdentity.of(ProcessIdentity.of()))
        self._renew_at = 0.0

    async def serve(self, announce: Callable[[Banner], None]) -> None:
        """Runs until SIGINT, SIGTERM or SIGHUP; `announce` is called once everything is ready."""
        settings = self._settings
        sandbox = detect_sandbox(settings.allowed_system_calls)
        check_settings(settings, sandbox)
        settings.folder.prepare()
        lock = DataLock(settings.data)
        lock.acquire()
        try:
            sockets, endpoints = open_sockets(settings)
            try:
                await self._serve(sockets, endpoints, sandbox, announce)
            finally:
                sockets.close()
        finally:
            with contextlib.suppress(OSError):  # whoever put something else there keeps it
                (self._run / STATE_FILE).unlink()
            lock.release()

    async def _serve(
        self, sockets: Sockets, endpoints: Endpoints, sandbox: Sandbox, announce: Callable[[Banner], None]
    ) -> None:
        stopped = _stop_event()
        _forget_routes(self._run)
        self._files.write(ENDPOINTS_FILE, endpoints.encode())
        variables = {**os.environ, **self._settings.variables()}
        ours, theirs = socket.socketpair()
        self._state = msgspec.structs.replace(
            self._state,
            url=endpoints.public_url,
            data=str(self._settings.data),
            isolation=sandbox.name,
            laptop=self._settings.laptop,
        )
        supervisor = Supervisor(
            services(self._command, variables, sockets, endpoints, theirs.fileno()),
            logs=self._settings.folder.logs,
            clock=self._clock,
            changed=self._record,
            became_ready=lambda name, restarts: self._became_ready(endpoints, name, restarts),
            before_start=self._files.look_after,
        )
        caring = asyncio.create_task(self._files.keep_looking())
        starting = asyncio.create_task(self._start(supervisor, variables, endpoints, sandbox))
        stop = asyncio.create_task(stopped.wait())
        try:
            await asyncio.wait({starting, stop}, return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                announce(await starting)
                watch = asyncio.create_task(supervisor.watch())
                keeping = asyncio.create_task(self._keep_token(supervisor, endpoints))
                await asyncio.wait({watch, stop}, return_when=asyncio.FIRST_COMPLETED)
                watch.cancel()
                keeping.cancel()
        finally:
            for task in (starting, stop, caring):
                task.cancel()
            await asyncio.gather(starting, stop, caring, return_exceptions=True)
            theirs.close()
            ours.shutdown(socket.SHUT_WR)  # notebook servers end while the services do
            await supervisor.stop()
            await asyncio.to_thread(_wait_for_end, ours, time.monotonic() + _LEASH_TIMEOUT_SECONDS)
            ours.close()

    async def _start(
        self, supervisor: Supervisor, variables: Mapping[str, str], endpoints: Endpoints, sandbox: Sandbox
    ) -> Banner:
        up = asyncio.create_task(supervisor.start())
        try:
            await self._prepare(variables)
            supervisor.open_gate()
            await up
        except BaseException:
            up.cancel()
            await asyncio.gather(up, return_exceptions=True)
            raise
        settings = self._settings
        link = endpoints.public_url
        if settings.laptop:
            account = local_user(settings.local_user)
            self._state = msgspec.structs.replace(self._state, account=account)
            await self._renew_token(endpoints, account)
            link = sign_in_link(endpoints.public_url, new_link(self._run, self._clock))
        self._record(supervisor.reports())
        return Banner(
            url=endpoints.public_url,
            link=link,
            data=str(settings.data),
            isolation=sandbox.describe(),
            addresses=settings.project_origins.describe(),
            services=tuple(report.name for report in self._state.processes),
            laptop=settings.laptop,
        )

    async def _renew_token(self, endpoints: Endpoints, account: str) -> None:
        """The command line has a token that is good for a month at least."""
        token = await asyncio.to_thread(local_token, endpoints, self._run, account, supervisor_token(self._settings))
        api = ApiAccess(url=endpoints.public_url, token=token.secret)
        self._state, self._renew_at = msgspec.structs.replace(self._state, api=api), token.renew_at

    async def _keep_token(self, supervisor: Supervisor, endpoints: Endpoints) -> None:
        """Renews it by the wall clock, which goes on while a laptop sleeps."""
        while True:
            await asyncio.sleep(_TOKEN_LOOK_SECONDS)
            if isinstance(self._state.account, str) and self._clock.now().timestamp() >= self._renew_at:
                with contextlib.suppress(Unavailable):  # the Hub is away: asked again at the next look
                    await self._renew_token(endpoints, self._state.account)
                    self._record(supervisor.reports())

    async def _prepare(self, variables: Mapping[str, str]) -> None:
        """Migrations, environments and samples, in a child whose progress the caller's terminal shows."""
        if is_prepared(self._settings):
            return
        variables = {**variables, PARENT_VARIABLE: str(os.getpid())}
        process = await asyncio.create_subprocess_exec(*self._command, "prepare", env=variables, process_group=0)
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
            raise
        if code != 0:
            raise PrepareFailed("OpenMo did not start: the data folder could not be prepared (see above).")
        mark_prepared(self._settings)

    async def _became_ready(self, endpoints: Endpoints, name: str, restarts: int) -> None:
        if name == "proxy" and restarts:
            with contextlib.suppress(Unavailable):  # the Hub may be down too; it looks at the routes when it comes back
                await asyncio.to_thread(check_routes, endpoints, supervisor_token(self._settings))

    def _record(self, reports: tuple[ServiceReport, ...]) -> None:
        self._state = msgspec.structs.replace(self._state, processes=reports)
        self._files.write(STATE_FILE, self._state.encode())


def sign_in_link(url: str, key: str) -> str:
    """Where the browser signs in with the key."""
    return f"{url}/hub/sign-in?key={key}"


def _forget_routes(run: Path) -> None:
    """Servers of an earlier installation are gone."""
    routes = run / "routes.json"
    if routes.is_dir():
        set_aside(routes)
    routes.unlink(missing_ok=True)


def _stop_event() -> asyncio.Event:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    return stopped


def _wait_for_end(end: socket.socket, deadline: float) -> None:
    """Until every holder of the other end has gone, or the time is over."""
    with contextlib.suppress(OSError):
        end.settimeout(max(0.01, deadline - time.monotonic()))
        end.recv(1)
