"""Something that runs job processes and tells the truth about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path, PurePath
from typing import Protocol

from openmo.core.ids import JobId
from openmo.sandbox.policy import SandboxPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLaunch:
    """Everything needed to run one job.

    `folder` belongs to the job alone. In it the executor keeps `log` (stdout and stderr in order, appended by the job
    itself), `log.times` (16-byte records: little-endian uint64 offset, float64 unix seconds), the shim's identity and
    finally the exit record.
    """

    job_id: JobId
    folder: Path
    argv: Sequence[str]
    cwd: PurePath
    variables: Mapping[str, str] = field(repr=False)
    """May hold secrets."""
    policy: SandboxPolicy
    gpus: Sequence[str] = ()
    """UUIDs of the GPUs that the job was granted, to be watched; `variables` make them visible."""
    time_limit: float | None = None
    """Seconds of running time; None: no limit."""
    grace: float = 10.0
    """Seconds between SIGTERM and SIGKILL."""
    log_limit: int = 1 << 30
    """Bytes of log kept in full; beyond it the middle is dropped and a marker says so."""


class ExitKind(StrEnum):
    """How a job's process ended."""

    EXITED = "exited"
    """It returned an exit code."""
    SIGNALLED = "signalled"
    """It died of a signal that nobody here sent."""
    TERMINATED = "terminated"
    """It was stopped."""
    TIME_LIMIT = "time_limit"
    OUT_OF_MEMORY = "out_of_memory"
    TOO_MANY_PROCESSES = "too_many_processes"
    """It was stopped since it had more processes and threads than it may."""
    DISK_FULL = "disk_full"
    """It was stopped since it filled the disk."""
    LOST = "lost"
    """Its shim vanished without a record (kill -9, power cut)."""
    NOT_STARTED = "not_started"
    """The process could not be started at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """The end of a job's process, as the operating system told it."""

    kind: ExitKind
    code: int | None = None
    signal: int | None = None
    started_at: float | None = None
    """Unix seconds."""
    ended_at: float
    """Unix seconds."""
    detail: str = ""
    """One sentence: what happened and the one action that mends it."""
    rebooted: bool = False
    """Whether a lost job was lost because the machine was restarted."""
    unrecorded: bool = False
    """Whether what said how a lost job ended is damaged or gone."""
    failure: str = ""
    """Why a process could not be started, in the few words of whatever refused it."""
    disk_full: bool = False
    """Whether there was no space left for its log and its record when it ended."""
    peak_memory_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningProcess:
    """The job's process runs."""

    pid: int
    started_at: float


class Unstarted:
    """No process was ever started in that folder."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """Slots of one executor; a GPU is named by its UUID."""

    cpus: int
    gpus: tuple[str, ...] = ()
    memory_bytes: int | None = None
    """Memory of the machine; None where nobody knows."""


class Executor(Protocol):
    """Runs jobs; every method may be called again after a crash of the caller."""

    def capacity(self) -> Capacity:
        """All slots, used or free."""
        ...

    def start(self, launch: JobLaunch) -> None:
        """The job runs, once: a second call for the same folder changes nothing."""
        ...

    def observe(self, folder: Path) -> Unstarted | RunningProcess | Exit:
        """The truth of this moment, from the operating system and the exit record."""
        ...

    def terminate(self, folder: Path) -> None:
        """The whole process tree is asked to stop (SIGTERM), then killed after the grace time; returns at once."""
        ...
