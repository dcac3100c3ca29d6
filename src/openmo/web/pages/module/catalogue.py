"""The list of modules: searched, filtered, sorted, a page at a time; all of it stands in the address."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Annotated, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.core.catalogue import Category, ListScope, ListSort
from openmo.core.errors import InvalidInput
from openmo.core.ids import ModuleId
from openmo.modules.values import Module, ModuleQuery
from openmo.specs.module import ModuleKind
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.import_target import ProjectQuery
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter()
PAGE_SIZE = 24
Option = TypeVar("Option", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the address of the list says; what it says wrongly counts as not said."""

    q: str
    category: Category | None
    kind: ModuleKind | None
    tag: str
    scope: ListScope
    sort: ListSort
    project: str
    """`owner/name` of the project that a module is looked for; empty: of none."""
    after: str

    @property
    def narrowed(self) -> bool:
        """Whether the list leaves something out."""
        return bool(self.q or self.category or self.kind or self.tag or self.scope is not ListScope.ALL)

    def address(self, *, after: str = "") -> str:
        """Of this list, from that place on."""
        said = {
            "q": self.q,
            "category": self.category or "",
            "kind": self.kind or "",
            "tag": self.tag,
            "scope": "" if self.scope is ListScope.ALL else self.scope,
            "sort": "" if self.sort is ListSort.NEWEST else self.sort,
            "project": self.project,
            "after": after,
        }
        return f"/modules?{urlencode({name: value for name, value in said.items() if value})}".rstrip("?")

    def without_tag(self) -> str:
        """The address of the list with every tag."""
        return replace(self, tag="").address()


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


def _filters(
    *,
    q: Annotated[str, Query(max_length=200)] = "",
    category: str = "",
    kind: str = "",
    tag: Annotated[str, Query(max_length=30)] = "",
    scope: str = "",
    sort: str = "",
    project: ProjectQuery = "",
    after: Annotated[str, Query(max_length=200)] = "",
) -> Filters:
    return Filters(
        q=q,
        category=_option(Category, category),
        kind=_option(ModuleKind, kind),
        tag=tag,
        scope=_option(ListScope, scope) or ListScope.ALL,
        sort=_option(ListSort, sort) or ListSort.NEWEST,
        project=project,
        after=after,
    )


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


def _option(options: type[Option], value: str) -> Option | None:
    return options(value) if value in {each.value for each in options} else None
