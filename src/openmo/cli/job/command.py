"""`openmo job`: run, list, show, logs, metrics, compare, stop."""

import os
import sys
from pathlib import Path
from types import MappingProxyType

import click
from pydantic import SecretStr

from openmo.cli.client import connect, full_name, path_of
from openmo.cli.job.logs import follow_job, job_path, logs
from openmo.cli.job.showing import shown_inputs, shown_job
from openmo.cli.lazy import Entry, LazyGroup
from openmo.cli.options import data_option
from openmo.cli.output import EXIT_ERROR, answer, json_option, table
from openmo.core.amounts import memory_text, parse_memory, parse_seconds
from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.core.states import JobState
from openmo.jobs.lineage.schemas import JobInputsView
from openmo.jobs.schemas import JobDraft, JobList, JobView, SnapshotView


class _JobCommands(LazyGroup):
    entries = MappingProxyType(
        {
            "metrics": Entry("openmo.cli.job.figures:metrics", "Show what JOB printed as metrics."),
            "compare": Entry(
                "openmo.cli.job.figures:compare",
                "Show JOBS (numbers or names) beside each other: what differs, and what came of it.",
            ),
        }
    )
    """These take NumPy along."""


@click.group("job", cls=_JobCommands)
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
    name: str,
    cpus: int,
    gpus: int,
    memory: str,
    time_limit: str,
    variables: tuple[str, ...],
    secrets: tuple[str, ...],
    priority: int,
    follow: bool,
    data: Path | None,
    as_json: bool,
) -> int:
    """Run SCRIPT of PROJECT as a job; what follows `--` is handed to the script."""
    env, memory_limit, seconds = _variables(variables), parse_memory(memory), parse_seconds(time_limit)
    client = connect(data)
    path = f"{path_of(client, project)}/jobs"
    draft = JobDraft(
        script=script,
        name=name,
        args=list(arguments),
        env=env,
        secrets={each: SecretStr(_secret(each)) for each in secrets},
        cpus=cpus,
        gpus=gpus,
        memory_limit=memory_limit,
        time_limit=seconds,
        priority=priority,
    )
    made = client.post(path, draft)
    job = made.read(JobView)
    _warn(job, client.get(f"{path}/{job.number}/snapshot").read(SnapshotView))
    if follow:
        if not as_json:
            click.echo(f"Job {job.number} ({job.name}) of {full_name(client, project)}", err=True)
        made = follow_job(client, f"{path}/{job.number}", show=not as_json)
        job = made.read(JobView)
    answer(made.value, as_json=as_json, text=lambda: _one_line(job))
    return 0 if not follow or job.state is JobState.SUCCEEDED else EXIT_ERROR


def _warn(job: JobView, snapshot: SnapshotView) -> None:
    """Of what its owner would find out too late."""
    if snapshot.large:
        click.echo(_large(snapshot), err=True)
    if job.missing:
        click.echo(_missing(job.missing), err=True)


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


def _large(snapshot: SnapshotView) -> str:
    """What makes a snapshot so large, and what to do."""
    parts = ", ".join(f"{item.path} ({memory_text(item.bytes)})" for item in snapshot.largest[:3])
    size = memory_text(snapshot.bytes)
    return f"The code takes {size}: {parts}. Keep data in datasets/ or results/, which are not copied."


def _missing(missing: list[str]) -> str:
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
    found = client.get(f"{path_of(client, project)}/jobs")
    answer(found.value, as_json=as_json, text=lambda: _listed(found.read(JobList)))


def _listed(found: JobList) -> str:
    rows = [(str(job.number), job.name, job.state, job.script, job.reason) for job in found.items]
    return table(rows, head=("NUMBER", "NAME", "STATE", "SCRIPT", "")) if rows else "No jobs yet."


@command.command()
@click.argument("project")
@click.argument("job")
@data_option
@json_option
def show(*, project: str, job: str, data: Path | None, as_json: bool) -> None:
    """Show JOB (its number or name) of PROJECT."""
    client = connect(data)
    path = job_path(client, project, job)
    found, inputs = client.get(path), client.get(f"{path}/inputs")
    made_with = shown_inputs(inputs.read(JobInputsView))
    document = found.values() | {"inputs": inputs.value}
    answer(document, as_json=as_json, text=lambda: table([*shown_job(found.read(JobView)), *made_with]))


@command.command()
@click.argument("project")
@click.argument("job")
@data_option
@json_option
def stop(*, project: str, job: str, data: Path | None, as_json: bool) -> None:
    """Ask JOB to stop; it is killed ten seconds later if it does not."""
    client = connect(data)
    found = client.post(f"{job_path(client, project, job)}/terminate")
    answer(found.value, as_json=as_json, text=lambda: f"Job {found.read(JobView).number} is asked to stop.")


def _one_line(job: JobView) -> str:
    reason = f": {job.reason}" if job.reason else ""
    return f"Job {job.number} ({job.name}) {job.state}{reason}"
