"""Errors as RFC 9457 problem details: the one renderer for everything that speaks JSON.

A document has `type`, `title`, `status`, `detail` and `code`, the stable part that programs branch on; `errors` with
one entry for each wrong field; and the error's own fields as extension members, which EXTENSIONS names.
"""

import math
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from openmo.core.errors import (
    Conflict,
    DeadlineExceeded,
    Forbidden,
    InvalidInput,
    MethodNotAllowed,
    NotFound,
    NotSignedIn,
    OpenMoError,
    StorageFull,
    TooLarge,
    TooManyRequests,
    Unavailable,
    UnexpectedError,
    UnsupportedMediaType,
)

MEDIA_TYPE = "application/problem+json"
EXTENSIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "errors": "one entry for each wrong field: its `name` and a `message`",
        "summary": "true where `detail` only sums up `errors`, so that one of the two is enough",
        "field": "the field that the whole error is about",
        "retry_after": "seconds until another try makes sense; also the header Retry-After",
        "request_id": "finds the report in the server's log; also the header X-Request-Id",
        "limit": "the most that is accepted, in bytes",
        "offset": "where the file ends, in bytes",
        "log": "the end of what the app or module printed",
        "traceback": "how a module got to where it failed",
        "inputs": "the inputs that an app was tried with",
        "file": "the source file that cannot be read",
        "line": "the line in `file`, from 1",
        "before": "the state that a thing is in",
        "after": "the state that it was to get",
        "project": "the project that does not exist, `owner/name`",
        "dataset": "the dataset that does not exist, `owner/name`",
        "module": "the module that does not exist, `owner/name`",
        "metric": "the metric that does not exist",
        "name": "the environment",
        "service": "the process of OpenMo",
        "host": "the address that cannot be listened on",
        "port": "the port that cannot be listened on",
        "pid": "the process that has it",
        "command": "that process's command line",
    }
)
"""What members besides the standard ones mean; each is there for errors that have it."""
_STANDARD = ("type", "title", "status", "detail", "code")
REQUIRED: Final = ("title", "status", "detail", "code")
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {"type": "object", "properties": {"name": {"type": "string"}, "message": {"type": "string"}}},
        },
    },
    "required": list(REQUIRED),
}
"""JSON Schema of problem details, as documents of APIs describe them."""
_BY_STATUS: Final[Mapping[int, type[OpenMoError]]] = {
    kind.status: kind
    for kind in (
        NotSignedIn,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        Conflict,
        TooLarge,
        UnsupportedMediaType,
        InvalidInput,
        TooManyRequests,
        UnexpectedError,
        Unavailable,
        DeadlineExceeded,
        StorageFull,
    )
}


def problem(error: OpenMoError) -> dict[str, object]:
    """The error as problem details; a `field` that it is about is listed in `errors`, too."""
    members = {name: value for name, value in error.fields.items() if name not in _STANDARD}
    if members.get("field") and "errors" not in members:
        members["errors"] = [{"name": str(members["field"]), "message": error.message}]
    return _document(error.code, error.title, error.status, error.message, members)


def problem_of_status(status: int, detail: str) -> dict[str, object]:
    """Problem details for what a framework refused: the code of our own error with that status, or the status' name."""
    if kind := _BY_STATUS.get(status):
        return _document(kind.code, kind.title, status, detail, {})
    known = HTTPStatus(status)
    return _document(known.name.lower(), known.phrase, status, detail, {})


def problem_headers(error: OpenMoError) -> dict[str, str]:
    """The headers that go with it: when to try again, and how to say who one is."""
    headers = {}
    retry_after = error.fields.get("retry_after")
    if isinstance(retry_after, int | float):
        headers["Retry-After"] = str(max(1, math.ceil(retry_after)))
    if error.status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    return headers


def _document(code: str, title: str, status: int, detail: str, members: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": f"urn:openmo:error:{code}",
        "title": title,
        "status": status,
        "detail": detail,
        "code": code,
        **members,
    }
