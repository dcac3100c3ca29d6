"""`openmo module job`: a module's method in the background."""

from pathlib import Path

import click

from openmo.cli.client import connect, full_name
from openmo.cli.job.logs import follow_job
from openmo.cli.options import data_option
from openmo.cli.output import EXIT_ERROR, answer, json_option
from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.core.states import JobState
from openmo.jobs.schemas import JobView, ModuleJobDraft


@click.command()
@click.argument("project")
@click.argument("module")
@click.argument("method", type=click.Choice(["train", "predict", "run"]))
@click.argument("values", nargs=-1, metavar="[PARAMETER=VALUE]...")
@click.option("--name", default="", help="Of the job.  [default: SCRIPT-NUMBER]")
@click.option("--own-environment", is_flag=True, help="Run the module in the environment that belongs to it.")
@click.option("--follow", is_flag=True, help="Show the log until the job ends; exit with 1 unless it succeeds.")
@data_option
@json_option
def job(
    *,
    project: str,
    module: str,
    method: str,
    values: tuple[str, ...],
    name: str,
    own_environment: bool,
    follow: bool,
    data: Path | None,
    as_json: bool,
) -> int:
    """Call METHOD of MODULE (OWNER/NAME, or OWNER/NAME/VERSION) as a job of PROJECT.

    The version is imported, and a script with the call written into the project, train_NAME.py say. Parameters that are
    left out get their defaults.
    """
    given = _values(values)
    client = connect(data)
    path = f"/projects/{full_name(client, project)}"
    draft = ModuleJobDraft(module=module, method=method, values=given, own_environment=own_environment, name=name)
    made = client.post(f"{path}/modules/jobs", draft)
    submitted = made.read(JobView)
    if follow:
        made = follow_job(client, f"{path}/jobs/{submitted.number}", show=not as_json)
    ended = made.read(JobView)
    answer(made.value, as_json=as_json, text=lambda: _line(ended))
    return 0 if not follow or ended.state is JobState.SUCCEEDED else EXIT_ERROR


def _values(texts: tuple[str, ...]) -> dict[str, object]:
    pairs = [text.partition("=") for text in texts]
    if wrong := [name for name, equals, _ in pairs if not (name and equals)]:
        raise InvalidInput(message("Write %(wrong)s=VALUE.", wrong=wrong[0] or "PARAMETER"), field="values")
    return {name: value for name, _, value in pairs}


def _line(job: JobView) -> str:
    reason = f": {job.reason}" if job.reason else ""
    return f"Job {job.number} ({job.name}, {job.script}) {job.state}{reason}"


COMMANDS = (job,)
