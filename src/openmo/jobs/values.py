"""Jobs: background runs of a script in an isolated copy of a project."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath

from openmo.core.ids import AccountId, JobId, ProjectId
from openmo.core.states import JobState
from openmo.environments.packages import PackageChange, lock_lines
from openmo.environments.recipes import EnvironmentRecipe
from openmo.events.values import Amount

LARGE_SNAPSHOT = 100_000_000
"""Bytes of a snapshot from which on people are told what makes it so large."""


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
    env: Mapping[str, str] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Variables whose values nobody sees again: encrypted at rest, handed to the job alone."""
    device: Device = Device.CPU
    cpus: int = 1
    gpus: int = 0
    """At least 1 for the device `gpu`, which any number above 0 means."""
    memory_limit: int | None = None
    """Bytes that all processes of the job may hold together; None: no limit."""
    time_limit: float | None = None
    """Seconds of running time; None: no limit."""
    priority: int = 0
    """Higher goes first; only administrators may ask for more than 0."""
    code_of: int | None = None
    """Number of an earlier job whose snapshot is run, in its environment; None: the code as it is now."""
    present_environment: bool = False
    """Run that snapshot in the environment as it is now."""
    secrets_of: int | None = None
    """Number of an earlier job of the project whose secrets are taken over; those in `secrets` go before them."""


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
    secret_names: tuple[str, ...]
    sealed_secrets: str = field(repr=False)
    """The secrets as `secrets.SecretBox` sealed them; empty: none."""
    device: Device
    cpus: int
    gpus: int
    memory_limit: int | None
    time_limit: float | None
    priority: int
    granted_gpus: tuple[str, ...]
    """UUIDs of the GPUs that the job holds while it runs, and held."""
    state: JobState
    reason: str
    """One sentence: why it waits, or how it ended and what to do. Empty when there is nothing to say."""
    reason_code: str
    """What `reason` says, for programs and other languages (a key of `reasons.SENTENCES`); empty: `reason` alone."""
    reason_params: Mapping[str, Amount]
    ending: str | None
    """How the process ended (a value of `ports.executor.ExitKind`); None before the end, and for what never ran."""
    exit_code: int | None
    peak_memory: int | None
    """The most bytes that its processes held; None before the end, and where nobody looked."""
    stop_requested: bool
    tree: str
    """Digest of the code's snapshot."""
    environment: str = ""
    """Digest of the environment that it runs in; empty for jobs of before that was recorded."""
    packages: tuple[str, ...] = ()
    """The project's own packages at its submission, as `pip freeze` writes them; they are part of the snapshot."""
    missing: tuple[str, ...] = ()
    """What its requirements.txt named that was neither there nor in the environment."""
    snapshot_bytes: int
    snapshot_files: int
    created_by: AccountId
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    change: int
    """Grows with every change of any job: what is newer than the last look has a larger number."""

    @property
    def has_generated_name(self) -> bool:
        """Whether nobody gave it a name."""
        return self.name == f"{PurePosixPath(self.script).stem}-{self.number}"

    @property
    def seconds(self) -> float | None:
        """Running time of an ended job; None before. Not below 0, though the machine's clock may be set back."""
        if self.started_at is None or self.ended_at is None:
            return None
        return max(0.0, (self.ended_at - self.started_at).total_seconds())


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEnvironment:
    """What a job runs in."""

    recipe: EnvironmentRecipe | None
    """How it was built; None for jobs of before that was recorded."""
    exists: bool
    """Whether it need not be built again."""
    is_present: bool
    """Whether a new job gets the same."""
    packages: tuple[str, ...]
    """The project's own, on top."""
    missing: tuple[str, ...]
    """What requirements.txt named besides."""
    earlier: int | None
    """Number of the script's run before; None: this is the first."""
    changes: tuple[PackageChange, ...]
    """What differs from that run's."""

    @property
    def requirements(self) -> str:
        """All of it as a requirements file."""
        return "".join(f"{line}\n" for line in (*self.base, *self.packages))

    @property
    def base(self) -> tuple[str, ...]:
        """The packages of the shared environment."""
        return lock_lines(self.recipe.lock) if self.recipe is not None else ()


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
