"""`openmo app`: what an app's owner sees and decides once it is deployed."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from openmo.cli.client import ApiClient, connect, full_name
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option, table
from openmo.core.amounts import memory_text
from openmo.core.errors import Conflict, NotFound
from openmo.core.messages import message


def path_of(client: ApiClient, project: str) -> str:
    """The API path of a project given as NAME or OWNER/NAME."""
    return f"/projects/{full_name(client, project)}"


@click.command()
@click.argument("project")
@data_option
@json_option
def versions(*, project: str, data: Path | None, as_json: bool) -> None:
    """List the releases of PROJECT: which one answers, and what each changed."""
    client = connect(data)
    found = client.get(f"{path_of(client, project)}/app/versions")
    rows = [
        (
            "*" if item["answers"] else "",
            item["version"],
            item["created_at"][:16].replace("T", " "),
            memory_text(item["bytes"]),
            _changes(item["changes"]),
            item["notes"].split("\n")[0][:60],
        )
        for item in found["items"]
    ]
    head = ("", "VERSION", "MADE (UTC)", "SIZE", "CHANGED", "NOTES")
    empty = f"No release yet. Next: openmo app deploy {project}"
    answer(found, as_json=as_json, text=lambda: table(rows, head=head) if rows else empty)


def _changes(changes: dict[str, Any] | None) -> str:
    if changes is None:
        return "-"
    parts = [
        f"{sum(map(len, changes[kind].values()))} {kind}"
        for kind in ("inputs", "outputs", "files")
        if any(changes[kind].values())
    ]
    return ", ".join(parts) or "nothing"


@click.command()
@click.argument("project")
@click.argument("version", required=False)
@data_option
@json_option
def rollback(*, project: str, version: str | None, data: Path | None, as_json: bool) -> None:
    """Let VERSION of PROJECT answer from now on.  [default: the one before the present one]."""
    client = connect(data)
    path = path_of(client, project)
    chosen = version or _version_before(client.get(f"{path}/app/versions")["items"], project)
    made = client.post(f"{path}/releases/{quote(chosen, safe='')}/activate")
    answer(made, as_json=as_json, text=lambda: f"Version {made['version']} answers now.")


def _version_before(items: list[dict[str, Any]], project: str) -> str:
    released = [item for item in items if item["channel"] == "release"]
    present = next((index for index, item in enumerate(released) if item["answers"]), None)
    if present is None or present + 1 == len(released):
        raise NotFound(
            message("There is no version to go back to: `openmo app versions %(project)s` lists all.", project=project)
        )
    return str(released[present + 1]["version"])


@click.command()
@click.argument("project")
@click.option("--version", default=None, help="[default: the next one]")
@click.option("--notes", default="", help="What is new.  [default: the notes of the development version]")
@data_option
@json_option
def promote(*, project: str, version: str | None, notes: str, data: Path | None, as_json: bool) -> None:
    """Release the development version of PROJECT as it was tried."""
    client = connect(data)
    made = client.post(f"{path_of(client, project)}/app/promote", {"version": version, "notes": notes})
    answer(made, as_json=as_json, text=lambda: f"Released {made['version']}: {client.url}{made['page']}")


@click.command()
@click.argument("project")
@click.argument("version")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@data_option
@json_option
def delete(*, project: str, version: str, yes: bool, data: Path | None, as_json: bool) -> None:
    """Delete VERSION of PROJECT, which must not be the one that answers."""
    client = connect(data)
    path = path_of(client, project)
    if not yes:
        click.confirm(f"Delete version {version} of {project} for good?", abort=True, err=True)
    client.delete(f"{path}/releases/{quote(version, safe='')}")
    answer({"deleted": version}, as_json=as_json, text=lambda: f"Deleted {version}.")


@click.command("suspend")
@click.argument("project")
@data_option
@json_option
def suspend(*, project: str, data: Path | None, as_json: bool) -> None:
    """Let the app of PROJECT answer nobody until it is resumed; nothing is deleted."""
    _change(project, data, as_json=as_json, suspended=True)


@click.command("resume")
@click.argument("project")
@data_option
@json_option
def resume(*, project: str, data: Path | None, as_json: bool) -> None:
    """Let the app of PROJECT answer again."""
    _change(project, data, as_json=as_json, suspended=False)


def _change(project: str, data: Path | None, *, as_json: bool, suspended: bool) -> None:
    client = connect(data)
    made = client.patch(f"{path_of(client, project)}/app/settings", {"suspended": suspended})
    said = f"Suspended. Next: openmo app resume {project}" if suspended else "It answers again."
    answer(made, as_json=as_json, text=lambda: said)


@click.command("open")
@click.argument("project")
@click.option("--print", "only_print", is_flag=True, help="Print the address and start no browser.")
@data_option
@json_option
def open_app(*, project: str, only_print: bool, data: Path | None, as_json: bool) -> None:
    """Open the app of PROJECT in a browser."""
    client = connect(data)
    path = path_of(client, project)
    if not client.get(f"{path}/releases")["items"]:
        raise Conflict(message("It is not deployed yet. Next: openmo app deploy %(project)s", project=project))
    url = f"{client.url}{path}/use"
    answer({"url": url}, as_json=as_json, text=lambda: url)
    if not only_print and not as_json:
        click.launch(url)


COMMANDS = (versions, rollback, promote, delete, suspend, resume, open_app)
