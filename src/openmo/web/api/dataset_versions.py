"""/api/v1/datasets/…/versions: what a dataset has held, and the files of each version."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, Response, StreamingResponse

from openmo.accounts.rights import Kind, Verb
from openmo.core.catalogue import PAGE_LIMIT
from openmo.datasets.files import FILES_LIMIT
from openmo.datasets.schemas import DatasetFolderView, DatasetManifestView, DatasetVersionList, DatasetVersionView
from openmo.web.api.datasets import DatasetDep, VersionNumber
from openmo.web.api.dependencies import ActorDep
from openmo.web.api.downloads import download, file_name
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs

router = APIRouter(tags=["datasets"], prefix="/datasets/{owner}/{name}")
_VERSION = "/versions/{version}"
_HEADERS = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}
Path = Annotated[str, Query(max_length=4096)]
After = Annotated[str, Query(max_length=4096)]
Limit = Annotated[int, Query(ge=1, le=FILES_LIMIT)]


class FileBytes(FileResponse):
    """A file as it is."""

    media_type = "application/octet-stream"


class ZipFile(StreamingResponse):
    """A ZIP file."""

    media_type = "application/zip"


@router.get("/versions", dependencies=needs(Kind.DATASET, Verb.SEE))
def list_dataset_versions(
    services: ServicesDep,
    actor: ActorDep,
    dataset: DatasetDep,
    before: Annotated[int | None, Query(ge=1, lt=1 << 31)] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT)] = 50,
) -> DatasetVersionList:
    """Versions, newest first, a page at a time; `before` is `next` of the page before."""
    return DatasetVersionList.of(services.datasets.versions(actor, dataset, before=before, limit=limit))


@router.get(_VERSION, dependencies=needs(Kind.DATASET, Verb.SEE))
def show_dataset_version(
    services: ServicesDep, actor: ActorDep, dataset: DatasetDep, version: VersionNumber
) -> DatasetVersionView:
    """One version."""
    return DatasetVersionView.of(services.datasets.version(actor, dataset, version))


@router.get(f"{_VERSION}/files", dependencies=needs(Kind.DATASET, Verb.SEE))
def list_dataset_folder(
    *,
    services: ServicesDep,
    actor: ActorDep,
    dataset: DatasetDep,
    version: VersionNumber,
    path: Path = "",
    after: After = "",
    limit: Limit = 200,
) -> DatasetFolderView:
    """One folder of a version, a page at a time."""
    return DatasetFolderView.of(services.dataset_files.folder(actor, dataset, version, path, after=after, limit=limit))


@router.get(f"{_VERSION}/manifest", dependencies=needs(Kind.DATASET, Verb.SEE))
def list_dataset_files(
    *,
    services: ServicesDep,
    actor: ActorDep,
    dataset: DatasetDep,
    version: VersionNumber,
    after: After = "",
    limit: Limit = FILES_LIMIT,
) -> DatasetManifestView:
    """Every file of a version with its SHA-256, a page at a time."""
    return DatasetManifestView.of(services.dataset_files.manifest(actor, dataset, version, after=after, limit=limit))


@router.get(f"{_VERSION}/file", dependencies=needs(Kind.DATASET, Verb.SEE), response_class=FileBytes)
def download_dataset_file(
    services: ServicesDep, actor: ActorDep, dataset: DatasetDep, version: VersionNumber, path: Path
) -> Response:
    """One file of a version, or the range of it that is asked for."""
    found = services.dataset_files.file(actor, dataset, version, path)
    return FileBytes(found, filename=found.name, headers=_HEADERS)


@router.get("/files/{path:path}", dependencies=needs(Kind.DATASET, Verb.SEE), response_class=FileBytes)
def read_dataset_file(services: ServicesDep, actor: ActorDep, dataset: DatasetDep, path: str) -> Response:
    """One file of the newest version, or the range of it that is asked for."""
    found = services.dataset_files.file(actor, dataset, dataset.version, path)
    return FileBytes(found, filename=found.name, headers=_HEADERS)


@router.get("/archive", dependencies=needs(Kind.DATASET, Verb.SEE), response_class=ZipFile)
def download_dataset(
    services: ServicesDep,
    actor: ActorDep,
    dataset: DatasetDep,
    version: Annotated[int | None, Query(ge=1, lt=1 << 31)] = None,
) -> Response:
    """All files of a version (without: the newest) as a ZIP file, made while it is sent."""
    found = services.datasets.version(actor, dataset, version)
    name = file_name(dataset.name, f"v{found.number}", ending="zip")
    return download(services.dataset_files.archive(actor, dataset, found), name=name, media_type="application/zip")
