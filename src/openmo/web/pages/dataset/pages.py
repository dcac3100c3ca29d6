"""One dataset: its page, marking it as a favourite, and importing it."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from openmo.accounts.access import may
from openmo.accounts.rights import Kind, Verb
from openmo.core.hostile.files import FileEntry
from openmo.datasets.values import Dataset, DatasetVersion, version_number
from openmo.jobs.lineage.values import UsePage
from openmo.projects.values import Project
from openmo.web.documents.values import Formatted
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.forms import go
from openmo.web.pages.import_target import ImportTarget, ProjectQuery, import_target, project_named
from openmo.web.pages.project.files import Step, steps_to
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter()
_SHOWN_JOBS = 8
_SHOWN_VERSIONS = 6
_SHOWN_FILES = 100
VersionQuery = Annotated[str, Query(max_length=9)]
"""The number of a version; empty: the newest."""
PathQuery = Annotated[str, Query(max_length=4096)]


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetPage:
    dataset: Dataset
    shown: DatasetVersion
    """The version that the page is about: the newest, unless the address names another."""
    versions: tuple[DatasetVersion, ...]
    """The newest ones."""
    favourite: bool
    readme: Formatted
    path: str
    steps: tuple[Step, ...]
    entries: tuple[FileEntry, ...]
    after: str
    """Where this page of the folder begins; empty: at its beginning."""
    next: str
    """Where the next begins; empty: this is the last."""
    uses: UsePage
    """The reader's own jobs that were made with it."""
    used_by: tuple[Project, ...]
    target: ImportTarget
    manages: bool
    """Whether the reader may say something else of it."""

    @property
    def is_newest(self) -> bool:
        return self.shown.number == self.dataset.version

    def folder(self, path: str, after: str = "") -> str:
        """The address of a folder of the version shown."""
        fields = {
            "version": "" if self.is_newest else str(self.shown.number),
            "project": self.target.chosen,
            "path": path,
            "after": after,
        }
        query = urlencode({name: value for name, value in fields.items() if value})
        return f"/datasets/{self.dataset.full_name}?{query}".rstrip("?") + ("#files" if path or after else "")


@router.get("/datasets/{owner}/{name}", dependencies=needs(Kind.DATASET, Verb.SEE))
def show_dataset(
    *,
    request: Request,
    services: Use,
    actor: Who,
    owner: str,
    name: str,
    version: VersionQuery = "",
    path: PathQuery = "",
    after: PathQuery = "",
    project: ProjectQuery = "",
    jobs: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """README and files of a version, the other versions, and who uses it."""
    dataset = services.datasets.get(actor, owner, name)
    shown = services.datasets.version(actor, dataset, version_number(version))
    folder = services.dataset_files.folder(actor, dataset, shown.number, path, after=after, limit=_SHOWN_FILES)
    page = DatasetPage(
        dataset=dataset,
        shown=shown,
        versions=services.datasets.versions(actor, dataset, limit=_SHOWN_VERSIONS),
        favourite=services.datasets.is_favourite(actor, dataset),
        readme=services.documents.markdown(services.dataset_files.readme(actor, dataset, shown.number)),
        path=path,
        steps=steps_to(path),
        entries=folder.items,
        after=after,
        next=folder.next,
        uses=services.lineage.uses(actor, dataset, after=jobs, limit=_SHOWN_JOBS),
        used_by=services.dataset_users.public_projects(dataset),
        target=import_target(services, actor, project, services.imports.importing(actor, dataset)),
        manages=may(actor, Verb.MANAGE, dataset.thing()),
    )
    return render(request, "dataset/page.html", page, section="datasets")


@router.post("/datasets/{owner}/{name}/favourite", dependencies=needs(Kind.DATASET, Verb.FAVOURITE))
def mark_dataset(services: Use, actor: Who, owner: str, name: str, marked: Annotated[str, Form()] = "yes") -> Response:
    """Back to the dataset, which is a favourite now, or no longer."""
    dataset = services.datasets.get(actor, owner, name)
    services.datasets.set_favourite(actor, dataset, marked=marked == "yes")
    return go(f"/datasets/{dataset.full_name}")


@router.post("/datasets/{owner}/{name}/import", dependencies=needs(Kind.PROJECT, Verb.IMPORT))
def import_dataset(
    *,
    services: Use,
    actor: Who,
    owner: str,
    name: str,
    project: Annotated[str, Form()] = "",
    version: Annotated[str, Form()] = "",
) -> Response:
    """To the project, which now has that version (without: the newest); `project` is `owner/name`."""
    dataset = services.datasets.get(actor, owner, name)
    target = project_named(services, actor, project)
    services.imports.import_dataset(actor, target, dataset, version_number(version))
    return go(f"/projects/{target.owner}/{target.name}/files/datasets/{dataset.folder}")
