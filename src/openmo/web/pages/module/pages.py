"""One module: its page, importing it, and marking it as a favourite."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from openmo.accounts.access import may
from openmo.accounts.rights import Kind, Verb
from openmo.jobs.lineage.values import UsePage
from openmo.modules.snippets.client import CLIENT_CELL
from openmo.modules.values import Module, ModuleVersion
from openmo.projects.values import Project
from openmo.web.documents.values import Formatted
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.forms import go
from openmo.web.pages.import_target import ImportTarget, ProjectQuery, import_target, project_named
from openmo.web.pages.module.methods import MethodShown, methods_shown
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter()
_SHOWN_JOBS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulePage:
    module: Module
    shown: ModuleVersion
    """The version that the page is about: the newest, unless the address names another."""
    versions: tuple[ModuleVersion, ...]
    favourite: bool
    readme: Formatted
    methods: tuple[MethodShown, ...]
    client: Formatted
    """The cell that comes before all calls."""
    used_by: tuple[Project, ...]
    uses: UsePage
    """The reader's own jobs that were made with it."""
    target: ImportTarget
    environment_ready: bool
    """Whether the version's own environment lies on this machine."""
    manages: bool
    """Whether the reader may yank versions, and offer them again."""

    @property
    def is_newest(self) -> bool:
        return self.shown.version == self.module.version or not self.module.version


@router.get("/modules/{owner}/{name}", dependencies=needs(Kind.MODULE, Verb.SEE))
def show_module(
    *,
    request: Request,
    services: Use,
    actor: Who,
    owner: str,
    name: str,
    version: Annotated[str, Query(max_length=64)] = "",
    project: ProjectQuery = "",
    jobs: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """What a module is for, how it is called, its versions, and who uses it."""
    module = services.modules.get(actor, owner, name)
    shown = services.modules.version(actor, module, version)
    page = ModulePage(
        module=module,
        shown=shown,
        versions=services.modules.versions(actor, module),
        favourite=services.modules.is_favourite(actor, module),
        readme=services.documents.markdown(services.modules.readme(actor, module, shown)),
        methods=methods_shown(services.documents, module, shown),
        client=services.documents.source(CLIENT_CELL, name="client.py"),
        used_by=services.module_uses.public_projects(module),
        uses=services.lineage.uses(actor, module, after=jobs, limit=_SHOWN_JOBS),
        target=import_target(services, actor, project, services.imports.importing(actor, module)),
        environment_ready=services.module_needs.is_ready(shown.environment),
        manages=may(actor, Verb.MANAGE, module.thing()),
    )
    return render(request, "module.html", page, section="modules")


@router.post("/modules/{owner}/{name}/favourite", dependencies=needs(Kind.MODULE, Verb.FAVOURITE))
def mark_module(services: Use, actor: Who, owner: str, name: str, marked: Annotated[str, Form()] = "yes") -> Response:
    """Back to the module, which is a favourite now, or no longer."""
    module = services.modules.get(actor, owner, name)
    services.modules.set_favourite(actor, module, marked=marked == "yes")
    return go(f"/modules/{module.full_name}")


@router.post("/modules/{owner}/{name}/yank", dependencies=needs(Kind.MODULE, Verb.MANAGE))
def yank_version(
    *,
    services: Use,
    actor: Who,
    owner: str,
    name: str,
    version: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """To the version, which is offered to nobody any more and says why."""
    module = services.modules.get(actor, owner, name)
    services.yanking.yank(actor, module, version, reason)
    return go(f"/modules/{module.full_name}?version={quote(version)}")


@router.post("/modules/{owner}/{name}/unyank", dependencies=needs(Kind.MODULE, Verb.MANAGE))
def offer_again(services: Use, actor: Who, owner: str, name: str, version: Annotated[str, Form()] = "") -> Response:
    """To the version, which is offered again."""
    module = services.modules.get(actor, owner, name)
    services.yanking.unyank(actor, module, version)
    return go(f"/modules/{module.full_name}?version={quote(version)}")


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
    services.imports.import_module(actor, target, module, version)
    return go(f"/projects/{target.owner}/{target.name}/files/modules")
