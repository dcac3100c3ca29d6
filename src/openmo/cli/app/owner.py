"""`openmo app`: what an app's owner sees and decides once it is deployed."""

from collections.abc import Sequence
from datetime import UTC
from pathlib import Path
from urllib.parse import quote

import click

from openmo.apps.owner.schemas import AppSettingsDraft
from openmo.apps.schemas import ChangesView, PromotionDraft, ReleaseList, ReleaseView, VersionList, VersionView
from openmo.apps.values import Channel
from openmo.cli.client import connect, path_of
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option, table
from openmo.core.amounts import memory_text
from openmo.core.errors import Conflict, NotFound
from openmo.core.messages import message


@click.command()
@click.argument("project")
@data_option
@json_option
def versions(*, project: str, data: Path | None, as_json: bool) -> None:
    """List the releases of PROJECT: which one answers, and what each changed."""
    client = connect(data)
    found = client.get(f"{path_of(client, project)}/app/versions")
    empty = f"No release yet. Next: openmo app deploy {project}"
    answer(found.value, as_json=as_json, text=lambda: _listed(found.read(VersionList).items) or empty)


def _listed(versions: Sequence[VersionView]) -> str:
    rows = [
        (
            "*" if item.answers else "",
            item.version,
            f"{item.created_at.astimezone(UTC):%Y-%m-%d %H:%M}",
            memory_text(item.bytes),
            _changes(item.changes),
            item.notes.split("\n")[0][:60],
        )
        for item in versions
    ]
    return table(rows, head=("", "VERSION", "MADE (UTC)", "SIZE", "CHANGED", "NOTES")) if rows else ""


def _changes(changes: ChangesView | None) -> str:
    if changes is None:
        return "-"
    parts = [
        f"{number} {kind}"
        for kind, names in (("inputs", changes.inputs), ("outputs", changes.outputs), ("files", changes.files))
        if (number := len(names.added) + len(names.removed) + len(names.changed))
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
    chosen = version or _version_before(client.get(f"{path}/app/versions").read(VersionList).items, project)
    made = client.post(f"{path}/releases/{quote(chosen, safe='')}/activate")
    answer(made.value, as_json=as_json, text=lambda: f"Version {made.read(ReleaseView).version} answers now.")


def _version_before(versions: Sequence[VersionView], project: str) -> str:
    released = [item for item in versions if item.channel is Channel.RELEASE]
    present = next((index for index, item in enumerate(released) if item.answers), None)
    if present is None or present + 1 == len(released):
        raise NotFound(
            message("There is no version to go back to: `openmo app versions %(project)s` lists all.", project=project)
        )
    return released[present + 1].version


@click.command()
@click.argument("project")
@click.option("--version", default=None, help="[default: the next one]")
@click.option("--notes", default="", help="What is new.  [default: the notes of the development version]")
@click.option("--yes", "-y", is_flag=True, help="Do not ask, also where nothing has changed.")
@data_option
@json_option
def promote(*, project: str, version: str | None, notes: str, yes: bool, data: Path | None, as_json: bool) -> None:
    """Release the development version of PROJECT as it was tried."""
    client = connect(data)
    versions = client.get(f"{path_of(client, project)}/app/versions").read(VersionList).items
    if not yes and (same := _unchanged_since(versions)):
        question = f"The development version is the same as {same}: its files, inputs and outputs. Release it again?"
        click.confirm(question, abort=True, err=True)
    made = client.post(f"{path_of(client, project)}/app/promote", PromotionDraft(version=version, notes=notes))
    answer(made.value, as_json=as_json, text=lambda: _promoted(made.read(ReleaseView), client.url))


def _promoted(release: ReleaseView, site: str) -> str:
    return f"Released {release.version}: {site}{release.page}"


def _unchanged_since(versions: Sequence[VersionView]) -> str:
    """The release that the development version is the same as; empty when it is not, or is not there."""
    changes = next((item.changes for item in versions if item.channel is Channel.DEV), None)
    return changes.before if changes is not None and _changes(changes) == "nothing" else ""


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
    made = client.patch(f"{path_of(client, project)}/app/settings", AppSettingsDraft(suspended=suspended))
    done = f"Suspended. Next: openmo app resume {project}" if suspended else "It answers again."
    answer(made.value, as_json=as_json, text=lambda: done)


@click.command("open")
@click.argument("project")
@click.option("--print", "only_print", is_flag=True, help="Print the address and start no browser.")
@data_option
@json_option
def open_app(*, project: str, only_print: bool, data: Path | None, as_json: bool) -> None:
    """Open the app of PROJECT in a browser."""
    client = connect(data)
    path = path_of(client, project)
    if not client.get(f"{path}/releases").read(ReleaseList).items:
        raise Conflict(message("It is not deployed yet. Next: openmo app deploy %(project)s", project=project))
    url = f"{client.url}{path}/use"
    answer({"url": url}, as_json=as_json, text=lambda: url)
    if not only_print and not as_json:
        click.launch(url)


COMMANDS = (versions, rollback, promote, delete, suspend, resume, open_app)
