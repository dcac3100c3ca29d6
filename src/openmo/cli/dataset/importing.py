"""`openmo dataset`: which datasets projects import."""

from pathlib import Path

import click

from openmo.cli.client import ApiClient, connect, full_name
from openmo.cli.dataset.looking import differences, differences_shown
from openmo.cli.dataset.naming import Named, named
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option
from openmo.core.errors import NotFound
from openmo.core.messages import message
from openmo.projects.imports.schemas import DatasetImportList, DatasetImportView, DatasetReference

_SHOWN = 50
"""Files that are different."""


@click.command("import")
@click.argument("project")
@click.argument("dataset", metavar="DATASET[@VERSION]")
@data_option
@json_option
def import_dataset(*, project: str, dataset: str, data: Path | None, as_json: bool) -> None:
    """Import a dataset (OWNER/NAME, or OWNER/NAME@VERSION) into PROJECT, read-only and without a copy."""
    client = connect(data)
    name = full_name(client, project)
    made = client.post(f"/projects/{name}/datasets", DatasetReference(dataset=str(_text(named(client, dataset)))))
    answer(made.value, as_json=as_json, text=lambda: _imported(made.read(DatasetImportView), name))


def _text(wanted: Named) -> str:
    version = wanted.reference.version
    return f"{wanted.name}@{version}" if version else wanted.name


def _imported(made: DatasetImportView, project: str) -> str:
    newer = f" Version {made.newer} is newer." if made.newer else ""
    return f"Version {made.version} of {made.dataset} is at {made.folder} in {project}.{newer}"


@click.command()
@click.argument("project")
@click.argument("dataset")
@data_option
@json_option
def unimport(*, project: str, dataset: str, data: Path | None, as_json: bool) -> None:
    """Take a dataset out of PROJECT; the dataset itself stays."""
    client = connect(data)
    name, wanted = full_name(client, project), named(client, dataset)
    client.delete(f"/projects/{name}{wanted.path}")
    value = {"project": name, "removed": wanted.name}
    answer(value, as_json=as_json, text=lambda: f"{wanted.name} is no longer in {name}.")


@click.command()
@click.argument("project")
@click.argument("dataset", metavar="DATASET[@VERSION]")
@click.option("--preview", is_flag=True, help="Show what is different, and change nothing.")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@data_option
@json_option
def update(*, project: str, dataset: str, preview: bool, yes: bool, data: Path | None, as_json: bool) -> None:
    """Move PROJECT to another version of a dataset that it imports (without @VERSION: the newest).

    The files that are different are listed first. Updating back undoes it.
    """
    client = connect(data)
    name, wanted = full_name(client, project), named(client, dataset)
    present = _import_of(client, name, wanted)
    target = wanted.version(client)
    if target == present.version:
        text = f"{name} imports version {target} of {wanted.name}: nothing changes."
        answer(present.model_dump(), as_json=as_json, text=lambda: text)
        return
    found = differences(client, wanted.path, present.version, target, limit=_SHOWN)
    if preview:
        answer(found.model_dump(), as_json=as_json, text=lambda: differences_shown(found))
        return
    if not yes:
        click.echo(differences_shown(found), err=True)
        click.confirm(f"Update {name} to version {target} of {wanted.name}?", abort=True, err=True)
    made = client.post(f"/projects/{name}/datasets", DatasetReference(dataset=f"{wanted.name}@{target}"))
    back = f" Back again: openmo dataset update {name} {wanted.name}@{present.version}"
    answer(made.value, as_json=as_json, text=lambda: _imported(made.read(DatasetImportView), name) + back)


def _import_of(client: ApiClient, project: str, wanted: Named) -> DatasetImportView:
    imports = client.get(f"/projects/{project}/datasets").read(DatasetImportList).items
    for item in imports:
        if item.dataset == wanted.name:
            return item
    raise NotFound(message("%(project)s does not import %(name)s.", project=project, name=wanted.name))


COMMANDS = (import_dataset, unimport, update)
