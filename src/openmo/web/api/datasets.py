"""/api/v1/datasets: what there is to import."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from openmo.accounts.rights import Kind, Verb
from openmo.core.catalogue import PAGE_LIMIT, Category, ListScope, ListSort
from openmo.datasets.schemas import DatasetList, DatasetView
from openmo.datasets.values import Dataset, DatasetQuery
from openmo.web.api.dependencies import ActorDep
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs

router = APIRouter(tags=["datasets"])
_DATASET = "/datasets/{owner}/{name}"


def _dataset(services: ServicesDep, actor: ActorDep, owner: str, name: str) -> Dataset:
    return services.datasets.get(actor, owner, name)


DatasetDep = Annotated[Dataset, Depends(_dataset)]
"""The dataset of the path `{owner}/{name}`, as far as the caller may see it."""


def _query(
    *,
    search: Annotated[str, Query(max_length=200)] = "",
    category: Category | None = None,
    tag: Annotated[str, Query(max_length=30)] = "",
    scope: ListScope = ListScope.ALL,
    sort: ListSort = ListSort.NEWEST,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 30,
    after: Annotated[str, Query(max_length=200)] = "",
) -> DatasetQuery:
    return DatasetQuery(search=search, category=category, tag=tag, scope=scope, sort=sort, limit=limit, after=after)


@router.get("/datasets", dependencies=needs(Kind.PLATFORM, Verb.BROWSE))
def list_datasets(
    services: ServicesDep, actor: ActorDep, query: Annotated[DatasetQuery, Depends(_query)]
) -> DatasetList:
    """Public datasets and the caller's own, a page at a time; `after` is `next` of the page before."""
    return DatasetList.of(services.datasets.search(actor, query))


@router.get(_DATASET, dependencies=needs(Kind.DATASET, Verb.SEE))
def show_dataset(dataset: DatasetDep) -> DatasetView:
    """One dataset."""
    return DatasetView.of(dataset, favourite=False)
