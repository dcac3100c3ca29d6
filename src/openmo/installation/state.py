"""What of an installation runs, in a file that anybody with the data folder can read and check."""

import fcntl
import os
from enum import StrEnum
from pathlib import Path
from typing import Self

import msgspec
from msgspec import UNSET, UnsetType

from openmo.core.errors import Conflict
from openmo.core.hostile.paths import write_atomic
from openmo.core.messages import message
from openmo.system.process_identity import ProcessIdentity

STATE_FILE = "state.json"
_LOCK_FILE = "up.lock"


class AlreadyRunning(Conflict):
    """Another `openmo up` holds the data folder."""

    code = "already_running"
    title = "Already running"
    remedy = "Use the OpenMo that runs, or stop it with `openmo down`."


class ServiceState(StrEnum):
    """Where a service stands."""

    STARTING = "starting"
    READY = "ready"
    BACKING_OFF = "backing off"
    STOPPING = "stopping"
    STOPPED = "stopped"


MOVES = {
    ServiceState.STOPPED: {ServiceState.STARTING},
    ServiceState.STARTING: {ServiceState.READY, ServiceState.BACKING_OFF, ServiceState.STOPPING},
    ServiceState.READY: {ServiceState.BACKING_OFF, ServiceState.STOPPING},
    ServiceState.BACKING_OFF: {ServiceState.STARTING, ServiceState.STOPPED},
    ServiceState.STOPPING: {ServiceState.STOPPED},
}


class ServiceReport(msgspec.Struct, frozen=True, kw_only=True):
    """One service at one moment."""

    name: str
    state: ServiceState
    pid: int | None
    since: str
    """When it entered the state (ISO 8601, UTC)."""
    restarts: int
    detail: str = ""
    """Why it is not ready, in one sentence."""


class Supervisor(msgspec.Struct, frozen=True, kw_only=True):
    """Which `openmo up` wrote the state."""

    pid: int
    started: int
    boot: str

    @classmethod
    def of(cls, process: ProcessIdentity) -> Self:
        return msgspec.convert(process.values(), cls)

    @property
    def process(self) -> ProcessIdentity:
        return ProcessIdentity(pid=self.pid, started=self.started, boot=self.boot)


class ApiAccess(msgspec.Struct, frozen=True, kw_only=True):
    """How the command line reaches the REST API; the token is a secret."""

    url: str
    token: str


class RunState(msgspec.Struct, frozen=True, kw_only=True):
    """A running installation. What is not known yet is left out of the file."""

    supervisor: Supervisor
    processes: tuple[ServiceReport, ...] = ()
    url: str = ""
    data: str = ""
    isolation: str = ""
    """The sandbox's name."""
    laptop: bool = False
    account: str | UnsetType = UNSET
    """In laptop mode: who the sign-in link signs in."""
    api: ApiAccess | UnsetType = UNSET
    """In laptop mode, once everything is ready."""

    def describe(self) -> str:
        return f"OpenMo runs at {self.url} (process {self.supervisor.pid}) with {len(self.processes)} services."

    def save(self, run: Path) -> None:
        write_atomic(run / STATE_FILE, msgspec.json.format(msgspec.json.encode(self), indent=2))


def load_running(run: Path) -> RunState | None:
    """The state of the living installation; None when none runs, whatever the file still says."""
    try:
        state = _decode((run / STATE_FILE).read_bytes())
    except (OSError, msgspec.DecodeError, RecursionError):
        return None
    return state if state.supervisor.process.alive() else None


_decode = msgspec.json.Decoder(RunState).decode


class DataLock:
    """Held by the one supervisor of a data folder; the kernel lets go of it when that process ends, however it ends."""

    def __init__(self, run: Path) -> None:
        self._path = run / _LOCK_FILE
        self._descriptor = -1

    def acquire(self) -> None:
        """Raises AlreadyRunning, which names the holder."""
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip()
            os.close(descriptor)
            pid = int(holder) if holder.isdigit() else None
            who = f"process {pid}" if pid else "another process that is just starting"
            raise AlreadyRunning(
                message(
                    "OpenMo already runs on %(data)s (%(who)s). See `openmo status`, or stop it with `openmo down`.",
                    data=self._path.parent.parent,
                    who=who,
                ),
                pid=pid,
            ) from error
        self._descriptor = descriptor
        self.claim()

    def claim(self) -> None:
        """The lock names this process (call again after a fork that hands the lock on)."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)

    def release(self) -> None:
        if self._descriptor >= 0:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = -1
