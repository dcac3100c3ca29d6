"""A project's front page, its settings, and the way into its notebook."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response
from markupsafe import Markup

from openmo.apps.values import Release
from openmo.core.errors import Conflict, Forbidden, InvalidInput
from openmo.core.visibility import Visibility
from openmo.projects.imports.values import DatasetImport, ModuleImport
from openmo.projects.values import Project
from openmo.web.pages.dependencies import Reads, Use, Who
from openmo.web.pages.forms import chosen, field_errors, go
from openmo.web.pages.project.head import ProjectHead, project_head
from openmo.web.pages.rendering import render
from openmo.web.policy import allow
from openmo.web.presentation.markdown import render_markdown
from openmo.web.security import check_csrf

router = APIRouter(prefix="/projects/{owner}/{name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewPage:
    head: ProjectHead
    readme: Markup
    datasets: tuple[DatasetImport, ...]
    modules: tuple[ModuleImport, ...]
    releases: tuple[Release, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage:
    head: ProjectHead
    title: str
    description: str
    visibility: str
    errors: dict[str, str] = field(default_factory=dict)


@router.get("", dependencies=[Depends(allow.anyone)])
def overview(request: Request, services: Use, actor: Who, owner: str, name: str) -> Response:
    """README, imports, releases."""
    head = project_head(services, actor, owner, name, tab="overview")
    page = OverviewPage(
        head=head,
        readme=render_markdown(services.projects.readme(actor, head.project)),
        datasets=tuple(services.imports.datasets(actor, head.project)),
        modules=tuple(services.imports.modules(actor, head.project)),
        releases=tuple(services.apps.releases(actor, head.project)),
    )
    return render(request, "project/overview.html", page)


@router.post("/start", dependencies=[Depends(allow.signed_in), Depends(check_csrf)])
async def start(services: Use, actor: Who, language: Reads, owner: str, name: str) -> Response:
    """To the project's JupyterLab, by way of the Hub's page that shows it starting."""
    project = await run_in_threadpool(services.projects.get, actor, owner, name)
    return go(await services.lab.start(actor, project, language=language.tag))


@router.get("/settings", dependencies=[Depends(allow.signed_in)])
def settings(request: Request, services: Use, actor: Who, owner: str, name: str) -> Response:
    """Title, description, visibility, and the way to delete the project."""
    head = _editable(project_head(services, actor, owner, name, tab="settings"))
    project = head.project
    page = SettingsPage(head=head, title=project.title, description=project.description, visibility=project.visibility)
    return render(request, "project/settings.html", page)


@router.post("/settings", dependencies=[Depends(allow.signed_in), Depends(check_csrf)])
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
    head = _editable(project_head(services, actor, owner, name, tab="settings"))
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


@router.post("/delete", dependencies=[Depends(allow.signed_in), Depends(check_csrf)])
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
    head = _editable(await run_in_threadpool(project_head, services, actor, owner, name, tab="settings"))
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


def _editable(head: ProjectHead) -> ProjectHead:
    if not head.may_edit:
        raise Forbidden("Only the project's owner can change it.")
    return head


def _check_confirmation(typed: str, project: Project) -> None:
    if typed.strip() != project.name:
        raise InvalidInput("Type the project's name exactly to delete it.", field="confirmation")
