"""/api/v1/uploads/{upload_id}/files: files are sent here, by tus 1.0.0.

Who sends is known, and may, before the first byte of a body is read. No byte is written by the loop that serves others.
"""

import base64
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.concurrency import run_in_threadpool

from openmo.accounts.rights import Kind, Verb
from openmo.core.errors import UnsupportedMediaType
from openmo.core.messages import message
from openmo.datasets.uploads.values import MAX_FILES, AwaitedFile
from openmo.web.api.dependencies import ActorDep
from openmo.web.api.upload import tus
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs

router = APIRouter(tags=["uploads"], prefix="/uploads/{upload_id}/files", route_class=tus.TusRoute)
_PUBLISHES = [
    Depends(tus.check_no_form),
    *needs(Kind.DATASET, Verb.PUBLISH),
    Depends(tus.check_version),
    Depends(tus.check_kind),
]
_SMALL_BYTES = 8 << 20
"""A body that is not needed after all is read to its end up to here; else the connection is closed."""
_BODY = {"requestBody": {"content": {tus.BYTES: {"schema": {"type": "string", "format": "binary"}}}}}
Number = Annotated[int, Path(ge=1, le=2 * MAX_FILES)]


@router.options("", dependencies=needs(Kind.PLATFORM, Verb.BROWSE), response_class=Response)
def describe_protocol(upload_id: str) -> Response:
    """What of tus is spoken here."""
    del upload_id
    return Response(headers=tus.CAPABILITIES)


@router.post(
    "",
    status_code=201,
    dependencies=_PUBLISHES,
    response_class=Response,
    openapi_extra=_BODY,
    max_body_size=tus.MAX_BYTES,
)
async def send_file(services: ServicesDep, actor: ActorDep, upload_id: str, request: Request) -> Response:
    """A file is announced, perhaps with its first bytes.

    Headers: `Upload-Length`; `Upload-Metadata` with `path`, and `sha256` where it is known. `Location` is where it is
    sent to; `Upload-Offset` says how much of it is here, which is all of what the version before has already.
    """
    length, values = tus.number(request, "Upload-Length"), tus.metadata(request)
    expected, sha256 = tus.checksum(request), tus.sha256_of(values)
    path = values.get("path") or values.get("filename") or ""
    sent = await run_in_threadpool(services.uploads.add_file, actor, upload_id, path, size=length, sha256=sha256)
    awaited = await run_in_threadpool(services.uploads.file, actor, upload_id, sent.file.number)
    offset = sent.offset
    if tus.has_bytes(request):
        if offset == 0 and length > 0:
            offset = await services.receiver.receive(
                awaited.path, request.stream(), offset=0, limit=length, checksum=expected
            )
        elif int(request.headers.get("content-length", _SMALL_BYTES + 1)) <= _SMALL_BYTES:
            await request.body()
    headers = tus.standing(offset, awaited.session.expires_at)
    location = f"/api/v1/uploads/{upload_id}/files/{sent.file.number}"
    return Response(status_code=201, headers={**headers, "Location": location})


@router.head("/{number}", dependencies=_PUBLISHES, response_class=Response)
async def ask_offset(services: ServicesDep, actor: ActorDep, upload_id: str, number: Number) -> Response:
    """How much of a file is here; whoever is sending it, perhaps in vain, is cut off first."""
    found = await run_in_threadpool(services.uploads.file, actor, upload_id, number)
    path = base64.b64encode(found.file.path.encode()).decode()
    headers = {
        **tus.standing(await _offset(services, found), found.session.expires_at),
        "Upload-Length": str(found.file.bytes),
        "Upload-Metadata": f"path {path}",
        "Cache-Control": "no-store",
    }
    return Response(status_code=200, headers=headers)


@router.patch(
    "/{number}",
    status_code=204,
    dependencies=_PUBLISHES,
    response_class=Response,
    openapi_extra=_BODY,
    max_body_size=tus.MAX_BYTES,
)
async def send_bytes(
    services: ServicesDep, actor: ActorDep, upload_id: str, number: Number, request: Request
) -> Response:
    """The next bytes of a file, from `Upload-Offset` on; what the answer says is here is on the disk."""
    if not tus.has_bytes(request):
        raise UnsupportedMediaType(message("Send bytes as %(kind)s.", kind=tus.BYTES))
    begin, expected = tus.number(request, "Upload-Offset"), tus.checksum(request)
    found = await run_in_threadpool(services.uploads.file_to_write, actor, upload_id, number)
    if found.file.stored:
        offset = found.file.bytes
    else:
        offset = await services.receiver.receive(
            found.path, request.stream(), offset=begin, limit=found.file.bytes, checksum=expected
        )
    return Response(status_code=204, headers=tus.standing(offset, found.session.expires_at))


@router.delete("/{number}", status_code=204, dependencies=_PUBLISHES, response_class=Response)
async def take_back_file(services: ServicesDep, actor: ActorDep, upload_id: str, number: Number) -> Response:
    """The file is not sent after all."""
    await run_in_threadpool(services.uploads.file, actor, upload_id, number)
    await run_in_threadpool(services.uploads.drop_file, actor, upload_id, number)
    return Response(status_code=204)


async def _offset(services: ServicesDep, found: AwaitedFile) -> int:
    return found.file.bytes if found.file.stored else await services.receiver.offset(found.path)
