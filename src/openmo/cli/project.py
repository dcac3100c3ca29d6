"""`openmo project`: create, list, show, delete."""

from pathlib import Path

import click

from openmo.apps.schemas import ReleaseList
from openmo.cli.client import connect, full_name
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option, print_json, table
from openmo.core.ids import is_name
from openmo.core.visibility import Visibility
from openmo.projects.imports.schemas import DatasetImportList, ModuleImportList
from openmo.projects.schemas import ProjectDraft, ProjectList, ProjectView
from openmo.projects.values import ProjectKind


@click.group("project")
def command() -> None:
    """Create, list, show and delete projects."""


@command.command()
@click.argument("name")
@click.option("--title", default="", help="The name that people read.  [default: NAME]")
@click.option("--description", default="")
@click.option("--kind", type=click.Choice(["app", "module"]), default=None)
@click.option("--public", is_flag=True, help="Everybody may see it.")
@click.option("--template", default="blank", show_default=True, help="blank, iris-app, train-digits ...")
@data_option
@json_option
def create(
    *,
    name: str,
    title: str,
    description: str,
    kind: str | None,
    public: bool,
    template: str,
    data: Path | None,
    as_json: bool,
) -> None:
    """Create a project named NAME; what cannot stand in an address is its title, and gets a name made of it."""
    draft = ProjectDraft(
        title=title or name,
        name="" if title in ("", name) and not is_name(name) else name,
        description=description,
        kind=None if kind is None else ProjectKind(kind),
        visibility=Visibility.PUBLIC if public else Visibility.PRIVATE,
        template=template,
    )
    made = connect(data).post("/projects", draft)
    answer(made.value, as_json=as_json, text=lambda: f"Created {made.read(ProjectView).full_name}.")


@command.command("list")
@click.option("--public", is_flag=True, help="Everybody's public projects instead of your own.")
@data_option
@json_option
def list_projects(*, data: Path | None, as_json: bool, public: bool) -> None:
    """List projects."""
    found = connect(data).get("/projects", scope="public" if public else "own")
    answer(found.value, as_json=as_json, text=lambda: _listed(found.read(ProjectList)))


def _listed(found: ProjectList) -> str:
    rows = [(item.full_name, item.visibility, item.kind, item.title) for item in found.items]
    return table(rows, head=("PROJECT", "VISIBILITY", "KIND", "TITLE")) if rows else "No projects yet."


@command.command()
@click.argument("project")
@data_option
@json_option
def show(*, project: str, data: Path | None, as_json: bool) -> None:
    """Show PROJECT (NAME or OWNER/NAME): what it imports, its jobs, its releases."""
    client = connect(data)
    name = full_name(client, project)
    found = client.get(f"/projects/{name}")
    datasets = client.get(f"/projects/{name}/datasets")
    modules = client.get(f"/projects/{name}/modules")
    releases = client.get(f"/projects/{name}/releases")
    held = {"datasets": datasets, "modules": modules, "releases": releases}
    if as_json:
        print_json(found.values() | {kind: answered.values()["items"] for kind, answered in held.items()})
        return
    view = found.read(ProjectView)
    rows = [
        ("Project", view.full_name),
        ("Title", view.title),
        ("Visibility", view.visibility),
        ("Datasets", ", ".join(item.dataset for item in datasets.read(DatasetImportList).items) or "-"),
        ("Modules", ", ".join(item.identifier for item in modules.read(ModuleImportList).items) or "-"),
        ("Releases", ", ".join(item.version for item in releases.read(ReleaseList).items) or "-"),
        ("Page", f"{client.url}{view.url}"),
    ]
    click.echo(table(rows))


@command.command()
@click.argument("project")
@click.option("--yes", "-y", is_flag=True, help="Do not ask.")
@data_option
@json_option
def delete(*, project: str, yes: bool, data: Path | None, as_json: bool) -> None:
    """Delete PROJECT with its files, jobs and releases."""
    client = connect(data)
    name = full_name(client, project)
    if not yes:
        click.confirm(f"Delete {name} with all its files, jobs and releases?", abort=True, err=True)
    client.delete(f"/projects/{name}")
    answer({"deleted": name}, as_json=as_json, text=lambda: f"Deleted {name}.")
