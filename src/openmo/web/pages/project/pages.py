"""A project's front page, its settings, and the way into its notebook."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.apps.values import Release
from openmo.core.errors import Conflict, InvalidInput
from openmo.core.visibility import Visibility
from openmo.projects.imports.values import DatasetImport, ModuleImport
from openmo.projects.values import Project
from openmo.web.documents.values import Formatted
from openmo.web.pages.dependencies import Reads, Use, Who
from openmo.web.pages.forms import chosen, field_errors, go
from openmo.web.pages.project.head import ProjectHead, project_head
from openmo.web.pages.rendering import render
from openmo.web.parts import PartsDep
from openmo.web.policy import needs

router = APIRouter(prefix="/projects/{owner}/{name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewPage:
    head: ProjectHead
    readme: Formatted
    datasets: tuple[DatasetImport, ...]
    modules: tuple[ModuleImport, ...]
    releases: tuple[Release, ...]
    shares_address: bool
    """Whether its JupyterLab answers at the site's own address."""
    updated: DatasetImport | None
    """The import that was moved to another version just now."""
    before: str
    """`owner/name@version` that it was before; empty: none was moved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage:
    head: ProjectHead
    title: str
    description: str
    visibility: str
    errors: dict[str, str] = field(default_factory=dict)


@router.get("", dependencies=needs(Kind.PROJECT, Verb.SEE))
def overview(
    *,
    request: Request,
    services: Use,
    parts: PartsDep,
    actor: Who,
    owner: str,
    name: str,
    updated: Annotated[str, Query(max_length=300)] = "",
) -> Response:
    """README, imports, releases."""
    head = project_head(services, actor, owner, name, tab="overview")
    datasets = services.imports.datasets(actor, head.project)
    moved = _moved(datasets, updated) if head.may_change else None
    page = OverviewPage(
        head=head,
        readme=services.documents.markdown(services.files.readme(actor, head.project)),
        datasets=datasets,
        modules=tuple(services.imports.modules(actor, head.project)),
        releases=tuple(services.apps.releases(actor, head.project)),
        shares_address=not parts.origins.domain,
        updated=moved,
        before=updated if moved else "",
    )
    return render(request, "project/overview.html", page)


@router.post("/start", dependencies=needs(Kind.PROJECT, Verb.OPEN_LAB))
async def start(services: Use, actor: Who, language: Reads, owner: str, name: str) -> Response:
    """To the project's JupyterLab, by way of the Hub's page that shows it starting."""
    project = await run_in_threadpool(services.projects.get, actor, owner, name)
    return go(await services.lab.start(actor, project, language=language.tag))


@router.get("/settings", dependencies=needs(Kind.PROJECT, Verb.CHANGE))
def settings(request: Request, services: Use, actor: Who, owner: str, name: str) -> Response:
    """Title, description, visibility, and the way to delete the project."""
    head = _settings_head(services, actor, owner, name, Verb.CHANGE)
    project = head.project
    page = SettingsPage(head=head, title=project.title, description=project.description, visibility=project.visibility)
    return render(request, "project/settings.html", page)


@router.post("/settings", dependencies=needs(Kind.PROJECT, Verb.CHANGE))
def save_settings(
    *,
    request: Request,
    services: Use,
    actor: Who,
    language: Reads,
    owner: str,
    name: str,
    title: Annotated[str, Form()] = "",
    description: Annotated[str, Form()] = "",
    visibility: Annotated[str, Form()] = "",
) -> Response:
    """The project's page, or the form again with what is wrong."""
    head = _settings_head(services, actor, owner, name, Verb.CHANGE)
    try:
        services.projects.update(
            actor,
            head.project,
            title=title.strip(),
            description=description.strip(),
            visibility=chosen(Visibility, visibility, field="visibility"),
        )
    except InvalidInput as error:
        page = SettingsPage(
            head=head,
            title=title,
            description=description,
            visibility=visibility,
            errors=field_errors(error, language),
        )
        return render(request, "project/settings.html", page, status=error.status)
    return go(head.address)


@router.post("/delete", dependencies=needs(Kind.PROJECT, Verb.DELETE))
async def delete(
    *,
    request: Request,
    services: Use,
    actor: Who,
    language: Reads,
    owner: str,
    name: str,
    confirmation: Annotated[str, Form()] = "",
) -> Response:
    """The workspace without the project; its name must have been typed, so that no slip deletes work."""
    head = await run_in_threadpool(_settings_head, services, actor, owner, name, Verb.DELETE)
    try:
        _check_confirmation(confirmation, head.project)
        await services.deletion.delete(actor, head.project)
    except (InvalidInput, Conflict) as error:
        page = SettingsPage(
            head=head,
            title=head.project.title,
            description=head.project.description,
            visibility=head.project.visibility,
            errors=field_errors(error, language),
        )
        return await run_in_threadpool(render, request, "project/settings.html", page, status=error.status)
    return go("/workspace")


def _settings_head(services: Use, actor: Who, owner: str, name: str, verb: Verb) -> ProjectHead:
    """The head of the settings' tab, for those who may do that; raises NotFound and Forbidden."""
    head = project_head(services, actor, owner, name, tab="settings")
    check(actor, verb, head.project.thing())
    return head


def _moved(datasets: Sequence[DatasetImport], before: str) -> DatasetImport | None:
    """The import of the dataset `before` (`owner/name@version`) names, where it is in another version now."""
    name, _, version = before.rpartition("@")
    found = (each for each in datasets if each.dataset.full_name == name and not each.hidden)
    return next((each for each in found if version.isdecimal() and str(each.version) != version), None)


def _check_confirmation(typed: str, project: Project) -> None:
    if typed.strip() != project.name:
        raise InvalidInput("Type the project's name exactly to delete it.", field="confirmation")
