"""/api/v1/datasets: what there is to import."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from openmo.accounts.rights import Kind, Verb
from openmo.core.catalogue import PAGE_LIMIT, Category, ListScope, ListSort
from openmo.datasets.comparing import DIFFERENCES_LIMIT
from openmo.datasets.schemas import (
    VERSIONS_SHOWN,
    DatasetChangeRequest,
    DatasetDetails,
    DatasetDiffView,
    DatasetList,
    DatasetView,
)
from openmo.datasets.values import Dataset, DatasetQuery
from openmo.web.api.dependencies import ActorDep
from openmo.web.parts import ServicesDep
from openmo.web.policy import check_right, needs

router = APIRouter(tags=["datasets"])
_DATASET = "/datasets/{owner}/{name}"


def _dataset(request: Request, services: ServicesDep, actor: ActorDep, owner: str, name: str) -> Dataset:
    found = services.datasets.get(actor, owner, name)
    check_right(request, found.thing())
    return found


DatasetDep = Annotated[Dataset, Depends(_dataset)]
"""The dataset of the path `{owner}/{name}`, for whoever has the route's right to it."""
VersionNumber = Annotated[int, Field(ge=1, lt=1 << 31)]
"""Of a version."""


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
def show_dataset(services: ServicesDep, actor: ActorDep, dataset: DatasetDep) -> DatasetDetails:
    """One dataset with its newest versions."""
    versions = services.datasets.versions(actor, dataset, limit=VERSIONS_SHOWN)
    return DatasetDetails.of_versions(dataset, versions, favourite=services.datasets.is_favourite(actor, dataset))


@router.patch(_DATASET, dependencies=needs(Kind.DATASET, Verb.MANAGE))
def change_dataset(
    services: ServicesDep, actor: ActorDep, dataset: DatasetDep, wanted: DatasetChangeRequest
) -> DatasetView:
    """The dataset as changed. When it is made private, projects that import it keep what they have."""
    changed = services.dataset_owners.change(actor, dataset, wanted.change())
    return DatasetView.of(changed, favourite=services.datasets.is_favourite(actor, changed))


@router.delete(_DATASET, status_code=204, dependencies=needs(Kind.DATASET, Verb.MANAGE))
def delete_dataset(
    services: ServicesDep, actor: ActorDep, dataset: DatasetDep, confirm: Annotated[str, Query(max_length=200)] = ""
) -> None:
    """The dataset is gone; `confirm` is its name. Refused while other people's projects import it."""
    services.dataset_removal.delete(actor, dataset, name=confirm)


@router.put(f"{_DATASET}/favourite", status_code=204, dependencies=needs(Kind.DATASET, Verb.FAVOURITE))
def mark_dataset(services: ServicesDep, actor: ActorDep, dataset: DatasetDep) -> None:
    """The dataset is among the caller's favourites."""
    services.datasets.set_favourite(actor, dataset, marked=True)


@router.delete(f"{_DATASET}/favourite", status_code=204, dependencies=needs(Kind.DATASET, Verb.FAVOURITE))
def unmark_dataset(services: ServicesDep, actor: ActorDep, dataset: DatasetDep) -> None:
    """The dataset is no longer among the caller's favourites."""
    services.datasets.set_favourite(actor, dataset, marked=False)


@router.get(f"{_DATASET}/diff", dependencies=needs(Kind.DATASET, Verb.SEE))
def compare_dataset_versions(
    *,
    services: ServicesDep,
    actor: ActorDep,
    dataset: DatasetDep,
    a: VersionNumber,
    b: VersionNumber,
    after: Annotated[str, Query(max_length=4096)] = "",
    limit: Annotated[int, Query(ge=1, le=DIFFERENCES_LIMIT)] = 200,
) -> DatasetDiffView:
    """Which files were added, removed and changed from version `a` to version `b`."""
    return DatasetDiffView.of(services.dataset_comparisons.compare(actor, dataset, a, b, after=after, limit=limit))
