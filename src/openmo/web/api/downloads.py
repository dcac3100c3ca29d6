"""Answers that a browser saves as files."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from fastapi.responses import StreamingResponse

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_NAME_MAX = 100


def file_name(*parts: str, ending: str) -> str:
    """A harmless name for a file made of what people and their programs called things; ASCII alone."""
    shown = (_UNSAFE.sub("_", part).strip("._-") for part in parts)
    return "-".join(part for part in shown if part)[:_NAME_MAX].strip("._-") + f".{ending}"


def download(pieces: Iterable[bytes], *, name: str, media_type: str) -> StreamingResponse:
    """The file, sent as it is made."""
    headers = {
        "Content-Disposition": f'attachment; filename="{quote(name)}"',
        "X-Content-Type-Options": "nosniff",
    }
    return StreamingResponse(iter(pieces), media_type=media_type, headers=headers)
