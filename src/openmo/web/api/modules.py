"""/api/v1/modules: what there is to import, and which of them the caller has marked."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.core.catalogue import PAGE_LIMIT, Category, ListScope, ListSort
from openmo.core.references import Reference
from openmo.languages.language import translations
from openmo.modules.languages import in_language, page_in
from openmo.modules.schemas import (
    ModuleCodeDraft,
    ModuleCodeView,
    ModuleDetails,
    ModuleDraft,
    ModuleList,
    ModuleVersionView,
    ModuleView,
    VersionChangesView,
)
from openmo.modules.snippets.calls import write_call
from openmo.modules.values import Module, ModuleQuery
from openmo.projects.schemas import FileEntryView, FileList
from openmo.specs.module import ModuleKind
from openmo.web.api.dependencies import ActorDep
from openmo.web.api.files import FILE_LIMIT, FileBytes, file_download
from openmo.web.parts import ServicesDep
from openmo.web.policy import check_right, needs
from openmo.web.reader import Reads

router = APIRouter(tags=["modules"])


def _module(request: Request, services: ServicesDep, actor: ActorDep, owner: str, name: str) -> Module:
    found = services.modules.get(actor, owner, name)
    check_right(request, found.thing())
    return found


ModuleDep = Annotated[Module, Depends(_module)]
"""The module of the path `{owner}/{name}`, for whoever has the route's right to it."""


def _query(
    *,
    search: Annotated[str, Query(max_length=200)] = "",
    category: Category | None = None,
    tag: Annotated[str, Query(max_length=30)] = "",
    kind: ModuleKind | None = None,
    scope: ListScope = ListScope.ALL,
    sort: ListSort = ListSort.NEWEST,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 30,
    after: Annotated[str, Query(max_length=200)] = "",
) -> ModuleQuery:
    return ModuleQuery(
        search=search, category=category, tag=tag, kind=kind, scope=scope, sort=sort, limit=limit, after=after
    )


@router.get("/modules", dependencies=needs(Kind.PLATFORM, Verb.BROWSE))
def list_modules(
    services: ServicesDep, actor: ActorDep, language: Reads, query: Annotated[ModuleQuery, Depends(_query)]
) -> ModuleList:
    """Public modules and the caller's own, a page at a time; `after` is `next` of the page before."""
    return ModuleList.of(page_in(services.modules.search(actor, query), language))


@router.get("/modules/{owner}/{name}", dependencies=needs(Kind.MODULE, Verb.SEE))
def show_module(services: ServicesDep, actor: ActorDep, language: Reads, module: ModuleDep) -> ModuleDetails:
    """One module with its versions."""
    versions = services.modules.versions(actor, module)
    favourite = services.modules.is_favourite(actor, module)
    return ModuleDetails.of_versions(in_language(module, language), versions, favourite=favourite)


@router.patch("/modules/{owner}/{name}", dependencies=needs(Kind.MODULE, Verb.CHANGE))
def change_module(services: ServicesDep, actor: ActorDep, module: ModuleDep, draft: ModuleDraft) -> ModuleView:
    """Another title, description, category or tags, or people may try it from now on, or no longer."""
    changed = services.describing.change(actor, module, draft.change())
    return ModuleView.of(changed, favourite=services.modules.is_favourite(actor, changed))


@router.get("/modules/{owner}/{name}/versions/{version}/changes", dependencies=needs(Kind.MODULE, Verb.SEE))
def show_version_changes(
    services: ServicesDep, actor: ActorDep, language: Reads, module: ModuleDep, version: str
) -> VersionChangesView:
    """What callers feel of a version, beside the release before it."""
    found = services.modules.version(actor, module, version)
    changes = services.version_changes.changes(actor, module, found)
    return VersionChangesView.of(changes, translations(language).gettext)


@router.get("/modules/{owner}/{name}/versions/{version}/files", dependencies=needs(Kind.MODULE, Verb.SEE))
def list_module_files(
    *, services: ServicesDep, actor: ActorDep, module: ModuleDep, version: str, path: str = ""
) -> FileList:
    """One folder of that version."""
    found = services.modules.version(actor, module, version)
    entries = services.module_files.list(actor, module, found, path)
    return FileList(items=[FileEntryView.of(entry) for entry in entries])


@router.get(
    "/modules/{owner}/{name}/versions/{version}/files/{file:path}",
    dependencies=needs(Kind.MODULE, Verb.SEE),
    response_class=FileBytes,
)
def read_module_file(services: ServicesDep, actor: ActorDep, module: ModuleDep, version: str, file: str) -> Response:
    """One file's bytes, up to 64 MiB."""
    found = services.modules.version(actor, module, version)
    return file_download(*services.module_files.read(actor, module, found, file, limit=FILE_LIMIT))


@router.get("/modules/{owner}/{name}/versions/{version}", dependencies=needs(Kind.MODULE, Verb.SEE))
def show_module_version(services: ServicesDep, actor: ActorDep, module: ModuleDep, version: str) -> ModuleVersionView:
    """One version: its README, what its methods take and give, what it needs."""
    found = services.modules.version(actor, module, version)
    readme = services.modules.readme(actor, module, found)
    html = services.documents.markdown(readme).html
    ready = services.module_needs.is_ready(found.environment)
    return ModuleVersionView.of(module, found, readme=readme, readme_html=html, environment_ready=ready)


@router.post("/modules/{owner}/{name}/versions/{version}/code", dependencies=needs(Kind.MODULE, Verb.INSERT))
def write_module_call(
    services: ServicesDep, actor: ActorDep, module: ModuleDep, version: str, draft: ModuleCodeDraft
) -> ModuleCodeView:
    """Code for a notebook's cell that calls a method of that version with these values; nothing is changed.

    Beside it stands what the version needs that the project's packages do not meet.
    """
    check(actor, Verb.INSERT, module.thing())
    found = services.modules.version(actor, module, version)
    reference = Reference(module.owner, module.name, found.version)
    method = found.method(draft.method)
    snippet = write_call(
        reference,
        method.name,
        method.inputs,
        draft.values,
        cells=draft.cells,
        own_environment=draft.own_environment,
    )
    project = None
    if draft.project:
        named = Reference.parse(draft.project, field="project")
        project = services.projects.get(actor, named.owner, named.name)
    needs = services.module_needs.needs(actor, found.requirements, project)
    return ModuleCodeView.of(snippet, missing=needs.missing, conflicts=needs.conflicts)


@router.put("/modules/{owner}/{name}/favourite", status_code=204, dependencies=needs(Kind.MODULE, Verb.FAVOURITE))
def mark_module(services: ServicesDep, actor: ActorDep, module: ModuleDep) -> None:
    """The module is among the caller's favourites."""
    services.modules.set_favourite(actor, module, marked=True)


@router.delete("/modules/{owner}/{name}/favourite", status_code=204, dependencies=needs(Kind.MODULE, Verb.FAVOURITE))
def unmark_module(services: ServicesDep, actor: ActorDep, module: ModuleDep) -> None:
    """The module is no longer among the caller's favourites."""
    services.modules.set_favourite(actor, module, marked=False)
