"""Jobs on the wire."""

from dataclasses import asdict
from datetime import datetime

from pydantic import BaseModel, Field

from openmo.core.amounts import memory_text, parse_memory, parse_seconds, time_text
from openmo.core.references import Reference
from openmo.core.states import JobState
from openmo.events.values import Amount
from openmo.jobs.module_jobs import ModuleCall
from openmo.jobs.results.values import Usage
from openmo.jobs.values import LARGE_SNAPSHOT, Device, Job, JobEnvironment, JobRequest
from openmo.storage.store import TreeSummary
from openmo.wire.secret import Secret


class JobView(BaseModel):
    """A job as API callers see it. Values of its variables stay on the server: they may be secrets."""

    id: str
    number: int
    owner: str
    project: str
    name: str
    script: str
    args: list[str]
    env: list[str]
    """Names of the variables that were set."""
    secrets: list[str]
    """Names of the secrets that were set."""
    device: Device
    cpus: int
    gpus: int
    memory_limit: int | None
    """Bytes."""
    time_limit: float | None
    """Seconds."""
    priority: int
    environment: str
    """Digest of the environment that it runs in; empty for jobs of before that was recorded."""
    missing: list[str]
    """What its requirements.txt names that is not installed: `!pip install -r requirements.txt` in a notebook helps."""
    state: JobState
    reason: str
    reason_code: str
    """What `reason` says, for programs; empty when there is nothing to say."""
    reason_params: dict[str, Amount]
    ending: str | None
    exit_code: int | None
    peak_memory: int | None
    """Bytes that its processes held at most, once it has ended."""
    stop_requested: bool
    snapshot_bytes: int
    snapshot_files: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    url: str

    @classmethod
    def of(cls, job: Job) -> "JobView":
        shown: dict[str, object] = {
            name: getattr(job, name)
            for name in JobView.model_fields
            if name not in ("args", "env", "secrets", "missing", "url")
        }
        url = f"/projects/{job.owner}/{job.project}/jobs/{job.number}"
        lists: dict[str, object] = {"args": list(job.args), "env": sorted(job.env), "secrets": list(job.secret_names)}
        return cls.model_validate(shown | lists | {"missing": list(job.missing), "url": url})


class SnapshotFile(BaseModel):
    path: str
    bytes: int


class SnapshotView(BaseModel):
    """The code that a job runs."""

    files: int
    bytes: int
    largest: list[SnapshotFile]
    """At most ten."""
    large: bool
    """Whether it is so large that data probably lies among the code: datasets/ and results/ are not copied."""

    @classmethod
    def of(cls, tree: TreeSummary) -> "SnapshotView":
        largest = [SnapshotFile(path=path, bytes=size) for path, size in tree.largest]
        return cls(files=tree.files, bytes=tree.bytes, largest=largest, large=tree.bytes > LARGE_SNAPSHOT)


class PackageChangeView(BaseModel):
    name: str
    before: str
    """Its version or address; empty: it was not there."""
    after: str


class JobEnvironmentView(BaseModel):
    """What a job runs in."""

    digest: str
    python: str
    """Empty when it was not recorded, as for jobs of old versions."""
    base: list[str]
    """Packages of the environment that projects share."""
    packages: list[str]
    """The project's own, on top."""
    missing: list[str]
    """What requirements.txt names besides."""
    exists: bool
    """Whether it need not be built again."""
    is_present: bool
    """Whether a new job gets the same."""
    earlier: int | None
    """Number of the script's run before."""
    changes: list[PackageChangeView]
    """What differs from that run's."""

    @classmethod
    def of(cls, job: Job, found: JobEnvironment) -> "JobEnvironmentView":
        return cls(
            digest=job.environment,
            python=found.recipe.python if found.recipe is not None else "",
            base=list(found.base),
            packages=list(found.packages),
            missing=list(found.missing),
            exists=found.exists,
            is_present=found.is_present,
            earlier=found.earlier,
            changes=[PackageChangeView(**asdict(change)) for change in found.changes],
        )


