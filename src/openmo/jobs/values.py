"""Jobs: background runs of a script in an isolated copy of a project."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from openmo.core.ids import AccountId, JobId, ProjectId
from openmo.core.states import JobState


class Device(StrEnum):
    """What a job asks for."""

    CPU = "cpu"
    GPU = "gpu"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRequest:
    """What a user asks for."""

    script: str
    """Path of a .py or .ipynb file in the project."""
    name: str = ""
    """Empty: `<script>-<number>`."""
    args: tuple[str, ...] = ()
    env: dict[str, str] = field(default_factory=dict)
    device: Device = Device.CPU
    time_limit: float | None = None
    """Seconds; None: no limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as it stands."""

    id: JobId
    project_id: ProjectId
    owner: str
    """The project's owner."""
    project: str
    """The project's name."""
    number: int
    """Counts up from 1 within the project."""
    name: str
    script: str
    args: tuple[str, ...]
    env: dict[str, str]
    device: Device
    time_limit: float | None
    state: JobState
    reason: str
    """One sentence: why it waits, or how it ended and what to do. Empty when there is nothing to say."""
    ending: str | None
    """How the process ended (a value of `ports.executor.ExitKind`); None before the end, and for what never ran."""
    exit_code: int | None
    stop_requested: bool
    tree: str
    """Digest of the code's snapshot."""
    snapshot_bytes: int
    snapshot_files: int
    created_by: AccountId
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    change: int
    """Grows with every change of any job: what is newer than the last look has a larger number."""

    @property
    def seconds(self) -> float | None:
        """Running time of an ended job; None before."""
        if self.started_at is None or self.ended_at is None:
            return None
        return (self.ended_at - self.started_at).total_seconds()


@dataclass(frozen=True, slots=True, kw_only=True)
class LogChunk:
    """A part of a job's log."""

    text: str
    start: int
    """Byte offset in the log of the first character."""
    end: int
    """Byte offset after the last; ask from here for what comes next."""
    size: int
    """Bytes in the log now."""
