"""What of an installation runs, in a file that anybody with the data folder can read and check."""

import fcntl
import json
import os
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from openmo.core.errors import Conflict
from openmo.core.hostile.paths import write_atomic
from openmo.system.process_identity import ProcessIdentity

STATE_FILE = "state.json"
_LOCK_FILE = "up.lock"


class AlreadyRunning(Conflict):
    """Another `openmo up` holds the data folder."""

    code = "already_running"
    title = "Already running"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceReport:
    """One service at one moment."""

    name: str
    state: ServiceState
    pid: int | None
    since: str
    """When it entered the state (ISO 8601, UTC)."""
    restarts: int
    detail: str = ""
    """Why it is not ready, in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """A running installation."""

    supervisor: ProcessIdentity
    services: tuple[ServiceReport, ...]
    facts: dict[str, Any] = field(default_factory=dict)
    """What `openmo up` knows beyond processes: url, data, isolation, ..."""

    def save(self, run: Path) -> None:
        value = {**self.facts, "supervisor": self.supervisor.to_json(), "processes": [asdict(s) for s in self.services]}
        write_atomic(run / STATE_FILE, json.dumps(value, indent=2, ensure_ascii=False).encode())


def load_running(run: Path) -> RunState | None:
    """The state of the living installation; None when none runs, whatever the file still says."""
    try:
        value = json.loads((run / STATE_FILE).read_bytes())
        supervisor = ProcessIdentity.from_json(value.pop("supervisor"))
        reports = [{**report, "state": ServiceState(report["state"])} for report in value.pop("processes")]
        services = tuple(ServiceReport(**report) for report in reports)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if supervisor is None or not supervisor.alive():
        return None
    return RunState(supervisor=supervisor, services=services, facts=value)


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
                f"OpenMo already runs on {self._path.parent.parent} ({who}). "
                "See `openmo status`, or stop it with `openmo down`.",
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
