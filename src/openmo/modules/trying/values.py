"""Calls of a module's methods from outside a project: what is asked, what comes back, and what can go wrong."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Protocol

from openmo.core.errors import DeadlineExceeded, OpenMoError
from openmo.core.messages import message
from openmo.environments.recipes import UserEnvironment
from openmo.modules.process import ProcessLimits
from openmo.modules.values import ModuleMethod
from openmo.serving.pool import InputFile


class ModuleFailed(OpenMoError):
    """The module's method raised, returned what its spec does not declare, or took more than a call may."""

    code: ClassVar[str] = "module_failed"
    status: ClassVar[int] = 422
    title: ClassVar[str] = message("The module failed")
    remedy = "Try other values; `file` and `line` say where the module stopped, and `traceback` how it got there."

    def __init__(self, message: str, *, log: str = "", **fields: object) -> None:
        """`log`: what it printed last."""
        super().__init__(message, **fields, **({"log": log} if log else {}))


class ModuleTimedOut(DeadlineExceeded):
    """The call took longer than a call from outside may."""

    code: ClassVar[str] = "module_timed_out"
    remedy = "Send less work, or import the module and call it in a notebook or a job, where it may take its time."


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits(ProcessLimits):
    """What a call may use, and how many there may be."""

    seconds: float = 60.0
    memory_bytes: int = 2 << 30
    disk_bytes: int = 256 << 20
    files: int = 2000
    log_bytes: int = 256 << 10
    at_once: int = 3
    """On this machine; those that come then wait for a place."""
    waiting: int = 8
    wait_seconds: float = 30.0
    per_person: int = 2
    """Running and waiting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleCall:
    """One call, read and checked."""

    owner: str
    name: str
    version: str
    folder: Path
    """The module's files: a tree that nobody changes."""
    method: ModuleMethod
    conf: Mapping[str, object]
    files: Mapping[str, InputFile] = field(default_factory=dict)
    """Inputs that are files, by name; they are moved."""
    environment: UserEnvironment
    network: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedFile:
    """A file that a method made, where no user code reaches it."""

    output: str
    path: Path
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswer:
    """What a method returned."""

    output: dict[str, object]
    """JSON values by name; None stands for each file."""
    files: tuple[ReturnedFile, ...]
    types: Mapping[str, str]
    """Of each output, as far as it is known."""
    seconds: float
    log: str
    """What it printed last."""


class MethodCaller(Protocol):
    """Something that calls a method of a module once."""

    def call(self, wanted: ModuleCall, outbox: Path) -> CallAnswer:
        """Blocks until it has ended, in the sandbox and within limits; nothing but the files is left afterwards.

        They are in `outbox`, a folder of the platform's own. Raises ModuleFailed and ModuleTimedOut for what the module
        does, and Unavailable where it could not be started.
        """
        ...
