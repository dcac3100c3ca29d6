"""`openmo job logs`: a job's log, whole, its end, what is new, or the lines that hold a text."""

import sys
import time
from collections.abc import Generator, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from openmo.cli.client import Answer, ApiClient, Parameter, connect, path_of
from openmo.cli.options import data_option
from openmo.cli.output import json_option, print_json
from openmo.core.amounts import parse_seconds
from openmo.core.clock import SystemClock
from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.jobs.log.rows import RowKind
from openmo.jobs.log.schemas import LogText, PlaceView, SearchView
from openmo.jobs.log.text import folded
from openmo.jobs.schemas import JobList

_PAGE_ROWS = 500
_POLL_SECONDS = 0.2
"""Seconds until a place in a log that is still being counted is asked for again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Query:
    """Which lines are printed."""

    text: str
    ignore_case: bool
    errors: bool


@click.command()
@click.argument("project")
@click.argument("job")
@click.option("-f", "--follow", is_flag=True, help="Go on until the job ends.")
@click.option("-n", "--tail", type=int, metavar="N", help="Begin with the last N lines.")
@click.option("--line", type=int, metavar="N", help="Begin with line number N.")
@click.option(
    "--since", default="", metavar="TIME", help="Begin with what was printed since: 10m (ago), or an ISO time."
)
@click.option("--grep", "text", default="", metavar="TEXT", help="Print only lines that hold TEXT.")
@click.option("-i", "--ignore-case", is_flag=True, help="With --grep: upper and lower case are the same.")
@click.option("--errors", is_flag=True, help="Print only lines that say that something went wrong.")
@data_option
@json_option
def logs(
    *,
    project: str,
    job: str,
    follow: bool,
    tail: int | None,
    line: int | None,
    since: str,
    text: str,
    ignore_case: bool,
    errors: bool,
    data: Path | None,
    as_json: bool,
) -> None:
    """Print the log of JOB (its number or name)."""
    client = connect(data)
    path = job_path(client, project, job)
    start = _start(client, path, line=line, tail=tail, since=since)
    if as_json and follow:
        follow_job(client, path, show=False)
        follow = False
    if text or errors:
        query = _Query(text=text, ignore_case=ignore_case, errors=errors)
        texts = _matching(client, path, start, query, follow=follow)
    else:
        texts = _printed(client, path, start) if follow else _whole(client, path, start)
        if not (follow and sys.stdout.isatty()):  # a terminal that follows shows the bars move
            texts = folded(texts)
    if as_json:
        print_json({"log": "".join(texts)})
        return
    for part in texts:
        click.echo(part, nl=False)


def job_path(client: ApiClient, project: str, job: str) -> str:
    """The API path of a job given by number or by name (the newest of that name)."""
    path = f"{path_of(client, project)}/jobs"
    if job.isdigit():
        return f"{path}/{job}"
    for item in client.get(path, limit=1000).read(JobList).items:
        if item.name == job:
            return f"{path}/{item.number}"
    raise InvalidInput(
        message(
            "There is no job named %(job)s: `openmo job list %(project)s` shows them.", job=repr(job), project=project
        ),
        field="job",
    )


def follow_job(client: ApiClient, path: str, *, show: bool) -> Answer:
    """The job as it ended; what it prints until then is shown."""
    job = Answer("{}")
    with client.events(f"{path}/log/stream", text=show) as events:
        for name, value in events:
            if name == "log":
                click.echo(value.read(LogText).text, nl=False)
            elif name == "state":
                job = value
            elif name == "end":
                break
    return job


def _start(client: ApiClient, path: str, *, line: int | None, tail: int | None, since: str) -> int:
    """The byte of the log to begin with."""
    query: dict[str, Parameter] = {"line": line, "tail": tail, "since": _moment(since) if since else None}
    query = {name: value for name, value in query.items() if value is not None}
    if len(query) > 1:
        raise InvalidInput("Choose one of --tail, --line and --since.")
    while query:
        offset = client.get(f"{path}/log/place", **query).read(PlaceView).offset
        if offset is not None:
            return offset
        time.sleep(_POLL_SECONDS)  # lines of a huge log are counted a part at a time
    return 0


def _moment(text: str) -> str:
    """A time with its zone, from that or from how long ago."""
    try:
        try:
            return datetime.fromisoformat(text).astimezone(UTC).isoformat()
        except ValueError:
            return (SystemClock().now() - timedelta(seconds=parse_seconds(text) or 0.0)).isoformat()
    except OverflowError as error:
        raise InvalidInput(
            message("%(text)s is before all times: write 10m, 2h or an ISO time.", text=repr(text[:40])), field="since"
        ) from error


def _whole(client: ApiClient, path: str, start: int) -> Iterator[str]:
    while True:
        part = client.get_text(f"{path}/log", start=start)
        yield part.text
        end = int(part.headers["X-Log-End"])
        if end <= start or end >= int(part.headers["X-Log-Size"]):
            return
        start = end


def _printed(client: ApiClient, path: str, start: int) -> Iterator[str]:
    with client.events(f"{path}/log/stream", **{"from": start}) as events:
        for name, value in events:
            if name == "log":
                yield value.read(LogText).text
            elif name == "end":
                return


def _matching(client: ApiClient, path: str, start: int, query: _Query, *, follow: bool) -> Iterator[str]:
    """The lines that hold what is asked for; following, until the job ends."""
    if follow:
        parameters: dict[str, Parameter] = {"from": start, "text": False}
        with client.events(f"{path}/log/stream", **parameters) as events:
            for name, _ in events:
                if name == "grown":
                    start = yield from _search(client, path, start, query, unfinished=False)
                elif name == "end":
                    break
    yield from _search(client, path, start, query, unfinished=True)


def _search(client: ApiClient, path: str, start: int, query: _Query, *, unfinished: bool) -> Generator[str, None, int]:
    """The lines from byte `start` on, and where to search on later; a line that is being written is `unfinished`."""
    while True:
        found = client.get(f"{path}/log/search", start=start, limit=_PAGE_ROWS, with_text=True, **asdict(query))
        part = found.read(SearchView)
        for row in part.rows:
            if unfinished or row.kind is not RowKind.OPEN:
                yield row.text + "\n"
        if part.next is None:
            return part.resume
        start = part.next
