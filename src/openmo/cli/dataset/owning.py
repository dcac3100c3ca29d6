"""`openmo dataset`: what you do with datasets of your own, and your favourites."""

from pathlib import Path
from urllib.parse import quote

import click

from openmo.cli.client import connect
from openmo.cli.dataset.naming import named
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option
from openmo.core.catalogue import Category
from openmo.core.visibility import Visibility
from openmo.datasets.schemas import DatasetChangeRequest, DatasetView


@click.command()
@click.argument("dataset")
@click.option("--title", default=None)
@click.option("--description", default=None)
@click.option("--category", type=click.Choice([each.value for each in Category]), default=None)
@click.option("--tags", default=None, metavar="A,B", help="Up to ten words by which people find it.")
@click.option("--licence", default=None, help="An SPDX identifier, such as CC-BY-4.0, or a few words.")
@data_option
@json_option
def edit(*, dataset: str, data: Path | None, as_json: bool, **said: str | None) -> None:
    """Say something else of a dataset of yours; what is left out stays as it is."""
    tags = said.pop("tags")
    given: dict[str, object] = {name: value for name, value in said.items() if value is not None}
    if tags is not None:
        given["tags"] = tags.split(",")
    client = connect(data)
    made = client.patch(named(client, dataset).path, DatasetChangeRequest.model_validate(given))
    answer(made.value, as_json=as_json, text=lambda: f"Changed {made.read(DatasetView).full_name}.")


@click.command()
@click.argument("dataset")
@data_option
@json_option
def publish(*, dataset: str, data: Path | None, as_json: bool) -> None:
    """Make a dataset of yours public: everybody can see and import all its versions."""
    client = connect(data)
    made = client.patch(named(client, dataset).path, DatasetChangeRequest(visibility=Visibility.PUBLIC))
    view = made.read(DatasetView)
    answer(made.value, as_json=as_json, text=lambda: f"{view.full_name} is public: {client.url}{view.url}")


@click.command()
@click.argument("dataset")
@data_option
@json_option
def hide(*, dataset: str, data: Path | None, as_json: bool) -> None:
    """Make a dataset of yours private. Projects that import it keep the version that they have."""
    client = connect(data)
    made = client.patch(named(client, dataset).path, DatasetChangeRequest(visibility=Visibility.PRIVATE))
    view = made.read(DatasetView)
    kept = f" {view.imports} projects import it and keep what they have." if view.imports else ""
    answer(made.value, as_json=as_json, text=lambda: f"{view.full_name} is private.{kept}")


@click.command()
@click.argument("dataset")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@data_option
@json_option
def delete(*, dataset: str, yes: bool, data: Path | None, as_json: bool) -> None:
    """Delete a dataset of yours with all its versions. Refused while other people's projects import it."""
    client = connect(data)
    wanted = named(client, dataset)
    if not yes:
        typed = click.prompt(f"All versions of {wanted.name} go for good. Type its name to delete it", err=True)
    else:
        typed = wanted.reference.name
    client.delete(f"{wanted.path}?confirm={quote(typed)}")
    answer({"deleted": wanted.name}, as_json=as_json, text=lambda: f"Deleted {wanted.name}.")


@click.command()
@click.argument("dataset")
@click.option("--undo", is_flag=True, help="It is no favourite any more.")
@data_option
@json_option
def favourite(*, dataset: str, undo: bool, data: Path | None, as_json: bool) -> None:
    """Mark a dataset as a favourite; `list --scope favourites` lists them."""
    client = connect(data)
    wanted = named(client, dataset)
    if undo:
        client.delete(f"{wanted.path}/favourite")
    else:
        client.put(f"{wanted.path}/favourite")
    text = f"{wanted.name} is {'no favourite any more' if undo else 'a favourite'}."
    answer({"dataset": wanted.name, "favourite": not undo}, as_json=as_json, text=lambda: text)


COMMANDS = (edit, publish, hide, delete, favourite)
