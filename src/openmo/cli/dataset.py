"""`openmo dataset`: list and import."""

from pathlib import Path

import click

from openmo.cli.client import connect, full_name
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option, table
from openmo.datasets.schemas import DatasetList
from openmo.projects.imports.schemas import DatasetImportView, DatasetReference


@click.group("dataset")
def command() -> None:
    """List datasets and import them into projects."""


@command.command("list")
@data_option
@json_option
def list_datasets(*, data: Path | None, as_json: bool) -> None:
    """List public datasets and your own."""
    found = connect(data).get("/datasets")
    answer(found.value, as_json=as_json, text=lambda: _listed(found.read(DatasetList)))


def _listed(found: DatasetList) -> str:
    rows = [(item.full_name, str(item.version), f"{item.bytes:,}", item.title) for item in found.items]
    return table(rows, head=("DATASET", "VERSION", "BYTES", "TITLE")) if rows else "No datasets yet."


@command.command("import")
@click.argument("project")
@click.argument("dataset")
@data_option
@json_option
def import_dataset(*, project: str, dataset: str, data: Path | None, as_json: bool) -> None:
    """Import DATASET (OWNER/NAME) into PROJECT, read-only and without a copy."""
    client = connect(data)
    name = full_name(client, project)
    made = client.post(f"/projects/{name}/datasets", DatasetReference(dataset=dataset))
    answer(made.value, as_json=as_json, text=lambda: _imported(made.read(DatasetImportView), name))


def _imported(made: DatasetImportView, project: str) -> str:
    return f"{made.dataset} is at {made.folder} in {project}."
