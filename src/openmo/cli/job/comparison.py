"""Jobs beside each other, as `openmo job compare` prints what the API tells."""

from statistics import fmean, stdev

from openmo.cli.output import table
from openmo.jobs.results.schemas import ComparedJob, ComparisonView

METRICS_MAX = 6
"""Metrics that fit a terminal's line."""


def compared_jobs(found: ComparisonView) -> str:
    """A line for each job: state, the arguments that differ, and each metric's last value."""
    metrics = [metric.name for metric in found.metrics[:METRICS_MAX]]
    head = ("NUMBER", "NAME", "STATE", *found.differing, *metrics)
    rows = [
        (
            str(job.number),
            job.name,
            job.state,
            *(job.arguments.get(name, "–") for name in found.differing),
            *(_short(_last(job, metric)) for metric in metrics),
        )
        for job in found.jobs
    ]
    return "\n".join(filter(None, [table(rows, head=head) if rows else "No such jobs.", _left_out(found)]))


def compared_groups(found: ComparisonView) -> str:
    """A line for each group of equal arguments: its jobs, and each metric's last values as mean ± deviation."""
    metrics = [metric.name for metric in found.metrics[:METRICS_MAX]]
    jobs = {job.number: job for job in found.jobs}
    rows = []
    for group in found.groups:
        members = [jobs[number] for number in group.jobs]
        arguments = " ".join(f"{name} {value}" for name, value in group.arguments.items()) or "–"
        values = [[value for job in members if (value := _last(job, metric)) is not None] for metric in metrics]
        rows.append((", ".join(map(str, group.jobs)), arguments, *map(_spread, values)))
    head = ("JOBS", "ARGUMENTS", *metrics)
    return "\n".join(filter(None, [table(rows, head=head) if rows else "No such jobs.", _left_out(found)]))


def _last(job: ComparedJob, metric: str) -> float | None:
    outcome = job.metrics.get(metric)
    return None if outcome is None else outcome.last


def _spread(values: list[float]) -> str:
    if not values:
        return "–"
    return _short(fmean(values)) if len(values) == 1 else f"{_short(fmean(values))} ± {_short(stdev(values))}"


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.5g}"


def _left_out(found: ComparisonView) -> str:
    lines = []
    more = max(len(found.metrics) - METRICS_MAX, 0) + found.metrics_left_out
    if more:
        lines.append(f"{more} more metrics: choose with --metric, or take --json.")
    if found.missing:
        lines.append(f"No longer there: {', '.join(map(str, found.missing))}.")
    return "\n".join(lines)
