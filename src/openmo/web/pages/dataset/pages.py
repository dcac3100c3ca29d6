"""Datasets: the list, one dataset, and importing it."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.core.hostile.files import FileEntry
from openmo.core.references import Reference
from openmo.datasets.values import Dataset, DatasetQuery
from openmo.jobs.lineage.values import UsePage
from openmo.web.documents.values import Formatted
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.forms import go
from openmo.web.pages.import_target import ImportTarget, ProjectQuery, import_target, project_named
from openmo.web.pages.project.files import Step, steps_to
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter()
_SHOWN_JOBS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetsPage:
    datasets: tuple[Dataset, ...]
    query: str
    project: str
    """`owner/name` of the project that one is looked for; empty: of none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetPage:
    dataset: Dataset
    readme: Formatted
    path: str
    steps: tuple[Step, ...]
    entries: tuple[FileEntry, ...]
    uses: UsePage
    """The reader's own jobs that were made with it."""
    target: ImportTarget


@router.get("/datasets", dependencies=needs(Kind.PLATFORM, Verb.BROWSE))
def list_datasets(request: Request, services: Use, actor: Who, q: str = "", project: ProjectQuery = "") -> Response:
    """Datasets that the reader may see, those that match the query."""
    shown = services.datasets.search(actor, DatasetQuery(search=q)).items
    return render(request, "datasets.html", DatasetsPage(datasets=shown, query=q, project=project), section="datasets")


@router.get("/datasets/{owner}/{name}", dependencies=needs(Kind.DATASET, Verb.SEE))
def show_dataset(
    *,
    request: Request,
    services: Use,
    actor: Who,
    owner: str,
    name: str,
    path: str = "",
    project: ProjectQuery = "",
    jobs: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """README and files of one dataset."""
    dataset = services.datasets.get(actor, owner, name)
    page = DatasetPage(
        dataset=dataset,
        readme=services.documents.markdown(services.dataset_files.readme(actor, dataset, dataset.version)),
        path=path,
        steps=steps_to(path),
        uses=services.lineage.uses(actor, dataset, after=jobs, limit=_SHOWN_JOBS),
        entries=services.dataset_files.folder(actor, dataset, dataset.version, path, limit=200).items,
        target=import_target(services, actor, project, services.imports.importing(actor, dataset)),
    )
    return render(request, "dataset.html", page, section="datasets")


@router.post("/datasets/{owner}/{name}/import", dependencies=needs(Kind.PROJECT, Verb.IMPORT))
def import_dataset(services: Use, actor: Who, owner: str, name: str, project: Annotated[str, Form()] = "") -> Response:
    """To the project, which now has the dataset; `project` is `owner/name`."""
    dataset = services.datasets.get(actor, owner, name)
    target = project_named(services, actor, project)
    services.imports.import_dataset(actor, target, dataset)
    return go(f"/projects/{target.owner}/{target.name}/files/datasets/{dataset.folder}")


@router.post("/projects/{owner}/{name}/datasets/remove", dependencies=needs(Kind.PROJECT, Verb.IMPORT))
def remove_dataset(services: Use, actor: Who, owner: str, name: str, dataset: Annotated[str, Form()] = "") -> Response:
    """Back to the project, without the dataset's entry; the data stays where it is."""
    project = services.projects.get(actor, owner, name)
    imported = Reference.parse(dataset, field="dataset")
    services.imports.remove_dataset(actor, project, imported)
    return go(f"/projects/{owner}/{name}")
