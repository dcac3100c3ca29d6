"""Something that runs calls of deployed apps in processes of their own."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol

from openmo.core.errors import DeadlineExceeded, OpenMoError, Unavailable
from openmo.core.messages import message
from openmo.serving.directory import DeployedRelease


class HandlerFailed(OpenMoError):
    """The handler raised, or returned what its spec does not declare; the message is for the caller."""

    code: ClassVar[str] = "handler_failed"
    status: ClassVar[int] = 500
    title: ClassVar[str] = message("The app's handler failed")
    remedy = 'Try other inputs; the owner reads the traceback under "Calls and errors".'

    def __init__(self, message: str, *, trace: str = "") -> None:
        """`trace` is the traceback; for the owner alone, so it is no field."""
        super().__init__(message)
        self.trace = trace


class AppNotStarting(OpenMoError):
    """The handler's module cannot be imported."""

    code: ClassVar[str] = "app_not_starting"
    status: ClassVar[int] = 500
    title: ClassVar[str] = message("The app does not start")
    remedy = 'The owner reads the traceback under "Calls and errors", corrects handler.py and deploys again.'

    def __init__(self, message: str, *, trace: str = "") -> None:
        """`trace` is the traceback; for the owner alone, so it is no field."""
        super().__init__(message)
        self.trace = trace


class WorkerLost(OpenMoError):
    """The process that ran this call died: a crash, `os._exit`, a kill, or the memory limit."""

    code: ClassVar[str] = "worker_lost"
    status: ClassVar[int] = 500
    title: ClassVar[str] = message("The app's process died")
    remedy = 'Try smaller inputs; the owner looks at "Calls and errors".'


class CallTimedOut(DeadlineExceeded):
    """The call ran into the app's time limit."""

    code: ClassVar[str] = "call_timed_out"


class AppBusy(Unavailable):
    """The app's queue is full, or the machine runs as many workers as it may."""

    code: ClassVar[str] = "app_busy"
    title: ClassVar[str] = message("The app is busy")
    remedy = "Wait for `retry_after` seconds."


@dataclass(frozen=True, slots=True, kw_only=True)
class InputFile:
    """A file that belongs to one call; whoever runs the call moves it away from `path`."""

    path: Path
    name: str
    """A harmless file name with the right extension; the handler sees it as the end of its path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFile:
    """A file that a handler made; the receiver moves or removes it before the result is closed."""

    key: str
    """The output that it is the value of."""
    path: Path
    """A regular file (checked) that no other call's code can reach."""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallOutput:
    """What a call returned, or one thing that it yielded."""

    json: bytes
    """A valid JSON document, encoded; the values of file outputs are null in it."""
    files: tuple[OutputFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallResult:
    """A finished call."""

    output: CallOutput
    duration: float
    """Seconds from the hand-over to a worker to its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStream:
    """A call whose handler is a generator.

    `outputs` gives what it yields, at the receiver's pace, and raises what the call raises. Closing the iterator early
    ends the call (and its process, which cannot be interrupted otherwise).
    """

    outputs: AsyncGenerator[CallOutput, None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolStats:
    """What runs at this moment."""

    workers: int = 0
    busy: int = 0
    queued: int = 0
    zygotes: int = 0
    calls: int = 0
    failures: int = 0
    """Calls that ended in an error of the app (not of the caller)."""
    by_release: Mapping[str, int] = field(default_factory=dict)
    """Workers by release id."""


class WorkerPool(Protocol):
    """Runs calls; each call costs at most one worker, whatever its code does."""

    async def start(self) -> None:
        """Calls may come. Starting twice changes nothing."""
        ...

    async def call(
        self, release: DeployedRelease, inputs: Mapping[str, object], files: Mapping[str, InputFile] | None = None
    ) -> CallResult | CallStream:
        """What the handler answers to validated `inputs` (JSON values) and `files` (by input name).

        Raises HandlerFailed, AppNotStarting, WorkerLost, CallTimedOut or AppBusy. Cancelling the wait ends the call,
        and its process where it runs already, since a handler cannot be interrupted otherwise.
        """
        ...

    def stats(self) -> PoolStats: ...

    def problem(self) -> str:
        """Why calls cannot be run at this moment, in one sentence; empty when they can."""
        ...

    async def close(self) -> None:
        """No process of the pool is left; waiting calls get AppBusy. Closing twice changes nothing."""
        ...
