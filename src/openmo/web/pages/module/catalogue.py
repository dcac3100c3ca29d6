"""The list of modules: searched, filtered, sorted, a page at a time; all of it stands in the address."""

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.core.catalogue import Category, ListScope, ListSort
from openmo.core.errors import InvalidInput
from openmo.core.ids import ModuleId
from openmo.modules.values import Module, ModuleQuery
from openmo.specs.module import ModuleKind
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.lists import PAGE_SIZE, ListFilters, option
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter()


@dataclass(frozen=True, kw_only=True)
class Filters(ListFilters):
    path: ClassVar[str] = "/modules"
    kind: ModuleKind | None = None

    @property
    def narrowed(self) -> bool:
        return super().narrowed or self.kind is not None

    def fields(self) -> dict[str, str]:
        return {**super().fields(), "kind": self.kind or ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModulesPage:
    filters: Filters
    modules: tuple[Module, ...]
    favourites: frozenset[ModuleId]
    next: str
    """The address of the next page; empty: this is the last."""
    categories: tuple[Category, ...] = tuple(Category)
    kinds: tuple[ModuleKind, ...] = tuple(ModuleKind)
    sorts: tuple[ListSort, ...] = tuple(ListSort)
    scopes: tuple[ListScope, ...] = tuple(ListScope)


def _filters(found: Annotated[Filters, Depends(Filters.of_address)], kind: str = "") -> Filters:
    return replace(found, kind=option(ModuleKind, kind))


@router.get("/modules", dependencies=needs(Kind.PLATFORM, Verb.BROWSE))
def list_modules(
    request: Request, services: Use, actor: Who, filters: Annotated[Filters, Depends(_filters)]
) -> Response:
    """Modules that the reader may see, those that the address asks for."""
    query = ModuleQuery(
        search=filters.q,
        category=filters.category,
        kind=filters.kind,
        tag=filters.tag,
        scope=filters.scope,
        sort=filters.sort,
        limit=PAGE_SIZE,
        after=filters.after,
    )
    try:
        found = services.modules.search(actor, query)
    except InvalidInput:  # a place in another list: begin at the first page
        found = services.modules.search(actor, replace(query, after=""))
    page = ModulesPage(
        filters=filters,
        modules=found.items,
        favourites=found.favourites,
        next=filters.address(after=found.next) if found.next else "",
    )
    shown = render(request, "modules.html", page, section="modules")
    shown.headers["HX-Replace-Url"] = filters.address(after=filters.after)  # without the fields that say nothing
    return shown
