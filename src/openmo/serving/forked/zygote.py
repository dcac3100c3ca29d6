"""The gateway's hold on one zygote process."""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from openmo.core.messages import Message, message
from openmo.serving.forked.messages import decode_report
from openmo.serving.inside.messages import Kill, Order, Ping, Pong, Spawn, Started, Watch
from openmo.system.processes import numbered_inside, parent_of
from openmo.wire.strict import WrongMessage

_MAX_MESSAGE_BYTES = 1 << 16
_STOP_TIMEOUT_SECONDS = 4.0

_WATCH_SECONDS = 1.0
_PING_INTERVAL_TICKS = 10
SILENT_TICKS = 16
"""Ticks of the gateway without a word, after which a zygote is said to be silent: it was asked three seconds before."""
MAX_SILENT_TICKS = 60
"""After which it is ended. Ticks are the gateway's own, so one that was stopped itself blames nobody."""
MAX_START_TICKS = 360
"""The same for one that has not spoken yet: it imports libraries, and those may be large."""
_MAX_STATUS = 0xFFFF
_log = logging.getLogger(__name__)


class ZygoteState(StrEnum):
    """A zygote is usable until it is gone; there is no way back."""

    RUNNING = "running"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class WorkerExit:
    """How a worker's process ended, as its parent saw it."""

    status: int
    """As waitpid gives it."""
    reason: str
    """`memory` or `processes` when the zygote ended it for that, else empty."""

    def describe(self) -> Message:
        """One sentence for the caller."""
        if self.reason == "memory":
            return message("The app used more memory than it may, so its process was stopped.")
        if self.reason == "processes":
            return message("The app started more processes than it may, so it was stopped.")
        code = os.waitstatus_to_exitcode(self.status)
        if code >= 0:
            return message("The app's process ended by itself (exit code %(code)s) before it answered.", code=code)
        name = signal.Signals(-code).name if -code in set(signal.Signals) else str(-code)
        if -code in (signal.SIGSEGV, signal.SIGBUS, signal.SIGABRT):
            return message(
                "The app's process was ended by %(signal)s (a crash in native code) before it answered.", signal=name
            )
        return message("The app's process was ended by %(signal)s before it answered.", signal=name)


class ZygoteProcess:
    """A running zygote: takes orders, reports the ends of workers. Made and used on the event loop's thread alone.

    The process is started from that thread, because the kernel ties its death to the thread's (PR_SET_PDEATHSIG).
    """

    def __init__(
        self,
        argv: Callable[[int], Sequence[str]],
        variables: dict[str, str],
        *,
        on_exit: Callable[[str, WorkerExit], None],
        on_gone: Callable[["ZygoteProcess"], None],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_exit = on_exit
        self._on_gone = on_gone
        self._control, child = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setblocking(False)
        self._watched_at = 0.0
        self._silent_ticks = 0
        self._spoke = False
        self.state = ZygoteState.RUNNING
        self.started_at = self._loop.time()
        self.pids: dict[str, int] = {}
        self._spawned: set[str] = set()
        with child:
            self._process = subprocess.Popen(
                list(argv(child.fileno())),
                pass_fds=(child.fileno(),),
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd="/",
            )
        self._loop.add_reader(self._control.fileno(), self._readable)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def reaped(self) -> bool:
        """Nothing of the zygote itself is left, not even a zombie."""
        return self._process.poll() is not None

    async def spawn(self, name: str, descriptors: Sequence[int], *, memory: int, processes: int, cpus: int) -> None:
        """A worker is forked; `descriptors` are its socket and its log. Raises OSError when the zygote is gone."""
        order = Spawn(worker=name, memory=memory, processes=processes, cpus=cpus).encode()
        self._spawned.add(name)
        while True:
            try:
                socket.send_fds(self._control, [order], descriptors)
            except BlockingIOError:
                await asyncio.sleep(0.005)  # it is importing and its queue of orders is full
            else:
                return

    def kill(self, name: str) -> None:
        """The worker and all that it started are ended; its exit is reported as every other."""
        self._order(Kill(worker=name))

    def watch(self) -> None:
        """Handlers run at this moment, so their memory is looked at often. Cheap enough for every call."""
        now = self._loop.time()
        if now - self._watched_at > _WATCH_SECONDS / 2:
            self._watched_at = now
            self._order(Watch(seconds=_WATCH_SECONDS))

    @property
    def silent(self) -> bool:
        """Whether it has stopped answering."""
        return self._spoke and self._silent_ticks >= SILENT_TICKS

    def tick(self) -> None:
        """Asks now and then whether it is there, and ends it when it has not been for long: another takes its place."""
        self._silent_ticks += 1
        if self._silent_ticks % _PING_INTERVAL_TICKS == 0:
            self._order(Ping())
        if self._silent_ticks == (MAX_SILENT_TICKS if self._spoke else MAX_START_TICKS):
            _log.warning("zygote %s has not answered for %s ticks and is ended", self.pid, self._silent_ticks)
            self._process.kill()

    async def stop(self) -> None:
        """No process of the zygote is left."""
        self._end()
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        deadline = self._loop.time() + _STOP_TIMEOUT_SECONDS
        while self._process.poll() is None:
            if self._loop.time() > deadline:
                self._process.kill()
            await asyncio.sleep(0.002)

    def _order(self, order: Order) -> None:
        # A full queue of orders means a busy zygote: what is dropped here (a look, a kill) is asked for again.
        with contextlib.suppress(OSError):
            self._control.send(order.encode())

    def _readable(self) -> None:
        while self.state is ZygoteState.RUNNING:
            try:
                data = self._control.recv(_MAX_MESSAGE_BYTES)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            if not data or not self._understood(data):
                self._end()
                self._reap()
                for pid in self.pids.values():
                    # Its workers died with it; what they had started may not have.
                    with contextlib.suppress(ProcessLookupError, PermissionError):
                        os.killpg(pid, signal.SIGKILL)
                self._on_gone(self)
                return

    def _understood(self, data: bytes) -> bool:
        """Whether it was a report on a worker that was asked for: a zygote runs code of an app's author at times."""
        try:
            report = decode_report(data)
        except WrongMessage as error:
            _log.warning("a zygote broke the protocol of its connection and is ended: %s", error)
            return False
        self._silent_ticks, self._spoke = 0, True
        if isinstance(report, Pong):
            return True
        if report.worker not in self._spawned:
            _log.warning("a zygote reported on a worker that is not its own and is ended: %s", report.describe())
            return False
        if isinstance(report, Started):
            if parent_of(report.pid) == self._process.pid:
                self.pids[report.worker] = report.pid
            elif (pid := numbered_inside(self._process.pid, report.pid)) is not None:  # a confined zygote's number
                self.pids[report.worker] = pid
            return True  # in any other case it died already, or is somebody else's process
        if not 0 <= report.status <= _MAX_STATUS:
            return False
        self._spawned.discard(report.worker)
        self.pids.pop(report.worker, None)
        self._on_exit(report.worker, WorkerExit(report.status, report.reason))
        return True

    def _reap(self) -> None:
        """A process that closed its socket has ended or is about to; it must not stay as a zombie."""
        if self._process.poll() is None:
            self._process.kill()
            self._loop.call_later(0.05, self._reap)

    def _end(self) -> None:
        if self.state is ZygoteState.RUNNING:
            self.state = ZygoteState.GONE
            self._loop.remove_reader(self._control.fileno())
            self._control.close()
