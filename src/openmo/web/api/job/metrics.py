"""/api/v1/projects/{owner}/{name}/jobs/{number}/metrics: what one job printed, as tables, curves and files."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from openmo.accounts.rights import Kind, Verb
from openmo.jobs.results.schemas import Across, MetricList, SeriesView
from openmo.jobs.values import Job
from openmo.metrics.views.downsample import series
from openmo.metrics.views.export import Format, Part, export
from openmo.web.api.dependencies import ActorDep, JobDep
from openmo.web.api.downloads import download, file_name
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs

router = APIRouter(tags=["metrics"])
_METRICS = "/projects/{owner}/{name}/jobs/{number}/metrics"
_LINE_MAX = 200


@router.get(_METRICS, dependencies=needs(Kind.JOB, Verb.SEE))
def list_metrics(services: ServicesDep, actor: ActorDep, job: JobDep) -> MetricList:
    """The job's charted metrics, in the order of their first point, and what of its log could not be charted."""
    reader = services.job_results.metrics(actor, job)
    status = reader.status()
    line = None
    if status.malformed_at is not None:
        text = services.job_logs.read(actor, job, start=status.malformed_at, limit=4 * _LINE_MAX).text
        line = text.replace("\r", "\n").partition("\n")[0].strip()[:_LINE_MAX]
    return MetricList.of(reader.summaries(), status, line)


@router.get(_METRICS + "/series", dependencies=needs(Kind.JOB, Verb.SEE))
def show_series(
    *,
    services: ServicesDep,
    actor: ActorDep,
    job: JobDep,
    metric: str,
    points: int = 1000,
    x: Across = Across.AUTO,
    start: Annotated[float | None, Query(allow_inf_nan=False)] = None,
    end: Annotated[float | None, Query(allow_inf_nan=False)] = None,
    beside: bool = False,
) -> SeriesView:
    """One metric's curve between `start` and `end` in about `points` points; extremes are never dropped.

    A range that holds no more points comes back raw. `beside` adds the point before and the point after the range.
    """
    reader = services.job_results.metrics(actor, job)
    elapsed = x is Across.ELAPSED
    origin = started(job) if elapsed else 0.0
    found = series(reader, metric, points=points, x=x.axis, start=start, end=end, origin=origin, beside=beside)
    return SeriesView.of(found, elapsed=elapsed)


@router.get(_METRICS + "/export", dependencies=needs(Kind.JOB, Verb.SEE), response_class=StreamingResponse)
def export_metrics(
    *,
    services: ServicesDep,
    actor: ActorDep,
    job: JobDep,
    metric: str | None = None,
    as_: Annotated[Format, Query(alias="format")] = Format.CSV,
) -> StreamingResponse:
    """Every point of one metric, or of all, as CSV or Parquet: metric, step (or epoch), time, value."""
    reader = services.job_results.metrics(actor, job)
    names = reader.names() if metric is None else [metric]
    if metric is not None:
        reader.records(metric)  # refuses an unknown name before anything is sent
    parts = (Part(labels=(name,), points=reader.records(name)) for name in names)
    saved_as = file_name(job.project, f"job-{job.number}", metric or "metrics", ending=as_.value)
    return download(export(as_, ("metric",), parts), name=saved_as, media_type=as_.media_type)


def started(job: Job) -> float:
    """When the job's time begins; unix seconds."""
    return (job.started_at or job.created_at).timestamp()
