"""One module: its page, importing it, and marking it as a favourite."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.core.messages import translated
from openmo.core.references import Reference
from openmo.jobs.lineage.values import UsePage
from openmo.languages.language import translations
from openmo.modules.changes import VersionChanges
from openmo.modules.snippets.client import CLIENT_CELL
from openmo.modules.values import ModuleVersion
from openmo.projects.values import Project
from openmo.web.documents.values import Formatted
from openmo.web.pages.dependencies import Reads, Use, Who
from openmo.web.pages.forms import go
from openmo.web.pages.import_target import ImportTarget, ProjectQuery, import_target, project_named
from openmo.web.pages.module.files import with_links
from openmo.web.pages.module.head import ModuleHead, module_head
from openmo.web.pages.module.methods import MethodShown, methods_shown
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter()
_SHOWN_JOBS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulePage:
    head: ModuleHead
    versions: tuple[ModuleVersion, ...]
    changes: VersionChanges | None
    """Beside the release before; None where there is none."""
    changed: tuple[str, ...]
    """The same in sentences."""
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


@router.get("/modules/{owner}/{name}", dependencies=needs(Kind.MODULE, Verb.SEE))
def show_module(
    *,
    request: Request,
    services: Use,
    actor: Who,
    language: Reads,
    owner: str,
    name: str,
    version: Annotated[str, Query(max_length=64)] = "",
    project: ProjectQuery = "",
    jobs: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """What a module is for, how it is called, its versions, and who uses it."""
    head = module_head(services, actor, owner, name, tab="overview", version=version, project=project)
    module, shown = head.module, head.shown
    changes = services.version_changes.changes(actor, module, shown)
    say = translations(language).gettext
    page = ModulePage(
        head=head,
        changes=changes,
        changed=tuple(translated(each.message, say) for each in changes.changes) if changes else (),
        versions=services.modules.versions(actor, module),
        readme=with_links(head, services.documents.markdown(services.modules.readme(actor, module, shown))),
        methods=methods_shown(services.documents, module, shown),
        client=services.documents.source(CLIENT_CELL, name="client.py"),
        used_by=services.module_uses.public_projects(module),
        uses=services.lineage.uses(actor, module, after=jobs, limit=_SHOWN_JOBS),
        target=import_target(services, actor, project, services.imports.importing(actor, module)),
        environment_ready=services.module_needs.is_ready(shown.environment),
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


@router.post("/modules/{owner}/{name}/insert", dependencies=needs(Kind.PROJECT, Verb.IMPORT))
async def insert_module(
    *,
    services: Use,
    actor: Who,
    language: Reads,
    owner: str,
    name: str,
    project: Annotated[str, Form()] = "",
    version: Annotated[str, Form()] = "",
) -> Response:
    """To the project's JupyterLab, which has the module and shows its tab: from there it is inserted by a form."""
    target, imported = await run_in_threadpool(_imported, services, actor, (owner, name, version), project)
    return go(await services.lab.start(actor, target, language=language.tag, module=imported))


def _imported(services: Use, actor: Who, named: tuple[str, str, str], project: str) -> tuple[Project, Reference]:
    owner, name, version = named
    module = services.modules.get(actor, owner, name)
    target = project_named(services, actor, project)
    check(actor, Verb.OPEN_LAB, target.thing())
    made = services.imports.import_module(actor, target, module, version)
    return target, Reference(module.owner, module.name, made.version)
