"""A project's files as they are: images for the browser, everything else to be saved."""

from pathlib import PurePosixPath
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.core.errors import TooLarge
from openmo.core.hostile.files import FileEntry
from openmo.web.pages.dependencies import Use, Who
from openmo.web.policy import needs

router = APIRouter(prefix="/projects/{owner}/{name}")
RAW_LIMIT = 64 << 20
_IMAGES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
}  # no SVG: it is a document that can carry scripts


@router.get("/raw/{path:path}", dependencies=needs(Kind.PROJECT, Verb.SEE))
def raw_file(services: Use, actor: Who, owner: str, name: str, path: str) -> Response:
    """The file's bytes, never as a document of this site: what is no plain image is offered for saving."""
    project = services.projects.get(actor, owner, name)
    return raw_answer(*services.files.read(actor, project, path, limit=RAW_LIMIT))


def raw_answer(data: bytes, entry: FileEntry) -> Response:
    """A file that users wrote, as it is; raises TooLarge."""
    if entry.bytes > RAW_LIMIT:
        raise TooLarge("This file is larger than 64 MB: download it in JupyterLab.")
    media_type = _IMAGES.get(PurePosixPath(entry.name).suffix.lower())
    headers = {"Content-Security-Policy": "sandbox; default-src 'none'", "X-Content-Type-Options": "nosniff"}
    if media_type is None:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(entry.name, safe='')}"
    return Response(data, media_type=media_type or "application/octet-stream", headers=headers)
