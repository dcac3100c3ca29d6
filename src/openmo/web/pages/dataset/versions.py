"""What a dataset has held: all its versions, and what is different between two of them."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.datasets.comparing import Comparison
from openmo.datasets.values import Dataset, DatasetVersion, version_number
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter(prefix="/datasets/{owner}/{name}")
_PAGE_SIZE = 50
_FILES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionsPage:
    dataset: Dataset
    versions: tuple[DatasetVersion, ...]
    """Newest first."""
    first: str
    """The address of the first page, where this is not it; else empty."""
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffPage:
    dataset: Dataset
    versions: tuple[DatasetVersion, ...]
    """That may be chosen: the newest, and those that are compared."""
    found: Comparison
    first: str
    next: str


@router.get("/versions", dependencies=needs(Kind.DATASET, Verb.SEE))
def show_versions(
    *,
    request: Request,
    services: Use,
    actor: Who,
    owner: str,
    name: str,
    before: Annotated[str, Query(max_length=9)] = "",
) -> Response:
    """All versions with their notes, a page at a time."""
    dataset = services.datasets.get(actor, owner, name)
    found = services.datasets.versions(actor, dataset, before=version_number(before), limit=_PAGE_SIZE)
    address = f"/datasets/{dataset.full_name}/versions"
    last = found[-1].number if found else 1
    page = VersionsPage(
        dataset=dataset,
        versions=found,
        first=address if before else "",
        next=f"{address}?before={last}" if last > 1 else "",
    )
    return render(request, "dataset/versions.html", page, section="datasets")


@router.get("/diff", dependencies=needs(Kind.DATASET, Verb.SEE))
def show_diff(
    *,
    request: Request,
    services: Use,
    actor: Who,
    owner: str,
    name: str,
    a: Annotated[str, Query(max_length=9)] = "",
    b: Annotated[str, Query(max_length=9)] = "",
    after: Annotated[str, Query(max_length=4096)] = "",
) -> Response:
    """Which files were added, removed and changed from `a` (without: the one before) to `b` (without: the newest)."""
    dataset = services.datasets.get(actor, owner, name)
    second = version_number(b) or dataset.version
    first = version_number(a) or max(1, second - 1)
    found = services.dataset_comparisons.compare(actor, dataset, first, second, after=after, limit=_FILES)
    compared = {services.datasets.version(actor, dataset, number) for number in (first, second)}
    newest = services.datasets.versions(actor, dataset, limit=_PAGE_SIZE)
    address = f"/datasets/{dataset.full_name}/diff?a={first}&b={second}"
    page = DiffPage(
        dataset=dataset,
        versions=tuple(sorted({*newest, *compared}, key=lambda one: -one.number)),
        found=found,
        first=address if after else "",
        next=f"{address}&after={quote(found.next, safe='')}" if found.next else "",
    )
    return render(request, "dataset/diff.html", page, section="datasets")
