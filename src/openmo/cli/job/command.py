"""`openmo job`: run, list, show, logs, metrics, compare, stop."""

import os
import sys
from pathlib import Path
from typing import Any

import click

from openmo.cli.client import connect, full_name
from openmo.cli.job.comparison import compared_groups, compared_jobs
from openmo.cli.job.logs import follow_job, job_path, logs
from openmo.cli.job.showing import shown_job
from openmo.cli.options import data_option
from openmo.cli.output import EXIT_ERROR, answer, json_option, table
from openmo.core.amounts import memory_text, parse_memory, parse_seconds
from openmo.core.errors import InvalidInput
from openmo.core.messages import message


@click.group("job")
def command() -> None:
    """Run scripts in the background and watch them."""


command.add_command(logs)


@command.command(context_settings={"ignore_unknown_options": True})
@click.argument("project")
@click.argument("script")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.option("--name", default="", help="[default: SCRIPT-NUMBER]")
@click.option("--cpus", default=1, show_default=True, help="How many CPUs it gets.")
@click.option("--gpus", default=0, show_default=True, help="How many GPUs it gets.")
@click.option(
    "--memory", default="", metavar="AMOUNT", help="Most memory it may hold, such as 2G.  [default: no limit]"
)
@click.option("--time", "time_limit", default="", metavar="TIME", help="Stop it after 1h30m, say.  [default: no limit]")
@click.option("--env", "variables", multiple=True, metavar="NAME=VALUE", help="An environment variable; repeatable.")
@click.option(
    "--secret",
    "secrets",
    multiple=True,
    metavar="NAME",
    help="A variable that is never shown again: taken from this command's environment, else asked for; repeatable.",
)
@click.option("--priority", default=0, help="Below 0: after other jobs. Above 0: before them (administrators).")
@click.option("--follow", is_flag=True, help="Show the log until the job ends; exit with 1 unless it succeeds.")
@data_option
@json_option
def run(
    *,
    project: str,
    script: str,
    arguments: tuple[str, ...],
    memory: str,
    time_limit: str,
    variables: tuple[str, ...],
    secrets: tuple[str, ...],
    follow: bool,
    data: Path | None,
    as_json: bool,
    **request: Any,
) -> int:
    """Run SCRIPT of PROJECT as a job; what follows `--` is handed to the script."""
    request |= {"script": script, "args": list(arguments), "env": _variables(variables)}
    request |= {"memory_limit": parse_memory(memory), "time_limit": parse_seconds(time_limit)}
    client = connect(data)
    path = f"/projects/{full_name(client, project)}/jobs"
    job = client.post(path, {**request, "secrets": {name: _secret(name) for name in secrets}})
    if (snapshot := client.get(f"{path}/{job['number']}/snapshot"))["large"]:
        click.echo(_large(snapshot), err=True)
    if job["missing"]:
        click.echo(_lacking(job["missing"]), err=True)
    if follow:
        if not as_json:
            click.echo(f"Job {job['number']} ({job['name']}) of {full_name(client, project)}", err=True)
        job = follow_job(client, f"{path}/{job['number']}", show=not as_json)
    answer(job, as_json=as_json, text=lambda: _one_line(job))
    return 0 if not follow or job["state"] == "succeeded" else EXIT_ERROR


def _variables(texts: tuple[str, ...]) -> dict[str, str]:
    pairs = [text.partition("=") for text in texts]
    if wrong := [name for name, equals, _ in pairs if not equals]:
        raise InvalidInput(message("Write --env %(wrong)s=VALUE.", wrong=wrong[0]), field="env")
    return {name: value for name, _, value in pairs}


def _secret(name: str) -> str:
    """From the environment, else a line of standard input, which a terminal does not show."""
    if (value := os.environ.get(name)) is not None:
        return value
    if sys.stdin.isatty():
        answered: str = click.prompt(name, hide_input=True, err=True)
        return answered
    line = sys.stdin.readline()
    if not line:
        raise InvalidInput(
            message("There is no value for the secret %(name)s: set it in the environment, or pipe it in.", name=name)
        )
    return line.rstrip("\n")


def _large(snapshot: dict[str, Any]) -> str:
    """What makes a snapshot so large, and what to do."""
    parts = ", ".join(f"{item['path']} ({memory_text(item['bytes'])})" for item in snapshot["largest"][:3])
    size = memory_text(snapshot["bytes"])
    return f"The code takes {size}: {parts}. Keep data in datasets/ or results/, which are not copied."


def _lacking(missing: list[str]) -> str:
    """What requirements.txt names that the job will not find, and what to do."""
    more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
    names = ", ".join(missing[:3])
    return (
        f"requirements.txt names what is not installed: {names}{more}. "
        "Run `!pip install -r requirements.txt` in a notebook of the project, then submit again."
    )


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
    found = client.get(job_path(client, project, job))
    answer(found, as_json=as_json, text=lambda: table(shown_job(found)))


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
    path = job_path(client, project, job)
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
    path = f"/projects/{full_name(client, project)}/jobs/compare"
    found = client.get(path, n=numbers, q=search, ignore=ignore)
    answer(found, as_json=as_json, text=lambda: compared_groups(found) if mean else compared_jobs(found))


@command.command()
@click.argument("project")
@click.argument("job")
@data_option
@json_option
def stop(*, project: str, job: str, data: Path | None, as_json: bool) -> None:
    """Ask JOB to stop; it is killed ten seconds later if it does not."""
    client = connect(data)
    found = client.post(f"{job_path(client, project, job)}/terminate")
    answer(found, as_json=as_json, text=lambda: f"Job {found['number']} is asked to stop.")


def _one_line(job: dict[str, Any]) -> str:
    reason = f": {job['reason']}" if job["reason"] else ""
    return f"Job {job['number']} ({job['name']}) {job['state']}{reason}"
