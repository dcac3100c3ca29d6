"""`openmo job`: run, list, show, logs, metrics, stop."""

from pathlib import Path
from typing import Any

import click

from openmo.cli.client import ApiClient, connect, full_name
from openmo.cli.options import data_option
from openmo.cli.output import EXIT_ERROR, answer, json_option, print_json, table
from openmo.core.errors import InvalidInput


@click.group("job")
def command() -> None:
    """Run scripts in the background and watch them."""


@command.command(context_settings={"ignore_unknown_options": True})
@click.argument("project")
@click.argument("script")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("--name", default="", help="[default: SCRIPT-NUMBER]")
@click.option("--follow", is_flag=True, help="Show the log until the job ends; exit with 1 unless it succeeds.")
@data_option
@json_option
def run(
    *, project: str, script: str, arguments: tuple[str, ...], name: str, follow: bool, data: Path | None, as_json: bool
) -> int:
    """Run SCRIPT of PROJECT as a job; what follows `--` is handed to the script."""
    client = connect(data)
    path = f"/projects/{full_name(client, project)}/jobs"
    job = client.post(path, {"script": script, "name": name, "args": list(arguments)})
    if follow:
        if not as_json:
            click.echo(f"Job {job['number']} ({job['name']}) of {full_name(client, project)}", err=True)
        job = _follow(client, f"{path}/{job['number']}", show=not as_json)
    answer(job, as_json=as_json, text=lambda: _one_line(job))
    return 0 if not follow or job["state"] == "succeeded" else EXIT_ERROR


@command.command("list")
@click.argument("project")
@data_option
@json_option
def list_jobs(*, project: str, data: Path | None, as_json: bool) -> None:
    """List the jobs of PROJECT, newest first."""
    client = connect(data)
    found = client.get(f"/projects/{full_name(client, project)}/jobs")
    rows = [(str(job["number"]), job["name"], job["state"], job["script"], job["reason"]) for job in found["items"]]
    head = ("NUMBER", "NAME", "STATE", "SCRIPT", "")
    answer(found, as_json=as_json, text=lambda: table(rows, head=head) if rows else "No jobs yet.")


@command.command()
@click.argument("project")
@click.argument("job")
@data_option
@json_option
def show(*, project: str, job: str, data: Path | None, as_json: bool) -> None:
    """Show JOB (its number or name) of PROJECT."""
    client = connect(data)
    found = client.get(_path(client, project, job))
    answer(found, as_json=as_json, text=lambda: table([(key, str(value)) for key, value in found.items()]))


@command.command()
@click.argument("project")
@click.argument("job")
@click.option("-f", "--follow", is_flag=True, help="Go on until the job ends.")
@data_option
@json_option
def logs(*, project: str, job: str, follow: bool, data: Path | None, as_json: bool) -> None:
    """Print the log of JOB (its number or name)."""
    client = connect(data)
    path = _path(client, project, job)
    if as_json:
        if follow:
            _follow(client, path, show=False)
        print_json({"log": "".join(_whole_log(client, path))})
    elif follow:
        _follow(client, path, show=True)
    else:
        for text in _whole_log(client, path):
            click.echo(text, nl=False)


@command.command()
@click.argument("project")
@click.argument("job")
@click.option("--name", default="", help="Print the points of this metric.")
@click.option("--points", default=1000, show_default=True, help="About how many points to print.")
@data_option
@json_option
def metrics(*, project: str, job: str, name: str, points: int, data: Path | None, as_json: bool) -> None:
    """Show what JOB printed as metrics."""
    client = connect(data)
    path = _path(client, project, job)
    if name:
        found = client.get(f"{path}/metrics/series", metric=name, points=points)
        pairs = [(str(x), str(y)) for x, y in zip(found["x"], found["y"], strict=True)]
        answer(found, as_json=as_json, text=lambda: table(pairs, head=(found["x_kind"].upper(), name)))
        return
    found = client.get(f"{path}/metrics")
    rows = [(item["name"], str(item["count"]), str(item["last_value"])) for item in found["metrics"]]
    head = ("METRIC", "POINTS", "LAST VALUE")
    empty = 'No metrics: print lines such as {"metric": "loss", "value": 0.42, "step": 1}.'
    answer(found, as_json=as_json, text=lambda: table(rows, head=head) if rows else empty)


@command.command()
@click.argument("project")
@click.argument("job")
@data_option
@json_option
def stop(*, project: str, job: str, data: Path | None, as_json: bool) -> None:
    """Ask JOB to stop; it is killed ten seconds later if it does not."""
    client = connect(data)
    found = client.post(f"{_path(client, project, job)}/terminate")
    answer(found, as_json=as_json, text=lambda: f"Job {found['number']} is asked to stop.")


def _path(client: ApiClient, project: str, job: str) -> str:
    """The API path of a job given by number or by name (the newest of that name)."""
    path = f"/projects/{full_name(client, project)}/jobs"
    if job.isdigit():
        return f"{path}/{job}"
    for item in client.get(path, limit=1000)["items"]:
        if item["name"] == job:
            return f"{path}/{item['number']}"
    raise InvalidInput(f"There is no job named {job!r}: `openmo job list {project}` shows them.", field="job")


def _follow(client: ApiClient, path: str, *, show: bool) -> dict[str, Any]:
    job: dict[str, Any] = {}
    with client.events(f"{path}/log/stream") as events:
        for name, value in events:
            if name == "log" and show:
                click.echo(value["text"], nl=False)
            elif name == "state":
                job = value
            elif name == "end":
                break
    return job


def _whole_log(client: ApiClient, path: str) -> Any:
    start = 0
    while True:
        part = client.get_text(f"{path}/log", start=start)
        yield part.text
        end = int(part.headers["X-Log-End"])
        if end <= start or end >= int(part.headers["X-Log-Size"]):
            return
        start = end


def _one_line(job: dict[str, Any]) -> str:
    reason = f": {job['reason']}" if job["reason"] else ""
    return f"Job {job['number']} ({job['name']}) {job['state']}{reason}"
