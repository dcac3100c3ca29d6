"""Metrics of jobs, and jobs beside each other, on the wire. A gap (NaN, infinity) is null."""

import math
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel

from openmo.core.states import JobState
from openmo.jobs.results.comparing import Group, arguments_of
from openmo.jobs.values import Job
from openmo.metrics.values import Axis, MetricSummary, Series, StoreStatus
from openmo.metrics.views.averaging import MeanCurve


class Across(StrEnum):
    """What is asked for as x: `auto` is the step or epoch where there is one, and else the time."""

    AUTO = "auto"
    STEP = "step"
    EPOCH = "epoch"
    TIME = "time"
    ELAPSED = "elapsed"

    @property
    def axis(self) -> Axis | None:
        """The column; None: the natural one."""
        if self is Across.AUTO:
            return None
        return Axis.TIME if self is Across.ELAPSED else Axis(self.value)


def finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


class MetricView(BaseModel):
    """One charted metric of a job."""

    name: str
    axis: Axis
    """What it was printed with."""
    count: int
    last_value: float | None
    last_step: int | None
    min: float | None
    max: float | None

    @classmethod
    def of(cls, item: MetricSummary) -> "MetricView":
        return cls(
            name=item.name,
            axis=item.axis,
            count=item.count,
            last_value=finite(item.last_value),
            last_step=item.last_step,
            min=item.min,
            max=item.max,
        )


class MetricList(BaseModel):
    metrics: list[MetricView]
    dropped: int
    """Values that were refused: their name is longer than 200 characters, or one of more than 10,000."""
    malformed: int
    """Lines that name a metric and could not be read as one."""
    malformed_line: str | None
    """The first of them, as far as it is short."""

    @classmethod
    def of(cls, items: Iterable[MetricSummary], status: StoreStatus, malformed_line: str | None) -> "MetricList":
        metrics = [MetricView.of(item) for item in items]
        return cls(metrics=metrics, dropped=status.dropped, malformed=status.malformed, malformed_line=malformed_line)


class SeriesView(BaseModel):
    """Points of one metric."""

    name: str
    x_kind: str
    """`step`, `epoch`, `time` (unix seconds) or `elapsed` (seconds since the job's start)."""
    x: list[float]
    y: list[float | None]
    total: int
    """Points in the range, shown or not."""
    raw: bool
    """Whether every point of the range is here."""

    @classmethod
    def of(cls, found: Series, *, elapsed: bool = False) -> "SeriesView":
        return cls(
            name=found.name,
            x_kind="elapsed" if elapsed else found.axis,
            x=found.x.tolist(),
            y=[finite(value) for value in found.y.tolist()],
            total=found.total,
            raw=found.is_raw,
        )


class Outcome(BaseModel):
    """What one job made of one metric."""

    count: int
    last: float | None
    min: float | None
    max: float | None

    @classmethod
    def of(cls, item: MetricSummary) -> "Outcome":
        return cls(count=item.count, last=finite(item.last_value), min=item.min, max=item.max)


class ComparedJob(BaseModel):
    """One of the jobs beside each other."""

    number: int
    name: str
    script: str
    state: JobState
    url: str
    created_at: datetime
    started_at: datetime | None
    seconds: float | None
    """Running time of an ended job."""
    code: str
    """The same for jobs that ran the same code."""
    arguments: dict[str, str]
    metrics: dict[str, Outcome]

    @classmethod
    def of(cls, job: Job, items: Iterable[MetricSummary]) -> "ComparedJob":
        return cls(
            number=job.number,
            name=job.name,
            script=job.script,
            state=job.state,
            url=f"/projects/{job.owner}/{job.project}/jobs/{job.number}",
            created_at=job.created_at,
            started_at=job.started_at,
            seconds=job.seconds,
            code=job.tree[:8],
            arguments=arguments_of(job.args),
            metrics={item.name: Outcome.of(item) for item in items},
        )


class GroupView(BaseModel):
    """Jobs that were asked to do the same."""

    jobs: list[int]
    arguments: dict[str, str]

    @classmethod
    def of(cls, group: Group) -> "GroupView":
        return cls(jobs=[job.number for job in group.jobs], arguments=dict(group.arguments))


class SharedMetric(BaseModel):
    name: str
    jobs: int
    """How many of the jobs printed it."""


class ComparisonView(BaseModel):
    """Jobs beside each other."""

    jobs: list[ComparedJob]
    missing: list[int]
    """Numbers that were asked for and are no jobs (any more)."""
    differing: list[str]
    """Arguments that are not the same in all of the jobs."""
    metrics: list[SharedMetric]
    """Those that most jobs have come first."""
    metrics_left_out: int
    """Metrics beyond the first 200 that fit the search."""
    groups: list[GroupView]


class JobCurve(SeriesView):
    job: int


class GroupCurve(BaseModel):
    """The mean of a group's curves; deviation is null where fewer than two runs reach."""

    jobs: list[int]
    x: list[float]
    mean: list[float | None]
    deviation: list[float | None]
    runs: list[int]

    @classmethod
    def of(cls, jobs: list[int], found: MeanCurve) -> "GroupCurve":
        return cls(
            jobs=jobs,
            x=found.x.tolist(),
            mean=[finite(value) for value in found.mean.tolist()],
            deviation=[finite(value) for value in found.deviation.tolist()],
            runs=found.runs.tolist(),
        )


class ComparedSeries(BaseModel):
    """One metric of several jobs: a curve for each, or one for each group of equal arguments."""

    name: str
    x_kind: str
    curves: list[JobCurve]
    groups: list[GroupCurve]