class JobDraft(BaseModel):
    """A job to be submitted."""

    script: str = ""
    """May be left out with `code_of`."""
    name: str = ""
    args: list[str] = Field(default_factory=list)
    env: dict[str, str] = Field(default_factory=dict)
    secrets: dict[str, Secret] = Field(default_factory=dict)
    """Variables that are encrypted at rest and never shown again."""
    device: Device = Device.CPU
    cpus: int = 1
    gpus: int = 0
    memory_limit: int | str | None = None
    """Bytes, or text such as `2G`."""
    time_limit: float | str | None = None
    """Seconds, or text such as `1h30m`."""
    priority: int = 0
    code_of: int | None = None
    """Number of an earlier job: its snapshot is run, in its environment, instead of the code as it is now."""
    present_environment: bool = False
    """With `code_of`: in the environment as it is now."""
    secrets_of: int | None = None
    """Number of an earlier job: its secrets are taken over."""

    def request(self) -> JobRequest:
        """Raises InvalidInput for an amount that cannot be read."""
        memory, seconds = self.memory_limit, self.time_limit
        return JobRequest(
            script=self.script,
            name=self.name,
            args=tuple(self.args),
            env=self.env,
            secrets={name: value.get_secret_value() for name, value in self.secrets.items()},
            device=self.device,
            cpus=self.cpus,
            gpus=self.gpus,
            memory_limit=parse_memory(memory) if isinstance(memory, str) else memory,
            time_limit=parse_seconds(seconds) if isinstance(seconds, str) else seconds,
            priority=self.priority,
            code_of=self.code_of,
            present_environment=self.present_environment,
            secrets_of=self.secrets_of,
        )


class ModuleJobDraft(BaseModel):
    """A call of a module that is to run as a job."""

    module: str
    """`owner/name/version`, or `owner/name` for the newest."""
    method: str
    """`train`, `predict` or `run`."""
    values: dict[str, object] = Field(default_factory=dict)
    """By parameter, as a form has them: texts are read by type. What is left out gets its default or a placeholder."""
    own_environment: bool = False
    """Whether the module runs in the environment that belongs to it."""
    name: str = ""
    """Of the job; empty: made of the script's."""

    def call(self) -> ModuleCall:
        """Raises InvalidInput for what names no module."""
        return ModuleCall(
            module=Reference.parse(self.module, field="module", versioned=True),
            method=self.method,
            values=self.values,
            own_environment=self.own_environment,
            name=self.name,
        )


class JobDraftView(BaseModel):
    """A job as it was asked for, to be changed and asked for again."""

    number: int
    name: str
    """Empty: it was made from the script's name."""
    script: str
    args: list[str]
    env: dict[str, str]
    """With their values, since only the project's owner sees this."""
    secrets: list[str]
    """Names alone."""
    device: Device
    cpus: int
    gpus: int
    memory_limit: str
    """As it may be typed, such as `2 GiB`; empty: no limit."""
    time_limit: str

    @classmethod
    def of(cls, job: Job) -> "JobDraftView":
        return cls(
            number=job.number,
            name="" if job.has_generated_name else job.name,
            script=job.script,
            args=list(job.args),
            env=dict(job.env),
            secrets=list(job.secret_names),
            device=job.device,
            cpus=job.cpus,
            gpus=job.gpus,
            memory_limit=memory_text(job.memory_limit) if job.memory_limit else "",
            time_limit=time_text(job.time_limit) if job.time_limit else "",
        )


class JobOptions(BaseModel):
    """What a new job of a project can ask for."""

    scripts: list[str]
    """Scripts and notebooks at the top of the workspace."""
    cpus: int
    gpus: int
    memory_bytes: int | None
    """None where nobody knows."""


class PriorityChange(BaseModel):
    priority: int


class JobNumbers(BaseModel):
    numbers: list[int] = Field(max_length=1000)


class JobList(BaseModel):
    items: list[JobView]


class ResourcesView(BaseModel):
    """What a job uses, sampled about every second, and what it may use. Curves are of equal length."""

    time: list[float]
    """Unix seconds."""
    cpus: list[float]
    """CPUs busy."""
    memory: list[int]
    """Bytes of all processes together."""
    gpus: list[float | None]
    """GPUs busy; null where the driver does not say."""
    gpu_memory: list[int]
    """Bytes."""
    has_gpus: bool
    cpus_granted: int
    gpus_granted: int
    memory_limit: int | None
    peak_memory: int | None

    @classmethod
    def of(cls, job: Job, usage: Usage) -> "ResourcesView":
        return cls(
            **asdict(usage),
            cpus_granted=job.cpus,
            gpus_granted=len(job.granted_gpus),
            memory_limit=job.memory_limit,
            peak_memory=max(usage.memory, default=None) if job.peak_memory is None else job.peak_memory,
        )
