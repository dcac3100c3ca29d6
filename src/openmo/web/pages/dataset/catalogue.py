"""The list of datasets: searched, filtered, sorted, a page at a time; all of it stands in the address."""

from dataclasses import dataclass, replace
from typing import Annotated, ClassVar

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.core.catalogue import Category, ListScope, ListSort
from openmo.core.errors import InvalidInput
from openmo.core.ids import DatasetId
from openmo.datasets.values import Dataset, DatasetQuery
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.lists import PAGE_SIZE, ListFilters
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetFilters(ListFilters):
    path: ClassVar[str] = "/datasets"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetsPage:
    filters: DatasetFilters
    datasets: tuple[Dataset, ...]
    favourites: frozenset[DatasetId]
    next: str
    """The address of the next page; empty: this is the last."""
    categories: tuple[Category, ...] = tuple(Category)
    sorts: tuple[ListSort, ...] = tuple(ListSort)
    scopes: tuple[ListScope, ...] = tuple(ListScope)


@router.get("/datasets", dependencies=needs(Kind.PLATFORM, Verb.BROWSE))
def list_datasets(
    request: Request, services: Use, actor: Who, filters: Annotated[DatasetFilters, Depends(DatasetFilters.of_address)]
) -> Response:
    """Datasets that the reader may see, those that the address asks for."""
    query = DatasetQuery(
        search=filters.q,
        category=filters.category,
        tag=filters.tag,
        scope=filters.scope,
        sort=filters.sort,
        limit=PAGE_SIZE,
        after=filters.after,
    )
    try:
        found = services.datasets.search(actor, query)
    except InvalidInput:  # a place in another list: begin at the first page
        found = services.datasets.search(actor, replace(query, after=""))
    page = DatasetsPage(
        filters=filters,
        datasets=found.items,
        favourites=found.favourites,
        next=filters.address(after=found.next) if found.next else "",
    )
    shown = render(request, "datasets.html", page, section="datasets")
    shown.headers["HX-Replace-Url"] = filters.address(after=filters.after)  # without the fields that say nothing
    return shown
