"""`openmo app logs`, `stats` and `failures`: how a deployed app fares."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from openmo.apps.owner.schemas import CallStatsView, FiguresView, RecordedCallList
from openmo.cli.client import connect, path_of
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option, print_json, table

_POLL_SECONDS = 1.0


@click.command()
@click.argument("project")
@click.option("-f", "--follow", is_flag=True, help="Go on until Ctrl-C.")
@data_option
@json_option
def logs(*, project: str, follow: bool, data: Path | None, as_json: bool) -> None:
    """Print the newest output of the app of PROJECT, with the tracebacks of failed calls."""
    client = connect(data)
    path = path_of(client, project)
    part = client.get_text(f"{path}/app/log")
    if as_json:
        print_json({"log": part.text})
        return
    click.echo(part.text, nl=False)
    if not (part.text or follow):
        click.echo("The app has printed nothing, and no call of it has failed.", err=True)
    while follow:
        part = client.get_text(f"{path}/app/log", after=part.headers["X-Log-End"])
        click.echo(part.text, nl=False)
        if not part.text:
            time.sleep(_POLL_SECONDS)


@click.command()
@click.argument("project")
@click.option("--days", default=7, show_default=True, type=click.IntRange(1, 90))
@click.option("--by", default="day", show_default=True, type=click.Choice(["hour", "day"]))
@data_option
@json_option
def stats(*, project: str, days: int, by: str, data: Path | None, as_json: bool) -> None:
    """Show calls, errors and durations of the app of PROJECT."""
    client = connect(data)
    found = client.get(f"{path_of(client, project)}/app/stats", days=days, by=by)
    empty = f"No calls in {days} days. Next: openmo app call {project}"
    answer(found.value, as_json=as_json, text=lambda: _stats(found.read(CallStatsView), f"{by.upper()} (UTC)") or empty)


def _stats(found: CallStatsView, period: str) -> str:
    """Empty when there were no calls."""
    if not found.total.calls:
        return ""
    versions = [("all", found.total), *((each.version, each) for each in found.versions)]
    return f"{_figures('VERSION', versions)}\n\n{_figures(period, [(_at(each.start), each) for each in found.periods])}"


def _figures(what: str, rows: Sequence[tuple[str, FiguresView]]) -> str:
    lines = [(name, str(each.calls), str(each.errors), _time(each.p50_ms), _time(each.p99_ms)) for name, each in rows]
    return table(lines, head=(what, "CALLS", "ERRORS", "P50", "P99"))


def _time(milliseconds: float | None) -> str:
    return "-" if milliseconds is None else f"{milliseconds:.1f} ms"


@click.command()
@click.argument("project")
@click.option("--trace", is_flag=True, help="With tracebacks.")
@data_option
@json_option
def failures(*, project: str, trace: bool, data: Path | None, as_json: bool) -> None:
    """List the newest calls of the app of PROJECT that failed."""
    client = connect(data)
    found = client.get(f"{path_of(client, project)}/app/calls").read(RecordedCallList)
    failed = [item for item in found.items if item.code]
    if as_json:
        print_json({"items": [item.model_dump(mode="json") for item in failed]})
        return
    if not failed:
        click.echo("No call has failed.")
    for item in failed:
        click.echo(f"{_at(item.at, timespec='seconds')}  {item.version}  {item.message}")
        if trace and item.trace:
            click.echo(item.trace)


def _at(moment: datetime, *, timespec: str = "minutes") -> str:
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ", timespec)


COMMANDS = (logs, stats, failures)
