"""All that can be worked out about a release before its first call."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from openmo.gateway.http import path_of
from openmo.ports.app_directory import DeployedRelease
from openmo.specs.files import load_app_spec
from openmo.specs.json_schema import parameter_schema, to_json_schema
from openmo.specs.validate import Validator, compile_validator
from openmo.specs.values import Parameter, Spec, ValueType

_REMEMBERED = 4096
_LINK_LENGTH = 200
_NAME = re.compile(r"[A-Za-z0-9._@-]{1,64}")
_VERSION = re.compile(r"[A-Za-z0-9.+-]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A release with its validators compiled."""

    release: DeployedRelease
    spec: Spec
    validate: Validator
    """For JSON bodies."""
    validate_form: Validator
    """For form bodies, where all values arrive as text."""
    uploads: frozenset[str]
    """Inputs whose values are files."""
    tables: frozenset[str]
    """Inputs that may be a file, or a table in the body."""
    tail: bytes
    """The end of every answer's JSON."""


class Endpoints:
    """Remembers the endpoints of the releases that are called."""

    def __init__(self) -> None:
        self._known: dict[str, Endpoint] = {}

    def get(self, release: DeployedRelease) -> Endpoint:
        """The endpoint of this release; compiled at its first call, because a release never changes."""
        endpoint = self._known.get(release.release_id)
        if endpoint is None or (endpoint.release is not release and endpoint.release != release):
            # The same id with another object: access or limits may have been changed, or the dev release was replaced.
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            endpoint = self._known[release.release_id] = _compile(release)
        return endpoint


def _compile(release: DeployedRelease) -> Endpoint:
    spec = load_app_spec(json.dumps(release.spec, default=str))  # JSON is YAML
    return Endpoint(
        release=release,
        spec=spec,
        validate=compile_validator(spec.inputs),
        validate_form=compile_validator(spec.inputs, from_form=True),
        uploads=frozenset(each.name for each in spec.inputs if each.value_type.is_file),
        tables=frozenset(each.name for each in spec.inputs if each.value_type is ValueType.DATAFRAME),
        tail=b',"release":' + msgspec.json.encode(release.version) + b"}",
    )


@dataclass(frozen=True, slots=True)
class Address:
    """What `/run/...` names."""

    owner: str
    app: str
    version: str | None
    rest: tuple[str, ...] = ()
    link: str = field(default="", repr=False)
    """The secret of a link, from `/run/~<secret>/<owner>/<app>`."""

    @property
    def path(self) -> str:
        """The app's own path, as it was asked for."""
        secret = (f"~{self.link}",) if self.link else ()
        version = f"@{self.version}" if self.version else ""
        return path_of("run", *secret, self.owner, self.app + version)


def parse_address(path: str) -> Address | None:
    """The parts of `/run/[~<secret>/]<owner>/<app>[@version][/...]`; None for any other path."""
    parts = path[len("/run/") :].split("/")
    link = parts.pop(0)[1:] if parts[0].startswith("~") else ""
    if parts[-1] == "" and len(parts) > 2:
        parts.pop()
    if len(parts) < 2 or not (link.isascii() and len(link) <= _LINK_LENGTH):
        return None
    app, at, version = parts[1].partition("@")
    if not (_NAME.fullmatch(parts[0]) and _NAME.fullmatch(app)) or (at and not _VERSION.fullmatch(version)):
        return None
    return Address(parts[0], app, version or None, tuple(parts[2:]), link)


_FILE_IN_JSON = {"type": "string", "contentEncoding": "base64", "description": "A data: URL, or base64."}
_PROBLEMS: Mapping[str, str] = {
    "404": "No such app, or not yours to call",
    "413": "The body is too large",
    "422": "Inputs that the app does not accept; `errors` has one entry for each",
    "429": "Too many calls",
    "500": "The handler failed",
    "503": "The app is busy; see Retry-After",
    "504": "The call ran into the app's time limit",
}


def openapi(endpoint: Endpoint, path: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of one app, which is called at `path`."""
    release, spec = endpoint.release, endpoint.spec
    content: dict[str, Any] = {"application/json": {"schema": _inputs(spec, in_json=True)}}
    if endpoint.uploads or endpoint.tables:
        content["multipart/form-data"] = {"schema": _inputs(spec, in_json=False)}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    answer = {
        "type": "object",
        "properties": {
            "output": {
                "type": "object",
                "properties": {each.name: _output(each) for each in spec.outputs},
                "required": [each.name for each in spec.outputs],
            },
            "duration_ms": {"type": "number"},
            "release": {"type": "string"},
        },
        "required": ["output", "duration_ms", "release"],
    }
    call: dict[str, Any] = {
        "operationId": "call",
        "summary": f"Call {release.owner}/{release.app}",
        "requestBody": {"required": True, "content": content},
        "responses": {
            "200": {"description": "What the handler returned", "content": {"application/json": {"schema": answer}}},
            **{status: {"description": text, "content": problem} for status, text in _PROBLEMS.items()},
        },
    }
    if not release.public:
        call["security"] = [{"token": []}]
    return {
        "openapi": "3.1.0",
        "info": {"title": f"{release.owner}/{release.app}", "version": release.version},
        "paths": {path: {"post": call}},
        "components": {
            "schemas": {"Problem": _problem_schema()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def input_schema(endpoint: Endpoint) -> dict[str, Any]:
    """The JSON Schema of the inputs, as a JSON body has them."""
    return _inputs(endpoint.spec, in_json=True)


def _inputs(spec: Spec, *, in_json: bool) -> dict[str, Any]:
    schema = to_json_schema(spec.inputs)
    schema.pop("$schema", None)
    if in_json:
        for each in spec.inputs:
            if each.value_type.is_file:
                schema["properties"][each.name] = dict(_FILE_IN_JSON)
    return schema


def _output(parameter: Parameter) -> dict[str, Any]:
    if parameter.value_type.is_file:
        return {"type": ["string", "null"], "format": "uri-reference", "description": parameter.description}
    if parameter.value_type in (ValueType.STR, ValueType.ENUM):
        return {"description": parameter.description}  # labels with their probabilities are welcome under str, too
    return parameter_schema(parameter)


def _problem_schema() -> dict[str, Any]:
    entry = {"type": "object", "properties": {"name": {"type": "string"}, "message": {"type": "string"}}}
    return {
        "type": "object",
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "code": {"type": "string"},
            "errors": {"type": "array", "items": entry},
        },
        "required": ["title", "status", "detail", "code"],
    }
