"""The REST API as a page: every route of the OpenAPI document, to be read by people."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter()
_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One parameter or member."""

    name: str
    type: str
    required: bool
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    about: str
    parameters: tuple[Field, ...]
    body: tuple[Field, ...]
    answer: str
    """The schema of the answer, by name."""
    answer_fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RestApiPage:
    groups: tuple[tuple[str, tuple[Operation, ...]], ...]


@router.get("/api", dependencies=needs(Kind.PLATFORM, Verb.BROWSE))
def show_api(request: Request) -> Response:
    """What the OpenAPI document says, for reading; it needs no script and no other site."""
    return render(request, "api.html", _page(request.app))


@lru_cache(maxsize=1)
def _page(app: FastAPI) -> RestApiPage:
    """The same for every reader, and as long as the server runs."""
    return RestApiPage(groups=operations_of(app.openapi()))


def operations_of(document: Mapping[str, Any]) -> tuple[tuple[str, tuple[Operation, ...]], ...]:
    """The document's operations by their first tag, both in its order."""
    groups: dict[str, list[Operation]] = {}
    schemas = document.get("components", {}).get("schemas", {})
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if (operation := methods.get(method)) is not None:
                tag = next(iter(operation.get("tags", ())), "")
                groups.setdefault(tag, []).append(_operation(method, path, operation, schemas))
    return tuple((tag, tuple(found)) for tag, found in groups.items())


def _operation(method: str, path: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> Operation:
    body = _content(operation.get("requestBody", {}))
    answers = operation.get("responses", {})
    answer = _content(next((each for status, each in answers.items() if status.startswith("2")), {}))
    return Operation(
        method=method.upper(),
        path=path,
        about=str(operation.get("description") or operation.get("summary") or ""),
        parameters=tuple(
            Field(
                name=each["name"],
                type=_type(each.get("schema", {})),
                required=bool(each.get("required")),
                about=str(each.get("description", "")),
            )
            for each in operation.get("parameters", ())
        ),
        body=tuple(_members(body, schemas)),
        answer=_type(answer) if answer else "",
        answer_fields=tuple(_members(answer, schemas)),
    )


def _content(holder: Mapping[str, Any]) -> Mapping[str, Any]:
    for content in holder.get("content", {}).values():
        schema: Mapping[str, Any] = content.get("schema", {})
        return schema
    return {}


def _members(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[Field]:
    found = schemas.get(_name(schema), schema)
    required = found.get("required", ())
    for name, member in found.get("properties", {}).items():
        yield Field(name=name, type=_type(member), required=name in required, about=str(member.get("description", "")))


def _name(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2]


def _type(schema: Mapping[str, Any]) -> str:
    if name := _name(schema):
        return name
    if options := schema.get("anyOf") or schema.get("oneOf"):
        return " | ".join(dict.fromkeys(_type(option) for option in options))
    if choices := schema.get("enum"):
        return " | ".join(map(repr, choices))
    if schema.get("type") == "array":
        return f"{_type(schema.get('items', {}))}[]"
    return str(schema.get("type", "any"))
