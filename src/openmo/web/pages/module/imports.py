"""A project's imports of modules: taken out, and moved to another version after a look at what changes."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.core.errors import Conflict
from openmo.core.messages import translated
from openmo.core.references import Reference
from openmo.languages.language import translations
from openmo.projects.imports.updates import ModuleUpdate
from openmo.web.pages.dependencies import Reads, Use, Who
from openmo.web.pages.forms import go
from openmo.web.pages.project.head import ProjectHead, project_head
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter(prefix="/projects/{owner}/{name}/modules")


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePage:
    head: ProjectHead
    update: ModuleUpdate
    skipped: tuple[tuple[str, str], ...]
    """Files that were not looked through, each with why."""
    changed: bool = False
    """Whether the list is another than the one that was agreed to."""


@router.post("/remove", dependencies=needs(Kind.PROJECT, Verb.IMPORT))
def remove_module(services: Use, actor: Who, owner: str, name: str, module: Annotated[str, Form()] = "") -> Response:
    """Back to the project, without that version's entry; the module stays where it is."""
    project = services.projects.get(actor, owner, name)
    check(actor, Verb.IMPORT, project.thing())
    services.imports.remove_module(actor, project, Reference.parse(module, field="module", versioned=True))
    return go(f"/projects/{owner}/{name}")


@router.get("/update", dependencies=needs(Kind.PROJECT, Verb.IMPORT))
def show_update(
    *,
    request: Request,
    services: Use,
    actor: Who,
    language: Reads,
    owner: str,
    name: str,
    module: Annotated[str, Query(max_length=300)] = "",
    version: Annotated[str, Query(max_length=64)] = "",
) -> Response:
    """The lines that would change; without a module: back to the project."""
    head = project_head(services, actor, owner, name, tab="overview")
    check(actor, Verb.IMPORT, head.project.thing())
    if not module:
        return go(head.address)
    imported = Reference.parse(module, field="module", versioned=True)
    page = _page(head, services.module_updates.preview(actor, head.project, imported, version), language)
    return render(request, "project/module_update.html", page)


@router.post("/update", dependencies=needs(Kind.PROJECT, Verb.IMPORT))
def update_module(
    *,
    request: Request,
    services: Use,
    actor: Who,
    language: Reads,
    owner: str,
    name: str,
    module: Annotated[str, Form()] = "",
    version: Annotated[str, Form()] = "",
    digest: Annotated[str, Form()] = "",
) -> Response:
    """Back to the project, which imports the other version; the list again where the files have changed since."""
    head = project_head(services, actor, owner, name, tab="overview")
    check(actor, Verb.IMPORT, head.project.thing())
    imported = Reference.parse(module, field="module", versioned=True)
    try:
        services.module_updates.update(actor, head.project, imported, version, digest=digest)
    except Conflict:
        update = services.module_updates.preview(actor, head.project, imported, version)
        if update.digest == digest:
            raise  # something else is in the way
        page = _page(head, update, language, changed=True)
        return render(request, "project/module_update.html", page, status=409)
    return go(head.address)


def _page(head: ProjectHead, update: ModuleUpdate, language: Reads, *, changed: bool = False) -> UpdatePage:
    say = translations(language).gettext
    skipped = tuple((each.path, translated(each.why, say)) for each in update.skipped)
    return UpdatePage(head=head, update=update, skipped=skipped, changed=changed)
