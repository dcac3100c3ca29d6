"""`openmo app`: deploy and call."""

import contextlib
import json
import mimetypes
from pathlib import Path
from typing import Any

import click

from openmo.cli import app_token
from openmo.cli.client import connect, full_name
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option, print_json, table
from openmo.core.errors import InvalidInput


@click.group("app")
def command() -> None:
    """Deploy a project as an app and call it."""


command.add_command(app_token.command)


@command.command()
@click.argument("project")
@data_option
@json_option
def check(*, project: str, data: Path | None, as_json: bool) -> None:
    """Show what deploying PROJECT would publish, without publishing it."""
    client = connect(data)
    found = client.get(f"/projects/{full_name(client, project)}/app")
    rows = [
        (kind, name, fields.get("value_type", ""), fields.get("description", ""))
        for kind in ("input", "output")
        for name, fields in found["spec"].get(kind, {}).items()
    ]
    warnings = "".join(f"\nPlease check: {warning}" for warning in found["warnings"])
    answer(found, as_json=as_json, text=lambda: table(rows, head=("", "NAME", "TYPE", "DESCRIPTION")) + warnings)


@command.command()
@click.argument("project")
@click.option("--version", default=None, help="[default: the next one]")
@click.option("--dev", is_flag=True, help="To the development channel, which only you can call.")
@click.option("--notes", default="", help="What is new.")
@data_option
@json_option
def deploy(*, project: str, version: str | None, dev: bool, notes: str, data: Path | None, as_json: bool) -> None:
    """Release PROJECT as it is now: a page and an API."""
    client = connect(data)
    channel = "dev" if dev else "release"
    draft = {"version": version, "channel": channel, "notes": notes}
    made = client.post(f"/projects/{full_name(client, project)}/releases", draft)
    rows = [
        ("Released", made["version"]),
        ("Page", f"{client.url}{made['page']}"),
        ("API", f"POST {client.url}{made['run']}"),
    ]
    answer(made, as_json=as_json, text=lambda: table(rows))


@command.command()
@click.argument("app")
@click.argument("inputs", nargs=-1)
@data_option
@json_option
def call(*, app: str, inputs: tuple[str, ...], data: Path | None, as_json: bool) -> None:
    """Call APP (OWNER/NAME or OWNER/NAME@VERSION) with INPUTS such as `length=5.1` or `photo=@cat.png`."""
    client = connect(data)
    values, files = read_inputs(inputs)
    with contextlib.ExitStack() as opened:
        parts = {
            name: (path.name, opened.enter_context(_open(path)), mimetypes.guess_type(path.name)[0] or "")
            for name, path in files.items()
        }
        # As a form, in which every value is text: the app's spec says what it means.
        found = client.run(full_name(client, app), data=values, files=parts or None)
    if as_json:
        print_json(found)
    else:
        rows = [(name, json.dumps(value, ensure_ascii=False)) for name, value in found["output"].items()]
        click.echo(table(rows))


def read_inputs(inputs: tuple[str, ...]) -> tuple[dict[str, str], dict[str, Path]]:
    """Values and files of `key=value` and `key=@file`."""
    values: dict[str, str] = {}
    files: dict[str, Path] = {}
    for text in inputs:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise InvalidInput(f"{text!r} is not of the form key=value or key=@file.", field="inputs")
        if value.startswith("@"):
            files[name] = Path(value[1:])
        else:
            values[name] = value
    return values, files


def _open(path: Path) -> Any:
    try:
        return path.open("rb")
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.", field="inputs") from error
