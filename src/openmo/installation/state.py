"""What of an installation runs, in a file that anybody with the data folder can read and check."""

import time
from pathlib import Path
from typing import Self

import msgspec
from msgspec import UNSET, UnsetType

from openmo.config.settings import DataFolder
from openmo.core.plain import read_plain
from openmo.installation.lock import lock_holder
from openmo.signalling.reports import SUPERVISOR, ServiceReport, ServiceState
from openmo.system.process_identity import ProcessIdentity
from openmo.system.processes import is_stopped

STATE_FILE = "state.json"
_READ_SECONDS = 3.0
"""How long a state that is damaged is waited for: its writer puts it back."""
_POLL_SECONDS = 0.05


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
    """Empty: not known yet, or not to be found out."""
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

    def reports(self) -> tuple[ServiceReport, ...]:
        """The supervisor, as `up`, and its services."""
        state = ServiceState.UNRESPONSIVE if is_stopped(self.supervisor.pid) else ServiceState.READY
        supervisor = ServiceReport(name=SUPERVISOR, state=state, pid=self.supervisor.pid, since="", restarts=0)
        return (supervisor, *self.processes)

    def encode(self) -> bytes:
        """As the file `STATE_FILE` of the run folder holds it."""
        return msgspec.json.format(msgspec.json.encode(self), indent=2)


def read_reports(folder: DataFolder) -> tuple[ServiceReport, ...] | None:
    """The living supervisor and its services; None when none runs."""
    running = load_running(folder)
    return None if running is None else running.reports()


def load_running(folder: DataFolder) -> RunState | None:
    """The installation that runs on the data folder; None when none does, whatever its file still says.

    Whoever holds the folder's lock runs. Where its file is damaged or gone it is waited for, since it is put back;
    where it is not, as on a full disk, the process is all that is known.
    """
    deadline = time.monotonic() + _READ_SECONDS
    while True:
        state, holder = _read(folder.run), lock_holder(folder.root)
        if state is not None and state.supervisor.process.alive() and holder in (None, state.supervisor.pid):
            return state
        if holder is None:
            return None
        if time.monotonic() > deadline:
            return RunState(supervisor=Supervisor.of(ProcessIdentity.of(holder)), data=str(folder.root))
        time.sleep(_POLL_SECONDS)


def _read(run: Path) -> RunState | None:
    try:
        return _decode(read_plain(run / STATE_FILE))
    except (OSError, msgspec.DecodeError, RecursionError):
        return None


_decode = msgspec.json.Decoder(RunState).decode
