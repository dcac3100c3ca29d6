"""`openmo module`: from a project to a published module."""

from pathlib import Path
from typing import Literal

import click

from openmo.cli.client import ApiClient, Refused, connect, full_name
from openmo.cli.options import data_option
from openmo.cli.output import answer, json_option
from openmo.core.ids import is_name
from openmo.projects.publishing.schemas import SkeletonDraft, SkeletonView
from openmo.projects.schemas import ProjectDraft, ProjectView
from openmo.projects.values import ProjectKind
from openmo.specs.module import ModuleKind

_KINDS = click.Choice([kind.value for kind in ModuleKind])


@click.command()
@click.argument("project")
@click.option("--kind", type=_KINDS, required=True, help="A model predicts and may be trained; a toolkit runs.")
@click.option("--title", default="", help="The name that people read, of a new project.  [default: PROJECT]")
@click.option(
    "--language", type=click.Choice(["en", "zh-CN"]), default="en", show_default=True, help="Of its comments."
)
@data_option
@json_option
def create(
    *, project: str, kind: str, title: str, language: Literal["en", "zh-CN"], data: Path | None, as_json: bool
) -> None:
    """Begin a module in PROJECT, which is made where there is none: main.py, its spec, a notebook and a README."""
    client = connect(data)
    name = full_name(client, project)
    new = "/" not in project and not _exists(client, name)
    if new:
        blank = ProjectDraft(
            title=title or project, name=project if is_name(project) else "", kind=ProjectKind.MODULE, template="blank"
        )
        name = client.post("/projects", blank).read(ProjectView).full_name
    draft = SkeletonDraft(kind=ModuleKind(kind), language=language, replace_readme=new)
    files = client.post(f"/projects/{name}/module/skeleton", draft).read(SkeletonView).files
    answer({"project": name, "files": files}, as_json=as_json, text=lambda: _begun(name, files))


def _begun(name: str, files: list[str]) -> str:
    return f"Wrote {', '.join(files)} in {name}."


def _exists(client: ApiClient, name: str) -> bool:
    try:
        client.get(f"/projects/{name}")
    except Refused as error:
        if error.status == 404:
            return False
        raise
    return True


COMMANDS = (create,)
