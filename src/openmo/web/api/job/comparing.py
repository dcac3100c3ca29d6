"""/api/v1/projects/{owner}/{name}/jobs/compare: jobs beside each other."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from openmo.accounts.rights import Kind, Verb
from openmo.core.errors import Damaged
from openmo.core.messages import message
from openmo.jobs.results.comparing import differing, group, parse_names, parse_numbers
from openmo.jobs.results.schemas import (
    Across,
    ComparedJob,
    ComparedSeries,
    ComparisonView,
    GroupCurve,
    GroupView,
    JobCurve,
    SeriesView,
    SharedMetric,
)
from openmo.jobs.values import Job
from openmo.metrics.errors import MetricNotFound
from openmo.metrics.store.reader import MetricRecords, MetricsReader
from openmo.metrics.values import Axis, MetricSummary
from openmo.metrics.views.averaging import Run, average
from openmo.metrics.views.downsample import series
from openmo.metrics.views.export import Format, Part, cell, export
from openmo.web.api.dependencies import ActorDep, ProjectDep
from openmo.web.api.downloads import download, file_name
from openmo.web.api.job.metrics import started
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs
from openmo.web.services import Services

router = APIRouter(tags=["metrics"])
_COMPARE = "/projects/{owner}/{name}/jobs/compare"
_METRICS_MAX = 200
_POINTS_OF_ALL = 20_000
_POINTS_MIN = 100


class ComparedJobs:
    """The jobs to compare, in the order in which they were asked for, and the readers of their metrics."""

    def __init__(self, services: Services, actor: ActorDep, project: ProjectDep, numbers: Sequence[int]) -> None:
        found = {job.number: job for job in services.jobs.several(actor, project, numbers)}
        self.jobs = [found[number] for number in numbers if number in found]
        self.missing = [number for number in numbers if number not in found]
        self._readers = {job.number: services.job_results.metrics(actor, job) for job in self.jobs}

    def reader(self, job: Job) -> MetricsReader:
        return self._readers[job.number]

    def with_metric(self, metric: str) -> Iterator[tuple[Job, MetricRecords]]:
        """The jobs that printed it; a job that was deleted meanwhile printed nothing."""
        for job in self.jobs:
            try:
                yield job, self.reader(job).records(metric)
            except MetricNotFound:
                continue


def _compared_jobs(
    services: ServicesDep,
    actor: ActorDep,
    project: ProjectDep,
    n: Annotated[str, Query(max_length=2000, description="Numbers of at most 100 jobs: 3,5,8")],
) -> ComparedJobs:
    return ComparedJobs(services, actor, project, parse_numbers(n))


ComparedJobsDep = Annotated[ComparedJobs, Depends(_compared_jobs)]
Ignored = Annotated[
    str, Query(max_length=500, description="Arguments in which jobs may differ and still count as equal: seed,port")
]


@router.get(_COMPARE, dependencies=needs(Kind.JOB, Verb.SEE))
def compare_jobs(
    chosen: ComparedJobsDep, q: Annotated[str, Query(max_length=200)] = "", ignore: Ignored = "seed"
) -> ComparisonView:
    """Jobs with their arguments, and the last, lowest and highest value of each metric whose name contains `q`."""
    summaries = {job.number: _matching(chosen, job, q) for job in chosen.jobs}
    counted = Counter(item.name for items in summaries.values() for item in items)
    names = [SharedMetric(name=name, jobs=jobs) for name, jobs in counted.most_common(_METRICS_MAX)]
    shown = {metric.name for metric in names}
    return ComparisonView(
        jobs=[
            ComparedJob.of(job, (item for item in summaries[job.number] if item.name in shown)) for job in chosen.jobs
        ],
        missing=chosen.missing,
        differing=list(differing(chosen.jobs)),
        metrics=names,
        metrics_left_out=len(counted) - len(names),
        groups=[GroupView.of(item) for item in group(chosen.jobs, parse_names(ignore))],
    )


@router.get(_COMPARE + "/series", dependencies=needs(Kind.JOB, Verb.SEE))
def compare_series(
    *,
    chosen: ComparedJobsDep,
    metric: str,
    points: Annotated[int, Query(ge=4, le=20_000)] = 1000,
    x: Across = Across.AUTO,
    start: Annotated[float | None, Query(allow_inf_nan=False)] = None,
    end: Annotated[float | None, Query(allow_inf_nan=False)] = None,
    grouped: bool = False,
    ignore: Ignored = "seed",
) -> ComparedSeries:
    """One metric's curve of each job, or with `grouped` the mean and deviation of each group of equal arguments.

    All curves together have at most about 20,000 points, so that a hundred jobs have 200 each. Where a job printed no
    steps, `auto` is the time since each job's start.
    """
    found = list(chosen.with_metric(metric))
    across, axis = _across(x, [records for _, records in found])
    points = min(points, max(_POINTS_OF_ALL // max(len(found), 1), _POINTS_MIN))
    answer = ComparedSeries(name=metric, x_kind=across, curves=[], groups=[])
    if grouped:
        runs = {job.number: Run(points=records, origin=_origin(across, job)) for job, records in found}
        for item in group([job for job, _ in found], parse_names(ignore)):
            numbers = [job.number for job in item.jobs]
            mean = average([runs[number] for number in numbers], axis, points=points, start=start, end=end)
            answer.groups.append(GroupCurve.of(numbers, mean))
        return answer
    for job, _ in found:
        curve = series(
            chosen.reader(job),
            metric,
            points=points,
            x=axis,
            start=start,
            end=end,
            origin=_origin(across, job),
            beside=True,
        )
        view = SeriesView.of(curve, elapsed=across is Across.ELAPSED)
        answer.curves.append(JobCurve(job=job.number, **view.model_dump()))
    return answer


@router.get(_COMPARE + "/table", dependencies=needs(Kind.JOB, Verb.SEE), response_class=StreamingResponse)
def compare_table(
    chosen: ComparedJobsDep, project: ProjectDep, q: Annotated[str, Query(max_length=200)] = ""
) -> StreamingResponse:
    """A CSV line for each job: state, duration, arguments, and the last, lowest and highest value of each metric."""
    lines = _table(compare_jobs(chosen, q=q))
    return download(lines, name=file_name(project.name, "comparison", ending="csv"), media_type=Format.CSV.media_type)


@router.get(_COMPARE + "/export", dependencies=needs(Kind.JOB, Verb.SEE), response_class=StreamingResponse)
def compare_export(
    chosen: ComparedJobsDep,
    project: ProjectDep,
    metric: str,
    as_: Annotated[Format, Query(alias="format")] = Format.CSV,
) -> StreamingResponse:
    """Every point of one metric of each job, as CSV or Parquet: job, metric, step (or epoch), time, value."""
    parts = (Part(labels=(str(job.number), metric), points=points) for job, points in chosen.with_metric(metric))
    saved_as = file_name(project.name, "jobs", metric, ending=as_.value)
    return download(export(as_, ("job", "metric"), parts), name=saved_as, media_type=as_.media_type)


def _matching(chosen: ComparedJobs, job: Job, q: str) -> list[MetricSummary]:
    words = q.casefold().split()
    try:
        found = chosen.reader(job).summaries()
    except Damaged as error:
        raise Damaged(
            message("The stored metrics of job %(number)s are damaged: compare the others.", number=job.number)
        ) from error
    return [item for item in found if all(word in item.name.casefold() for word in words)]


def _across(x: Across, found: Sequence[MetricRecords]) -> tuple[Across, Axis]:
    """What all the jobs can be put on."""
    if x is not Across.AUTO:
        axis = x.axis
        assert axis is not None  # noqa: S101 (only `auto` has none)
        return x, axis
    axes = {records.axis for records in found}
    if not axes or Axis.TIME in axes:
        return Across.ELAPSED, Axis.TIME
    axis = Axis.EPOCH if axes == {Axis.EPOCH} else Axis.STEP
    return Across(axis.value), axis


def _origin(across: Across, job: Job) -> float:
    return started(job) if across is Across.ELAPSED else 0.0


def _table(found: ComparisonView) -> Iterator[bytes]:
    arguments = list(dict.fromkeys(name for job in found.jobs for name in job.arguments))
    head = ["job", "name", "state", "script", "seconds", *arguments]
    for metric in found.metrics:
        head += [f"{metric.name} last", f"{metric.name} min", f"{metric.name} max"]
    yield _line([cell(name) for name in head])
    for job in found.jobs:
        cells = [str(job.number), cell(job.name), cell(job.state), cell(job.script), _number(job.seconds)]
        cells += [cell(job.arguments.get(name, "")) for name in arguments]
        for metric in found.metrics:
            outcome = job.metrics.get(metric.name)
            cells += [_number(value) for value in ((outcome.last, outcome.min, outcome.max) if outcome else ())]
            cells += [] if outcome else ["", "", ""]
        yield _line(cells)


def _line(cells: Sequence[str]) -> bytes:
    return (",".join(cells) + "\r\n").encode()


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)
