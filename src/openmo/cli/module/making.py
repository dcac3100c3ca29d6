"""`openmo module`: from a project to a published module."""

from pathlib import Path
from typing import Literal
from urllib.parse import quote

import click

from openmo.cli.building import post_when_built
from openmo.cli.client import ApiClient, Refused, connect, full_name, path_of
from openmo.cli.options import data_option
from openmo.cli.output import EXIT_ERROR, answer, json_option, print_json
from openmo.core.catalogue import Category
from openmo.core.errors import Conflict, InvalidInput
from openmo.core.ids import is_name
from openmo.core.messages import message
from openmo.core.references import Reference
from openmo.core.visibility import Visibility
from openmo.modules.schemas import ModuleView
from openmo.projects.publishing.schemas import (
    CheckDraft,
    CheckReportView,
    CopyDraft,
    ProblemView,
    SkeletonDraft,
    SkeletonView,
    VersionDraft,
    YankDraft,
)
from openmo.projects.schemas import ProjectDraft, ProjectView
from openmo.projects.values import ProjectKind
from openmo.specs.module import ModuleKind

_KINDS = click.Choice([kind.value for kind in ModuleKind])
_CATEGORIES = click.Choice([category.value for category in Category])
file_option = click.option(
    "--file",
    "files",
    multiple=True,
    metavar="PATH",
    help="A file or folder to include; repeatable.  [default: what main.py needs]",
)


@click.command()
@click.argument("project")
@click.option("--kind", type=_KINDS, help="A model predicts and may be trained; a toolkit runs.")
@click.option("--title", default="", help="The name that people read, of a new project.  [default: PROJECT]")
@click.option("--from", "source", metavar="PROJECT", help="Copy the files and imports of this project of yours.")
@click.option(
    "--language", type=click.Choice(["en", "zh-CN"]), default="en", show_default=True, help="Of its comments."
)
@data_option
@json_option
def create(
    *,
    project: str,
    kind: str | None,
    title: str,
    source: str | None,
    language: Literal["en", "zh-CN"],
    data: Path | None,
    as_json: bool,
) -> None:
    """Begin a module in PROJECT, which is made where there is none: main.py, its spec, a notebook and a README."""
    client = connect(data)
    begins = None if kind is None else ModuleKind(kind)
    if source is not None:
        named = {"title": title or project, "name": project if is_name(project) else ""}
        copy = CopyDraft(**named, kind=begins or ModuleKind.TOOLKIT, language=language)
        made = client.post(f"{path_of(client, source)}/module/copy", copy).read(ProjectView).full_name
        answer({"project": made}, as_json=as_json, text=lambda: f"Copied {source} as {made}.")
        return
    if begins is None:
        raise click.UsageError("Say --kind model or --kind toolkit, or --from PROJECT.")
    name = full_name(client, project)
    new = "/" not in project and not _exists(client, name)
    if new:
        blank = ProjectDraft(
            title=title or project, name=project if is_name(project) else "", kind=ProjectKind.MODULE, template="blank"
        )
        name = client.post("/projects", blank).read(ProjectView).full_name
    draft = SkeletonDraft(kind=begins, language=language, replace_readme=new)
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


@click.command()
@click.argument("project")
@file_option
@data_option
@json_option
def check(*, project: str, files: tuple[str, ...], data: Path | None, as_json: bool) -> int:
    """Try the module that PROJECT makes, in the sandbox, and say what is to be mended. Nothing is published."""
    client = connect(data)
    found = post_when_built(client, f"{path_of(client, project)}/module/check", CheckDraft(files=list(files) or None))
    report = found.read(CheckReportView)
    if as_json:
        print_json(found.value)
    else:
        _show(report)
        click.echo(f"It may be published as {report.version_proposed}." if report.ok else "It cannot be published yet.")
    return 0 if report.ok else EXIT_ERROR


@click.command()
@click.argument("project")
@click.option("--version", default=None, help="[default: what the changes demand, at first 0.1.0]")
@click.option("--dev", is_flag=True, help="The development version, which only you see: it replaces the last one.")
@click.option("--notes", default="", help="What is new.")
@file_option
@click.option("--title", default=None, help="[default: as it is, at first the project's]")
@click.option("--description", default=None, help="[default: as it is, at first the project's]")
@click.option("--category", type=_CATEGORIES, default=None)
@click.option("--tags", default=None, metavar="A,B", help="Up to ten words by which people find it.")
@click.option("--public/--private", "public", default=None, help="Who may see it.  [default: as the project]")
@click.option("--again", is_flag=True, help="Also where nothing has changed since the last version.")
@data_option
@json_option
def publish(*, project: str, data: Path | None, as_json: bool, **said: object) -> None:
    """Publish a version of the module that PROJECT makes. It is checked first; a published version never changes."""
    client = connect(data)
    try:
        made = post_when_built(client, f"{path_of(client, project)}/module/versions", _draft(**said))
    except Refused as error:
        if error.code == "module_unchanged":
            raise Conflict(message("%(problem)s `--again` publishes them all the same.", problem=error)) from error
        raise
    version = "dev" if said["dev"] else made.read(ModuleView).version
    answer(made.value, as_json=as_json, text=lambda: _published(made.read(ModuleView), version, client.url))


def _draft(**said: object) -> VersionDraft:
    """What was given on the command line, and nothing else."""
    tags, public = said.pop("tags"), said.pop("public")
    given = {name: value for name, value in said.items() if value not in (None, (), "", False)}
    if "files" in given:
        given["files"] = list(said["files"])  # type: ignore[call-overload]  # a tuple of texts
    if tags is not None:
        given["tags"] = str(tags).split(",")
    if public is not None:
        given["visibility"] = Visibility.PUBLIC if public else Visibility.PRIVATE
    return VersionDraft.model_validate(given)


def _published(module: ModuleView, version: str, site: str) -> str:
    return f"Published {module.owner}/{module.name}/{version}: {site}{module.url}"


@click.command()
@click.argument("module", metavar="OWNER/NAME/VERSION")
@click.option("--why", default="", help="The reason, which everybody reads who has imported it.")
@click.option("--undo", is_flag=True, help="Offer the version again.")
@data_option
@json_option
def yank(*, module: str, why: str, undo: bool, data: Path | None, as_json: bool) -> None:
    """Offer a published version to nobody any more. Projects that import it keep it, and say why it was yanked."""
    reference = Reference.parse(module, field="module", versioned=True)
    if not reference.version:
        raise InvalidInput("Say which version: OWNER/NAME/VERSION.", field="module")
    client = connect(data)
    path = "/".join(("/modules", *map(quote, (reference.owner, reference.name)), "versions", quote(reference.version)))
    if undo:
        client.delete(f"{path}/yank")
        answer({"offered": str(reference)}, as_json=as_json, text=lambda: f"{reference} is offered again.")
        return
    made = client.post(f"{path}/yank", YankDraft(reason=why))
    answer(made.value, as_json=as_json, text=lambda: f"Yanked {reference}.")


def _show(report: CheckReportView) -> None:
    for kind, found in (("Error", report.problems), ("Please look", report.warnings)):
        for each in found:
            click.echo(f"{kind}: {_place(each)}{each.message} {each.remedy}", err=kind == "Error")
    for change in report.changes:
        click.echo(f"Changed ({change.bump}): {change.message}")


def _place(problem: ProblemView) -> str:
    if not problem.file:
        return ""
    return f"{problem.file}: " if problem.line is None else f"{problem.file}, line {problem.line}: "


COMMANDS = (create, check, publish, yank)
