"""Keeps the long-lived processes of an installation running: start, watch, restart with back-off, orderly stop.

Each service is one task: spawn, watch until it ends or hangs, back off, again. Children are started from the main
thread (a parent-death signal belongs to the thread that forked), each in a process group of its own, so that what a
killed service leaves behind is swept up before it comes back.
"""

import asyncio
import contextlib
import os
import signal
import subprocess
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import msgspec

from openmo.core.backoff import exponential
from openmo.core.clock import Clock
from openmo.core.errors import OpenMoError
from openmo.core.messages import message
from openmo.installation.child import PARENT_VARIABLE, READY_VARIABLE
from openmo.installation.probe import Notices, process_end
from openmo.installation.watch import START_SECONDS, AwakeTime, Watch, ask_for_health
from openmo.signalling.reports import MOVES, SentMessage, ServiceEnd, ServiceReport, ServiceState
from openmo.system.rotating_log import RotatingLog, last_lines

_STEADY_SECONDS = 10.0
_CALM_SECONDS = 600.0
"""One that hangs no sooner than this after its start has been given leniency enough."""
_MAX_LENIENCY = 16.0
_LOOK_SECONDS = 1.0
_MAX_FIRST_FAILURES = 3
STOP_SECONDS = 3.5


class ServiceFailed(OpenMoError):
    """A service did not come up at all."""

    code = "service_failed"
    title = "A service failed to start"
    remedy = "Read the end of the log in the message; run `openmo doctor`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """How to run one service."""

    name: str
    argv: Sequence[str]
    variables: Mapping[str, str]
    descriptors: tuple[int, ...] = ()
    """Open files that the service inherits."""
    ready_url: str = ""
    """Answers 200 once the service works (`/health`); empty: the service announces itself (`announce_ready`), and the
    installation does not wait for it."""
    ready_alone: bool = False
    """It is ready as soon as it answers, whatever it says of what stands behind it: that starts later."""
    gated: bool = False
    """Starts only when `Supervisor.open_gate` is called."""
    stop_seconds: float = STOP_SECONDS
    """Seconds between SIGTERM and SIGKILL."""


@dataclass(slots=True, kw_only=True)
class _Keeper:
    """One service's lifecycle."""

    service: Service
    logs: Path
    clock: Clock
    changed: Callable[[], None]
    became_ready: Callable[[str, int], Awaitable[None]]
    before_start: Callable[[], None]
    awake: AwakeTime
    state: ServiceState = ServiceState.STOPPED
    since: str = ""
    restarts: int = 0
    detail: str = ""
    process: subprocess.Popen[bytes] | None = None
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    failures: int = 0
    """Ends before the first readiness."""
    watch: Watch | None = None
    last_end: ServiceEnd | None = None
    leniency: float = 1.0
    """Grows with each time that it was killed for its silence: a machine on which it cannot do better gets rest."""

    @property
    def stuck(self) -> bool:
        """It answers, but has not worked in all the time that it may take to start; `detail` says why."""
        return self.watch is not None and self.watch.stuck

    @property
    def log_file(self) -> Path:
        return self.logs / f"{self.service.name}.log"

    def report(self) -> ServiceReport:
        pid = self.process.pid if self.process else None
        return ServiceReport(
            name=self.service.name,
            state=self.state,
            pid=pid,
            since=self.since,
            restarts=self.restarts,
            detail=str(self.detail),
            problem=SentMessage.of(self.detail) if self.detail else None,
            last_end=self.last_end,
        )

    async def keep(self, gate: asyncio.Event, stopping: asyncio.Event) -> None:
        """Runs the service from the opening of the gate, if it has one, until `stopping` is set."""
        if self.service.gated:
            await gate.wait()
        delays = exponential(first=0.1, ceiling=10.0)
        with RotatingLog(self.log_file) as log:
            while not stopping.is_set():
                self._move(ServiceState.STARTING)
                started = self.clock.monotonic()
                end = await self._run_once(log, stopping)
                if stopping.is_set():
                    self._move(ServiceState.STOPPING)
                    break
                lived = self.clock.monotonic() - started
                if lived > _STEADY_SECONDS:
                    delays = exponential(first=0.1, ceiling=10.0)
                self._record(end, lived, log)
                self.failures += not self.ready.is_set()
                self._move(ServiceState.BACKING_OFF, f"{end.describe()} See {self.log_file}.")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), next(delays))
                self.restarts += 1
        self._move(ServiceState.STOPPED)

    async def _run_once(self, log: RotatingLog, stopping: asyncio.Event) -> ServiceEnd:
        """From spawn to the reaped end."""
        start_seconds = START_SECONDS if self.service.ready_url else None
        watch = self.watch = Watch(self.awake, self._seen, start_seconds=start_seconds, leniency=self.leniency)
        notices = None if self.service.ready_url else Notices(partial(_hear, watch))
        process = self.process = self._spawn(log, notices.address if notices else "")
        self.changed()
        ended = asyncio.ensure_future(process_end(process.pid))
        stop = asyncio.ensure_future(stopping.wait())
        hung = asyncio.ensure_future(watch.until_hung())
        asking = asyncio.ensure_future(self._ask(watch, notices))
        greeting = asyncio.ensure_future(self._greet(watch))
        silent = 0.0
        try:
            await asyncio.wait({ended, stop, hung, asking}, return_when=asyncio.FIRST_COMPLETED)
            if asking.done():
                asking.result()  # it asks for ever: what it raises is a bug
            if hung.done() and not ended.done():
                silent = hung.result()
                self._signal(signal.SIGKILL)
                await asyncio.wait({ended, stop}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            tasks = (hung, asking, greeting, stop)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if notices:
                notices.close()
        if not ended.done():
            await self._end(ended)
        # The dead leader still holds its number until it is reaped, so this reaches its group and nobody else's.
        self._signal(signal.SIGKILL)
        code = process.wait()
        self._drain(log)
        self.process = self.watch = None
        return ServiceEnd(at=self.clock.now().isoformat(), how=_describe(code), silent_seconds=round(silent))

    async def _ask(self, watch: Watch, notices: Notices | None) -> None:
        """For ever; a service without an address says of itself how it is."""
        if self.service.ready_url:
            await ask_for_health(self.service.ready_url, watch, answers_alone=self.service.ready_alone)
        if not (notices and notices.address):
            watch.ready()
        await asyncio.Event().wait()

    async def _greet(self, watch: Watch) -> None:
        await watch.working.wait()
        await self.became_ready(self.service.name, self.restarts)

    def _seen(self, state: ServiceState, detail: str) -> None:
        """The process is as it says, or says nothing."""
        if state is ServiceState.READY:
            self.ready.set()
        if state is not self.state:
            self._move(state, detail)
        elif detail != self.detail:
            self.detail = detail
            self.changed()

    def _record(self, end: ServiceEnd, lived: float, log: RotatingLog) -> None:
        """Why it ended is kept for whoever asks, and stands at the end of its log."""
        self.last_end = end
        if end.silent_seconds:
            self.leniency = min(_MAX_LENIENCY, 2.0 * (self.leniency if lived < _CALM_SECONDS else 1.0))
        with contextlib.suppress(OSError):  # a full disk costs lines, never the services
            log.write(f"openmo up, {end.at}: {end.describe()} It is started anew.\n".encode())

    async def _end(self, ended: asyncio.Future[None]) -> None:
        self._move(ServiceState.STOPPING)
        process = self.process
        assert process is not None  # noqa: S101 (called between spawn and reaping only)
        process.send_signal(signal.SIGTERM)
        done, _ = await asyncio.wait({ended}, timeout=self.service.stop_seconds)
        if not done:
            self._signal(signal.SIGKILL)
            await ended

    def _spawn(self, log: RotatingLog, address: str) -> subprocess.Popen[bytes]:
        """`address`: where the process says how it is; empty where it does not."""
        self.before_start()
        variables = {**self.service.variables, PARENT_VARIABLE: str(os.getpid())}
        if address:
            variables[READY_VARIABLE] = address
        process = subprocess.Popen(
            self.service.argv,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=self.service.descriptors,
            process_group=0,
        )
        assert process.stdout is not None  # noqa: S101 (PIPE was asked for)
        os.set_blocking(process.stdout.fileno(), False)
        asyncio.get_running_loop().add_reader(process.stdout.fileno(), self._pump, log, process)
        return process

    def _pump(self, log: RotatingLog, process: subprocess.Popen[bytes]) -> bool:
        """Moves what has been printed to the log; whether there may be more."""
        assert process.stdout is not None  # noqa: S101 (see _spawn)
        try:
            data = os.read(process.stdout.fileno(), 1 << 16)
        except BlockingIOError:
            return False
        if data:
            with contextlib.suppress(OSError):  # a full disk costs lines, never the services
                log.write(data)
        else:
            asyncio.get_running_loop().remove_reader(process.stdout.fileno())
        return bool(data)

    def _drain(self, log: RotatingLog) -> None:
        process = self.process
        assert process is not None  # noqa: S101 (called after reaping, before forgetting)
        assert process.stdout is not None  # noqa: S101 (see _spawn)
        while self._pump(log, process):
            pass
        asyncio.get_running_loop().remove_reader(process.stdout.fileno())
        process.stdout.close()

    def _signal(self, number: signal.Signals) -> None:
        """To the service's whole process group."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def _move(self, after: ServiceState, detail: str = "") -> None:
        if after is self.state:
            return
        if after not in MOVES[self.state]:
            raise RuntimeError(f"{self.service.name} cannot go from {self.state} to {after}")
        self.state, self.since, self.detail = after, self.clock.now().isoformat(), detail
        self.changed()


async def _nothing(_name: str, _restarts: int) -> None:
    """What is done by default when a service becomes ready."""


class Supervisor:
    """All services of one installation.

    `changed` is called with the reports at every change of a state; `became_ready` with a service's name and the number
    of its restarts each time it is ready; `before_start` before a service is started. None may raise, but `changed`
    OSError, as from a full disk.
    """

    def __init__(
        self,
        services: Sequence[Service],
        *,
        logs: Path,
        clock: Clock,
        changed: Callable[[tuple[ServiceReport, ...]], None],
        became_ready: Callable[[str, int], Awaitable[None]] = _nothing,
        before_start: Callable[[], None] = lambda: None,
    ) -> None:
        self._changed = changed
        self._stopping = asyncio.Event()
        self._reported = asyncio.Event()
        self._gate = asyncio.Event()
        awake = AwakeTime(clock)
        self._keepers = [
            _Keeper(
                service=service,
                logs=logs,
                clock=clock,
                changed=self._publish,
                became_ready=became_ready,
                before_start=before_start,
                awake=awake,
            )
            for service in services
        ]
        self._tasks: list[asyncio.Task[None]] = []

    def reports(self) -> tuple[ServiceReport, ...]:
        return tuple(keeper.report() for keeper in self._keepers)

    async def start(self) -> None:
        """All services that have a ready check are ready; raises ServiceFailed with the end of the failing log."""
        self._tasks = [asyncio.create_task(keeper.keep(self._gate, self._stopping)) for keeper in self._keepers]
        awaited = [keeper for keeper in self._keepers if keeper.service.ready_url]
        while not all(keeper.ready.is_set() for keeper in awaited):
            self._reported.clear()
            reported = asyncio.ensure_future(self._reported.wait())
            await asyncio.wait({reported, *self._tasks}, timeout=_LOOK_SECONDS, return_when=asyncio.FIRST_COMPLETED)
            reported.cancel()
            self._raise_for_failed()

    def _raise_for_failed(self) -> None:
        for task in self._tasks:
            if task.done() and (error := task.exception()):
                raise error
        for keeper in self._keepers:
            name = keeper.service.name
            if keeper.stuck and not keeper.ready.is_set():
                raise ServiceFailed(
                    message("%(name)s runs, but does not work. %(detail)s", name=name, detail=keeper.detail),
                    service=name,
                )
            if keeper.failures >= _MAX_FIRST_FAILURES:
                raise ServiceFailed(
                    message(
                        "%(name)s does not start. The end of %(log_file)s:\n%(lines)s",
                        name=name,
                        log_file=keeper.log_file,
                        lines=last_lines(keeper.log_file),
                    ),
                    service=name,
                )

    def open_gate(self) -> None:
        """Gated services start."""
        self._gate.set()

    async def stop(self) -> None:
        """No service runs any more; what does not end by itself within its grace time is killed."""
        self._stopping.set()
        self.open_gate()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def watch(self) -> None:
        """Does not return while all is well; raises what a service's task raised, which is a bug."""
        done, _ = await asyncio.wait(self._tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()

    def _publish(self) -> None:
        self._reported.set()
        with contextlib.suppress(OSError):  # a full disk costs the report, never the services
            self._changed(self.reports())


def _hear(watch: Watch, report: Mapping[str, str]) -> None:
    """What a process says of itself in systemd's form: from its first `WATCHDOG=1` on its silence is judged."""
    if "WATCHDOG" in report:
        watch.hear(_problem_of(report))
    elif "READY" in report:
        watch.ready()


def _problem_of(report: Mapping[str, str]) -> str:
    """What does not work right now, as a message where the process says it as one."""
    try:
        return msgspec.json.decode(report["X_OPENMO_PROBLEM"], type=SentMessage).message()
    except (LookupError, msgspec.DecodeError, ValueError, TypeError):
        return report.get("STATUS", "")


def _describe(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
