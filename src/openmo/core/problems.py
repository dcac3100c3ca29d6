"""Errors as RFC 9457 problem details, for everything that speaks JSON."""

from typing import Any

from openmo.core.errors import OpenMoError

MEDIA_TYPE = "application/problem+json"
SCHEMA: dict[str, Any] = {
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
    "required": ["title", "status", "detail", "code"],
}
"""JSON Schema of problem details, as documents of APIs describe them."""
_MEMBERS = frozenset({"type", "title", "status", "detail", "code"})


def problem_type(code: str) -> str:
    """The URI that names a kind of error; programs branch on `code`, which is its end."""
    return f"urn:openmo:error:{code}"


def problem(error: OpenMoError) -> dict[str, Any]:
    """The error as problem details; its fields become members."""
    fields = {name: value for name, value in error.fields.items() if name not in _MEMBERS}
    return {
        "type": problem_type(error.code),
        "title": error.title,
        "status": error.status,
        "detail": error.message,
        "code": error.code,
        **fields,
    }
