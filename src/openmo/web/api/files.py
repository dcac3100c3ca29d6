"""/api/v1/.../files: folders and files of projects, for reading."""

from fastapi import APIRouter
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.core.errors import TooLarge
from openmo.core.hostile.files import FileEntry
from openmo.core.messages import message
from openmo.projects.schemas import FileEntryView, FileList
from openmo.web.api.dependencies import ActorDep, ProjectDep
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs

router = APIRouter(tags=["files"])
FILE_LIMIT = 64 << 20
_HEADERS = {"Content-Security-Policy": "sandbox; default-src 'none'", "Content-Disposition": "attachment"}


class FileBytes(Response):
    """A file as it is."""

    media_type = "application/octet-stream"


@router.get("/projects/{owner}/{name}/files", dependencies=needs(Kind.PROJECT, Verb.SEE))
def list_project_files(services: ServicesDep, actor: ActorDep, project: ProjectDep, path: str = "") -> FileList:
    """One folder of the project."""
    found = services.files.list(actor, project, path)
    return FileList(items=[FileEntryView.of(entry) for entry in found])


@router.get(
    "/projects/{owner}/{name}/files/{path:path}", dependencies=needs(Kind.PROJECT, Verb.SEE), response_class=FileBytes
)
def read_project_file(services: ServicesDep, actor: ActorDep, project: ProjectDep, path: str) -> Response:
    """One file's bytes, up to 64 MiB."""
    return file_download(*services.files.read(actor, project, path, limit=FILE_LIMIT))


def file_download(data: bytes, entry: FileEntry) -> Response:
    """The file as it is; raises TooLarge."""
    if entry.bytes > len(data):
        raise TooLarge(
            message(
                "%(path)s has %(bytes)s bytes; this address serves up to %(limit)s.",
                path=repr(entry.path),
                bytes=f"{entry.bytes:,}",
                limit=f"{FILE_LIMIT:,}",
            )
        )
    return Response(data, media_type="application/octet-stream", headers=_HEADERS)
