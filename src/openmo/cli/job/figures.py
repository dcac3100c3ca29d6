"""`openmo job metrics` and `compare`: what jobs printed as metrics."""

from pathlib import Path

import click

from openmo.cli.client import connect, path_of
from openmo.cli.job.comparison import compared_groups, compared_jobs
from openmo.cli.job.logs import job_path
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option, table
from openmo.jobs.results.schemas import ComparisonView, MetricList, SeriesView

_NOTHING = "-"
_NO_METRICS = 'No metrics: print lines such as {"metric": "loss", "value": 0.42, "step": 1}.'


@click.command()
@click.argument("project")
@click.argument("job")
@click.option("--name", default="", help="Print the points of this metric.")
@click.option("--points", default=1000, show_default=True, help="About how many points to print.")
@data_option
@json_option
def metrics(*, project: str, job: str, name: str, points: int, data: Path | None, as_json: bool) -> None:
    """Show what JOB printed as metrics."""
    client = connect(data)
    path = job_path(client, project, job)
    if name:
        found = client.get(f"{path}/metrics/series", metric=name, points=points)
        answer(found.value, as_json=as_json, text=lambda: _points(found.read(SeriesView)))
        return
    found = client.get(f"{path}/metrics")
    answer(found.value, as_json=as_json, text=lambda: _metrics(found.read(MetricList)))


def _points(series: SeriesView) -> str:
    rows = [(str(x), _number(y)) for x, y in zip(series.x, series.y, strict=True)]
    return table(rows, head=(series.x_kind.upper(), series.name))


def _metrics(found: MetricList) -> str:
    rows = [(item.name, str(item.count), _number(item.last_value)) for item in found.metrics]
    return table(rows, head=("METRIC", "POINTS", "LAST VALUE")) if rows else _NO_METRICS


def _number(value: float | None) -> str:
    """A gap in a curve (NaN, infinity) is no number."""
    return _NOTHING if value is None else str(value)


@click.command()
@click.argument("project")
@click.argument("jobs", nargs=-1, required=True)
@click.option("--metric", "search", default="", help="Only metrics whose names hold this.")
@click.option(
    "--mean", is_flag=True, help="Mean and deviation of jobs with equal arguments, of each metric's last value."
)
@click.option("--ignore", default="seed", show_default=True, help="Arguments in which equal jobs may differ.")
@data_option
@json_option
def compare(
    *, project: str, jobs: tuple[str, ...], search: str, mean: bool, ignore: str, data: Path | None, as_json: bool
) -> None:
    """Show JOBS (numbers or names) beside each other: what differs, and what came of it."""
    client = connect(data)
    numbers = ",".join(job_path(client, project, job).rpartition("/")[2] for job in jobs)
    found = client.get(f"{path_of(client, project)}/jobs/compare", n=numbers, q=search, ignore=ignore)
    shown = compared_groups if mean else compared_jobs
    answer(found.value, as_json=as_json, text=lambda: shown(found.read(ComparisonView)))
