"""Modules: the list, one module, and importing it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.modules.values import PAGE_LIMIT, Module, ModuleQuery
from openmo.web.documents.values import Formatted
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.forms import go
from openmo.web.pages.import_target import ImportTarget, ProjectQuery, import_target, project_named
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulesPage:
    modules: tuple[Module, ...]
    query: str
    project: str
    """`owner/name` of the project that one is looked for; empty: of none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulePage:
    module: Module
    readme: Formatted
    example: Formatted
    """How a notebook calls it."""
    target: ImportTarget


@router.get("/modules", dependencies=needs(Kind.PLATFORM, Verb.BROWSE))
def list_modules(request: Request, services: Use, actor: Who, q: str = "", project: ProjectQuery = "") -> Response:
    """Modules that the reader may see, those that match the query."""
    shown = services.modules.search(actor, ModuleQuery(search=q, limit=PAGE_LIMIT)).items
    return render(request, "modules.html", ModulesPage(modules=shown, query=q, project=project), section="modules")


@router.get("/modules/{owner}/{name}", dependencies=needs(Kind.MODULE, Verb.SEE))
def show_module(
    *, request: Request, services: Use, actor: Who, owner: str, name: str, project: ProjectQuery = ""
) -> Response:
    """README and use of one module."""
    module = services.modules.get(actor, owner, name)
    version = services.modules.version(actor, module)
    example = f'from modules import Client\n\nclient = Client()\nclient.module("{module.identifier}")'
    page = ModulePage(
        module=module,
        readme=services.documents.markdown(services.modules.readme(actor, module, version)),
        example=services.documents.source(example, name="example.py"),
        target=import_target(services, actor, project, services.imports.importing(actor, module)),
    )
    return render(request, "module.html", page, section="modules")


@router.post("/modules/{owner}/{name}/import", dependencies=needs(Kind.PROJECT, Verb.IMPORT))
def import_module(
    *,
    services: Use,
    actor: Who,
    owner: str,
    name: str,
    project: Annotated[str, Form()] = "",
    version: Annotated[str, Form()] = "",
) -> Response:
    """To the project, which now has the module."""
    module = services.modules.get(actor, owner, name)
    target = project_named(services, actor, project)
    services.imports.import_module(actor, target, module, version or module.version)
    return go(f"/projects/{target.owner}/{target.name}/files/modules")
