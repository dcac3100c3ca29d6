"""The tus protocol 1.0.0 (tus.io/protocols/resumable-upload) as headers: core, creation with upload, checksum, expiry.

What is done with the bytes knows nothing of it: `openmo.datasets.uploads.receiving`.
"""

import base64
import binascii
import re
from collections.abc import Callable, Coroutine
from datetime import datetime
from email.utils import format_datetime
from typing import ClassVar

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect

from openmo.core.errors import InvalidInput, OpenMoError, UnsupportedMediaType
from openmo.core.messages import message
from openmo.core.space import storage_full
from openmo.datasets.uploads.receiving import CHECKSUMS, Checksum
from openmo.web.problems import on_openmo_error

VERSION = "1.0.0"
BYTES = "application/offset+octet-stream"
MAX_BYTES = 1 << 50
"""Of a file; the disk is the limit long before."""
CAPABILITIES = {
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,creation-with-upload,checksum,termination,expiration",
    "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
    "Tus-Max-Size": str(MAX_BYTES),
}
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
_METADATA_LIMIT = 8192
_SHA256 = re.compile(r"[0-9a-f]{64}")
_DIGITS = re.compile(r"[0-9]{1,16}")


class OtherProtocolVersion(OpenMoError):
    """The sender speaks no version of tus that is spoken here, or did not say which."""

    code = "other_protocol_version"
    status = 412
    title: ClassVar[str] = message("Other version of the protocol")
    remedy = "Send the header `Tus-Resumable: 1.0.0`."


class TusRoute(APIRoute):
    """A route whose every answer says which version of tus it speaks, and that survives senders who go."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[object, object, Response]]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                response = await handle(request)
            except ClientDisconnect:
                response = Response(status_code=400)  # nobody reads it
            except OpenMoError as error:
                response = await on_openmo_error(request, error)
            except OSError as error:
                full = storage_full(error)
                if full is None:
                    raise
                response = await on_openmo_error(request, full)
            response.headers["Tus-Resumable"] = VERSION
            if response.status_code == OtherProtocolVersion.status:
                response.headers["Tus-Version"] = VERSION
            return response

        return answer


def check_version(request: Request) -> None:
    """Raises OtherProtocolVersion."""
    if request.headers.get("tus-resumable") != VERSION:
        raise OtherProtocolVersion(message("Send the header Tus-Resumable: %(version)s.", version=VERSION))


def check_no_form(request: Request) -> None:
    """Raises UnsupportedMediaType for a form: its fields would be read before anybody is asked who sends it."""
    if _media_type(request) in _FORMS:
        raise UnsupportedMediaType(message("Send bytes as %(kind)s.", kind=BYTES))


def check_kind(request: Request) -> None:
    """Raises UnsupportedMediaType for a body that is no part of a file."""
    if _media_type(request) not in ("", BYTES):
        raise UnsupportedMediaType(message("Send bytes as %(kind)s.", kind=BYTES))


def has_bytes(request: Request) -> bool:
    """Whether the request brings a part of a file."""
    return _media_type(request) == BYTES


def _media_type(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def number(request: Request, name: str) -> int:
    """A header that is a count of bytes; raises InvalidInput."""
    text = request.headers.get(name, "")
    if not _DIGITS.fullmatch(text) or int(text) > MAX_BYTES:
        raise InvalidInput(message("The header %(name)s must be a number of bytes.", name=name), field=name)
    return int(text)


def metadata(request: Request) -> dict[str, str]:
    """`Upload-Metadata`: texts by key; raises InvalidInput."""
    header = request.headers.get("upload-metadata", "")
    if len(header) > _METADATA_LIMIT:
        raise InvalidInput("The header Upload-Metadata is too long.", field="Upload-Metadata")
    found = {}
    for pair in filter(None, (each.strip() for each in header.split(","))):
        key, _, value = pair.partition(" ")
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError, ValueError):
            raise InvalidInput(
                "The header Upload-Metadata must be keys with texts in UTF-8 and base64.", field="Upload-Metadata"
            ) from None
    return found


def sha256_of(values: dict[str, str]) -> str:
    """What the whole file will be, in hexadecimal digits; empty: it is not said. Raises InvalidInput."""
    text = values.get("sha256", "").lower()
    if text and not _SHA256.fullmatch(text):
        raise InvalidInput("sha256 in Upload-Metadata must be 64 hexadecimal digits.", field="Upload-Metadata")
    return text


def checksum(request: Request) -> Checksum | None:
    """`Upload-Checksum`: what the request's bytes must be; raises InvalidInput."""
    header = request.headers.get("upload-checksum")
    if header is None:
        return None
    algorithm, _, value = header.partition(" ")
    try:
        digest = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if algorithm not in CHECKSUMS or not digest:
        raise InvalidChecksum(
            message("The header Upload-Checksum must be one of %(known)s and a hash in base64.", known=CHECKSUMS)
        )
    return Checksum(algorithm, digest)


class InvalidChecksum(InvalidInput):
    """The header that says what bytes must be says nothing that can be compared."""

    code = "invalid_checksum"
    status = 400
    title: ClassVar[str] = message("Invalid checksum")
    remedy = "Send `Upload-Checksum: sha256 <base64>`."


def standing(offset: int, expires: datetime) -> dict[str, str]:
    """Headers that say how much of a file is here, and until when."""
    return {"Upload-Offset": str(offset), "Upload-Expires": format_datetime(expires, usegmt=True)}
