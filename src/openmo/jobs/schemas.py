"""Jobs on the wire."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from openmo.core.states import JobState
from openmo.jobs.values import Device, Job, JobRequest


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
    device: Device
    time_limit: float | None
    state: JobState
    reason: str
    ending: str | None
    exit_code: int | None
    stop_requested: bool
    snapshot_bytes: int
    snapshot_files: int
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    url: str

    @classmethod
    def of(cls, job: Job) -> "JobView":
        shown: dict[str, Any] = {
            name: getattr(job, name) for name in cls.model_fields if name not in ("args", "env", "url")
        }
        url = f"/projects/{job.owner}/{job.project}/jobs/{job.number}"
        return cls(args=list(job.args), env=sorted(job.env), url=url, **shown)


class JobDraft(BaseModel):
    """A job to be submitted."""

    script: str
    name: str = ""
    args: list[str] = Field(default_factory=list)
    env: dict[str, str] = Field(default_factory=dict)
    device: Device = Device.CPU
    time_limit: float | None = None

    def request(self) -> JobRequest:
        return JobRequest(
            script=self.script,
            name=self.name,
            args=tuple(self.args),
            env=self.env,
            device=self.device,
            time_limit=self.time_limit,
        )


class JobList(BaseModel):
    items: list[JobView]


class MetricView(BaseModel):
    """One charted metric of a job."""

    name: str
    count: int
    last_value: float | None
    last_step: int | None
    min: float | None
    max: float | None


class MetricList(BaseModel):
    metrics: list[MetricView]


class SeriesView(BaseModel):
    """Points of one metric; a gap (NaN, infinity) is null."""

    name: str
    x_kind: str
    """`step`, `epoch` or `time` (unix seconds)."""
    x: list[float]
    y: list[float | None]
    total: int
    """Points in the range, shown or not."""
    raw: bool
    """Whether every point of the range is here."""
