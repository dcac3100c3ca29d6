"""The files of an app's examples, for its page.

No address holds a path: it names a release, an example and an input, and the release's own spec says which file that
is.
"""

from pathlib import PurePosixPath
from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.core.errors import NotFound, TooLarge
from openmo.core.hostile.files import read_inside
from openmo.core.hostile.folder import HostileFolder
from openmo.core.served_files import file_policy
from openmo.specs.examples import read_examples
from openmo.web.pages.app.door import AppDoor, LinkDoor, PageDoor
from openmo.web.policy import needs

router = APIRouter()
_NEEDS = needs(Kind.APP, Verb.OPEN_PAGE)
_LIMIT = 32 << 20
_SHOWN = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".bmp": "image/bmp",
    ".wav": "audio/wav",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".flac": "audio/flac",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
}  # no SVG: it is a document that can carry scripts
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, max-age=600",
}


def sample_address(door: AppDoor, version: str, example: int, field: int) -> str:
    """Where the page gets the file of that example's input."""
    return f"{door.address}/samples/{quote(version)}/{example}/{field}"


@router.get(
    "/projects/{owner}/{name}/use/samples/{version}/{example}/{field}", dependencies=needs(Kind.APP, Verb.OPEN_PAGE)
)
def sample(door: PageDoor, version: str, example: int, field: int) -> Response:
    """The file, for whoever may call the app."""
    return _sample(door, version, example, field)


@router.get(
    "/use/~{link}/{owner}/{name}/samples/{version}/{example}/{field}", dependencies=needs(Kind.APP, Verb.OPEN_PAGE)
)
def sample_by_link(door: LinkDoor, version: str, example: int, field: int) -> Response:
    """The same for whoever has the link."""
    return _sample(door, version, example, field)


def _sample(door: AppDoor, version: str, example: int, field: int) -> Response:
    release = door.release
    if release is None or not door.may_call or release.version != version:
        raise NotFound("This sample belongs to another release: reload the page.")
    spec = release.spec
    examples = read_examples(spec)
    if not (0 <= example < len(examples) and 0 <= field < len(spec.inputs)):
        raise NotFound("There is no such sample.")
    path = examples[example].files.get(spec.inputs[field].name)
    if path is None:
        raise NotFound("There is no such sample.")
    data, entry = read_inside(HostileFolder(release.folder), path, limit=_LIMIT)
    if entry.bytes > _LIMIT:
        raise TooLarge("A sample may have 32 MB.")
    media_type = _SHOWN.get(PurePosixPath(path).suffix.lower())
    headers = {**_HEADERS, "Content-Security-Policy": file_policy(media_type or "")}
    if media_type is None:
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(entry.name, safe='')}"
    return Response(data, media_type=media_type or "application/octet-stream", headers=headers)
