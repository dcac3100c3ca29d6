"""A project's imports of datasets: taken out, and moved to another version after a look at what is different."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.core.errors import NotFound
from openmo.core.messages import message
from openmo.core.references import Reference
from openmo.datasets.comparing import Comparison
from openmo.datasets.values import version_number
from openmo.projects.imports.values import DatasetImport
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.forms import go
from openmo.web.pages.project.head import ProjectHead, project_head
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter(prefix="/projects/{owner}/{name}/datasets")
_FILES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetUpdatePage:
    head: ProjectHead
    used: DatasetImport
    found: Comparison
    """From the version that is imported to the other."""
    first: str
    """The address of the first page of files, where this is not it; else empty."""
    next: str


@router.post("/remove", dependencies=needs(Kind.PROJECT, Verb.IMPORT))
def remove_dataset(services: Use, actor: Who, owner: str, name: str, dataset: Annotated[str, Form()] = "") -> Response:
    """Back to the project, without the dataset's entry; the data stays where it is."""
    project = services.projects.get(actor, owner, name)
    check(actor, Verb.IMPORT, project.thing())
    services.imports.remove_dataset(actor, project, Reference.parse(dataset, field="dataset"))
    return go(f"/projects/{owner}/{name}")


@router.get("/update", dependencies=needs(Kind.PROJECT, Verb.IMPORT))
def show_update(
    *,
    request: Request,
    services: Use,
    actor: Who,
    owner: str,
    name: str,
    dataset: Annotated[str, Query(max_length=300)] = "",
    after: Annotated[str, Query(max_length=4096)] = "",
) -> Response:
    """The files that are different in that version (`owner/name@version`); without a dataset: back to the project."""
    head = project_head(services, actor, owner, name, tab="overview")
    check(actor, Verb.IMPORT, head.project.thing())
    if not dataset:
        return go(head.address)
    wanted = Reference.parse_dataset(dataset, field="dataset")
    used = _imported(services, actor, head, wanted)
    number = services.datasets.version(actor, used.dataset, version_number(wanted.version)).number
    found = services.dataset_comparisons.compare(actor, used.dataset, used.version, number, after=after, limit=_FILES)
    fields = {"dataset": f"{used.dataset.full_name}@{number}"}
    address = f"{head.address}/datasets/update?"
    page = DatasetUpdatePage(
        head=head,
        used=used,
        found=found,
        first=address + urlencode(fields) if after else "",
        next=address + urlencode({**fields, "after": found.next}) if found.next else "",
    )
    return render(request, "project/dataset_update.html", page)


@router.post("/update", dependencies=needs(Kind.PROJECT, Verb.IMPORT))
def update_dataset(services: Use, actor: Who, owner: str, name: str, dataset: Annotated[str, Form()] = "") -> Response:
    """Back to the project, which imports that version (`owner/name@version`) and offers the way back."""
    head = project_head(services, actor, owner, name, tab="overview")
    check(actor, Verb.IMPORT, head.project.thing())
    wanted = Reference.parse_dataset(dataset, field="dataset")
    before = _imported(services, actor, head, wanted)
    services.imports.import_dataset_named(actor, head.project, wanted)
    return go(f"{head.address}?{urlencode({'updated': before.identifier})}")


def _imported(services: Use, actor: Who, head: ProjectHead, wanted: Reference) -> DatasetImport:
    named = f"{wanted.owner}/{wanted.name}"
    for used in services.imports.datasets(actor, head.project):
        if used.dataset.full_name == named:
            return used
    raise NotFound(message("The project does not import %(name)s.", name=named[:200]))
