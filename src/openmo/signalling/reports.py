"""What `openmo up` says of each process of the installation, for whoever shows it."""

from collections.abc import Callable
from enum import StrEnum

import msgspec

from openmo.core.messages import Message, as_message, as_plain, from_plain, message

SUPERVISOR = "up"
"""What reports call `openmo up` itself."""


class ServiceState(StrEnum):
    """Where a service stands."""

    STARTING = "starting"
    READY = "ready"
    DEGRADED = "degraded"
    """It answers, and says that a part which it stands on does not work."""
    UNRESPONSIVE = "unresponsive"
    """Its process runs, but does not answer."""
    BACKING_OFF = "backing off"
    STOPPING = "stopping"
    STOPPED = "stopped"


_RUNNING = frozenset({ServiceState.STARTING, ServiceState.READY, ServiceState.DEGRADED, ServiceState.UNRESPONSIVE})
MOVES = {
    ServiceState.STOPPED: frozenset({ServiceState.STARTING}),
    ServiceState.STARTING: _RUNNING | {ServiceState.BACKING_OFF, ServiceState.STOPPING},
    ServiceState.READY: _RUNNING - {ServiceState.STARTING} | {ServiceState.BACKING_OFF, ServiceState.STOPPING},
    ServiceState.DEGRADED: _RUNNING - {ServiceState.STARTING} | {ServiceState.BACKING_OFF, ServiceState.STOPPING},
    ServiceState.UNRESPONSIVE: _RUNNING | {ServiceState.BACKING_OFF, ServiceState.STOPPING},
    ServiceState.BACKING_OFF: frozenset({ServiceState.STARTING, ServiceState.STOPPED}),
    ServiceState.STOPPING: frozenset({ServiceState.STOPPED}),
}


class ServiceEnd(msgspec.Struct, frozen=True, kw_only=True):
    """How a service's process ended that was not meant to."""

    at: str
    """ISO 8601, UTC."""
    how: str
    """`exit code 1` or `signal SIGKILL`."""
    silent_seconds: int = 0
    """For how long it had not answered when it was killed for that; 0: it ended for another reason."""

    def describe(self) -> Message:
        """One sentence."""
        if self.silent_seconds:
            return message("It did not answer for %(seconds)s s, so it was killed.", seconds=self.silent_seconds)
        return message("It ended with %(how)s.", how=self.how)


class SentMessage(msgspec.Struct, frozen=True):
    """A message on its way from process to process: its readers' languages are known where it is shown."""

    sentence: str
    values: dict[str, "SentMessage | str | int | float"] = {}

    @classmethod
    def of(cls, text: str) -> "SentMessage":
        return msgspec.convert(as_plain(text), cls)

    def message(self) -> Message:
        return from_plain(msgspec.to_builtins(self))


class ServiceReport(msgspec.Struct, frozen=True, kw_only=True):
    """One service at one moment."""

    name: str
    state: ServiceState
    pid: int | None
    since: str
    """When it entered the state (ISO 8601, UTC)."""
    restarts: int
    detail: str = ""
    """What it says of itself while it does not work as it should; for whoever reads English."""
    problem: SentMessage | None = None
    """The same, for whoever shows it in other languages; None: nothing, or nothing but `detail`."""
    last_end: ServiceEnd | None = None
    """Why it was started anew last; None: it never was."""

    def describe(self) -> Message:
        """Why it is not ready, in one sentence; empty when it is."""
        match self.state:
            case ServiceState.UNRESPONSIVE if self.name == SUPERVISOR:
                return message(
                    "It is stopped, so what is said of the others may be out of date. Let it go on with SIGCONT."
                )
            case ServiceState.UNRESPONSIVE:
                return message("It does not answer. If that goes on, it is started anew.")
            case ServiceState.BACKING_OFF if self.last_end is not None:
                return self.last_end.describe()
        return as_message(self.detail) if self.problem is None else self.problem.message()


ReadReports = Callable[[], tuple[ServiceReport, ...] | None]
"""The services of this installation and their supervisor, which is `up`; None where no `openmo up` runs them."""
