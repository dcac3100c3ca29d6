"""/api/v1/modules: what there is to import, and which of them the caller has marked."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.core.catalogue import PAGE_LIMIT, Category, ListScope, ListSort
from openmo.core.references import Reference
from openmo.modules.schemas import ModuleCodeDraft, ModuleCodeView, ModuleDetails, ModuleList, ModuleVersionView
from openmo.modules.snippets.calls import write_call
from openmo.modules.values import Module, ModuleQuery
from openmo.specs.module import ModuleKind
from openmo.web.api.dependencies import ActorDep
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs

router = APIRouter(tags=["modules"])


def _module(services: ServicesDep, actor: ActorDep, owner: str, name: str) -> Module:
    return services.modules.get(actor, owner, name)


ModuleDep = Annotated[Module, Depends(_module)]
"""The module of the path `{owner}/{name}`, as far as the caller may see it."""


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
def list_modules(services: ServicesDep, actor: ActorDep, query: Annotated[ModuleQuery, Depends(_query)]) -> ModuleList:
    """Public modules and the caller's own, a page at a time; `after` is `next` of the page before."""
    return ModuleList.of(services.modules.search(actor, query))


@router.get("/modules/{owner}/{name}", dependencies=needs(Kind.MODULE, Verb.SEE))
def show_module(services: ServicesDep, actor: ActorDep, module: ModuleDep) -> ModuleDetails:
    """One module with its versions."""
    versions = services.modules.versions(actor, module)
    return ModuleDetails.of_versions(module, versions, favourite=services.modules.is_favourite(actor, module))


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
