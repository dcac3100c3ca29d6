"""Making a project."""

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.core.errors import Conflict, InvalidInput
from openmo.core.visibility import Visibility
from openmo.projects.values import ProjectKind, Template
from openmo.specs.module import ModuleKind
from openmo.web.pages.dependencies import Reads, Use, Who
from openmo.web.pages.forms import chosen, field_errors, go
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter()
BLANK = "blank"
"""The template whose README says nothing that anybody would miss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProjectForm:
    """What the form holds, as the user typed it."""

    title: str = ""
    name: str = ""
    description: str = ""
    kind: str = ProjectKind.APP
    module_kind: str = ModuleKind.MODEL
    """What the module will be, where the kind is that."""
    visibility: str = Visibility.PRIVATE
    template: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProjectPage:
    form: NewProjectForm
    templates: tuple[Template, ...]
    owner: str
    errors: dict[str, str] = field(default_factory=dict)


def _first_template(templates: tuple[Template, ...]) -> str:
    return templates[0].name if templates else ""


@router.get("/projects/new", dependencies=needs(Kind.PLATFORM, Verb.CREATE_PROJECT))
def new_project(request: Request, services: Use, actor: Who, template: str = "") -> Response:
    """The empty form; `template` may choose the starting point."""
    templates = tuple(services.projects.templates())
    known = any(one.name == template for one in templates)
    form = NewProjectForm(template=template if known else _first_template(templates))
    page = NewProjectPage(form=form, templates=templates, owner=actor.name or "")
    return render(request, "new_project.html", page, section="workspace")


@router.post("/projects/new", dependencies=needs(Kind.PLATFORM, Verb.CREATE_PROJECT))
def create_project(
    *,
    request: Request,
    services: Use,
    actor: Who,
    language: Reads,
    title: Annotated[str, Form()] = "",
    name: Annotated[str, Form()] = "",
    description: Annotated[str, Form()] = "",
    kind: Annotated[str, Form()] = ProjectKind.APP,
    module_kind: Annotated[str, Form()] = ModuleKind.MODEL,
    visibility: Annotated[str, Form()] = Visibility.PRIVATE,
    template: Annotated[str, Form()] = "",
) -> Response:
    """The new project's page, or the form again with what is wrong."""
    form = NewProjectForm(
        title=title,
        name=name,
        description=description,
        kind=kind,
        module_kind=module_kind,
        visibility=visibility,
        template=template,
    )
    try:
        begins = chosen(ModuleKind, module_kind, field="module_kind") if kind == ProjectKind.MODULE else None
        project = services.projects.create(
            actor,
            title=title.strip(),
            name=name.strip(),
            description=description.strip(),
            kind=chosen(ProjectKind, kind, field="kind"),
            visibility=chosen(Visibility, visibility, field="visibility"),
            template=template,
        )
    except (InvalidInput, Conflict) as error:
        errors = field_errors(error, language)
        if isinstance(error, Conflict) and "form" in errors:
            errors = {"name": errors["form"]}  # the one thing of a new project that can collide
        page = NewProjectPage(
            form=form, templates=tuple(services.projects.templates()), owner=actor.name or "", errors=errors
        )
        return render(request, "new_project.html", page, section="workspace", status=error.status)
    if begins is not None:
        services.publishing.begin(actor, project, begins, language=language, replace_readme=template == BLANK)
    return go(f"/projects/{project.owner}/{project.name}")
