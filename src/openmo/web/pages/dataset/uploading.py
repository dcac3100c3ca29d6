"""Making a dataset, or its next version, of files that are sent: a script sends them (web-assets/src/upload)."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.core.catalogue import Category
from openmo.datasets.values import Dataset
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadPage:
    owner: str
    dataset: Dataset | None
    """Whose next version is made; None: a dataset is made."""
    categories: tuple[Category, ...] = tuple(Category)


@router.get("/datasets/new", dependencies=needs(Kind.PLATFORM, Verb.WORK))
def new_dataset(request: Request, actor: Who) -> Response:
    """Where files are put together to a dataset."""
    page = UploadPage(owner=actor.name or "", dataset=None)
    return render(request, "dataset_upload.html", page, section="datasets")


@router.get("/datasets/{owner}/{name}/upload", dependencies=needs(Kind.DATASET, Verb.PUBLISH))
def new_version(request: Request, services: Use, actor: Who, owner: str, name: str) -> Response:
    """Where files are put together to the next version of a dataset."""
    dataset = services.datasets.get(actor, owner, name)
    check(actor, Verb.PUBLISH, dataset.thing())
    page = UploadPage(owner=owner, dataset=dataset)
    return render(request, "dataset_upload.html", page, section="datasets")
