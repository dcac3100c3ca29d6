"""`openmo project`: create, list, show, delete."""

from pathlib import Path
from typing import Any

import click

from openmo.cli.client import connect, full_name
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option, table
from openmo.core.ids import is_name


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
def create(*, data: Path | None, as_json: bool, public: bool, **fields: Any) -> None:
    """Create a project named NAME; what cannot stand in an address is its title, and gets a name made of it."""
    visibility = "public" if public else "private"
    fields["title"] = fields["title"] or fields["name"]
    if fields["title"] == fields["name"] and not is_name(fields["name"]):
        fields["name"] = ""
    made = connect(data).post("/projects", {**fields, "visibility": visibility})
    answer(made, as_json=as_json, text=lambda: f"Created {made['full_name']}.")


@command.command("list")
@click.option("--public", is_flag=True, help="Everybody's public projects instead of your own.")
@data_option
@json_option
def list_projects(*, data: Path | None, as_json: bool, public: bool) -> None:
    """List projects."""
    found = connect(data).get("/projects", scope="public" if public else "own")
    rows = [(item["full_name"], item["visibility"], item["kind"], item["title"]) for item in found["items"]]
    head = ("PROJECT", "VISIBILITY", "KIND", "TITLE")
    answer(found, as_json=as_json, text=lambda: table(rows, head=head) if rows else "No projects yet.")


@command.command()
@click.argument("project")
@data_option
@json_option
def show(*, project: str, data: Path | None, as_json: bool) -> None:
    """Show PROJECT (NAME or OWNER/NAME): what it imports, its jobs, its releases."""
    client = connect(data)
    name = full_name(client, project)
    found = client.get(f"/projects/{name}")
    found["datasets"] = client.get(f"/projects/{name}/datasets")["items"]
    found["modules"] = client.get(f"/projects/{name}/modules")["items"]
    found["releases"] = client.get(f"/projects/{name}/releases")["items"]
    rows = [
        ("Project", found["full_name"]),
        ("Title", found["title"]),
        ("Visibility", found["visibility"]),
        ("Datasets", ", ".join(item["dataset"] for item in found["datasets"]) or "-"),
        ("Modules", ", ".join(item["identifier"] for item in found["modules"]) or "-"),
        ("Releases", ", ".join(item["version"] for item in found["releases"]) or "-"),
        ("Page", f"{client.url}{found['url']}"),
    ]
    answer(found, as_json=as_json, text=lambda: table(rows))


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
