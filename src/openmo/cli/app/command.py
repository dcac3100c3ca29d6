"""`openmo app`: from a notebook to an app that answers, and looking after it."""

from pathlib import Path

import click

from openmo.apps.schemas import AppReadingView, ReleaseDraft, ReleaseView
from openmo.apps.values import Channel
from openmo.cli.app import call as app_call
from openmo.cli.app import figures as app_figures
from openmo.cli.app import owner as app_owner
from openmo.cli.app import prepare as app_prepare
from openmo.cli.app import settings as app_settings
from openmo.cli.app import token as app_token
from openmo.cli.building import post_when_built
from openmo.cli.client import Refused, connect, path_of
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option, table


@click.group("app")
def command() -> None:
    """Deploy a project as an app, call it and look after it."""


for each in (
    app_prepare.command,
    app_call.command,
    app_settings.command,
    app_token.command,
    *app_owner.COMMANDS,
    *app_figures.COMMANDS,
):
    command.add_command(each)


@command.command()
@click.argument("project")
@data_option
@json_option
def check(*, project: str, data: Path | None, as_json: bool) -> None:
    """Show what deploying PROJECT would publish, without publishing it."""
    client = connect(data)
    found = client.get(f"{path_of(client, project)}/app")
    answer(found.value, as_json=as_json, text=lambda: _shown(found.read(AppReadingView)))


def _shown(reading: AppReadingView) -> str:
    rows = [
        (kind, fields.get("name", key), fields.get("value_type", ""), fields.get("description", ""))
        for kind, parameters in (("input", reading.spec.get("input")), ("output", reading.spec.get("output")))
        for key, fields in (parameters or {}).items()
    ]
    warnings = "".join(f"\nPlease check: {warning}" for warning in reading.warnings)
    return table(rows, head=("", "NAME", "TYPE", "DESCRIPTION")) + warnings


@command.command()
@click.argument("project")
@click.option("--version", default=None, help="[default: the next one]")
@click.option("--dev", is_flag=True, help="To the development channel, which only you can call.")
@click.option("--notes", default="", help="What is new.")
@click.option(
    "--file", "files", multiple=True, metavar="PATH", help="A file or folder to include; repeatable.  [default: all]"
)
@data_option
@json_option
def deploy(
    *,
    project: str,
    version: str | None,
    dev: bool,
    notes: str,
    files: tuple[str, ...],
    data: Path | None,
    as_json: bool,
) -> None:
    """Release PROJECT as it is now: a page and an API. It is called once before others can."""
    client = connect(data)
    channel = Channel.DEV if dev else Channel.RELEASE
    draft = ReleaseDraft(version=version, channel=channel, notes=notes, files=list(files) or None)
    try:
        made = post_when_built(client, f"{path_of(client, project)}/releases", draft)
    except Refused as error:
        if not as_json and (log := error.fields.get("log")):
            click.echo(f"{log}\nWhat callers use now stays as it is.", err=True)
        raise
    answer(made.value, as_json=as_json, text=lambda: _released(made.read(ReleaseView), client.url))


def _released(release: ReleaseView, site: str) -> str:
    page, api = f"{site}{release.page}", f"POST {site}{release.run}"
    return table([("Released", release.version), ("Page", page), ("API", api)])
