"""The OpenAPI 3.1 document of an app, for people and for generators of clients."""

from collections.abc import Mapping
from typing import Any

from openmo.core import problems
from openmo.gateway.endpoint import Endpoint
from openmo.specs.json_schema import parameter_schema, to_json_schema
from openmo.specs.values import Parameter, Spec, ValueType

_FILE_IN_JSON = "A data: URL, or base64."
_PROBLEMS: Mapping[str, str] = {
    "401": "The app is for people with an account: send a token",
    "404": "No such app, or not yours to call",
    "413": "The body is too large",
    "415": "Neither JSON nor a form",
    "422": "Inputs that the app does not accept; `errors` has one entry for each",
    "429": "Too many calls",
    "500": "The handler failed",
    "503": "The app is busy; see Retry-After",
    "504": "The call ran into the app's time limit",
}
_OF_A_CALL: Mapping[str, str] = {
    "404": "No such call, or not yours to know of",
    "410": "Nothing is left of the call: its result has expired, or the server was restarted",
}
_JSON = "application/json"
_Schema = dict[str, Any]


def openapi(endpoint: Endpoint, path: str) -> dict[str, Any]:
    """The document of one app, which is called at `path`."""
    release = endpoint.release
    paths: dict[str, Any] = {
        path: {"post": _call_operation(endpoint)},
        f"{path}/calls/{{call_id}}": {
            "parameters": [
                {"name": "call_id", "in": "path", "required": True, "schema": {"type": "string"}},
            ],
            "get": _of_a_call(
                "poll", "What has become of a call", {"200": _body("The call as it stands", _ref("Call"))}
            ),
            "delete": _of_a_call(
                "cancel",
                "Cancel a call that runs, or forget one that has ended",
                {"200": _body("The call, cancelled", _ref("Call")), "204": {"description": "Nothing is kept of it"}},
            ),
        },
        f"{path}/calls/{{call_id}}/events": {
            "parameters": [
                {"name": "call_id", "in": "path", "required": True, "schema": {"type": "string"}},
            ],
            "get": _of_a_call(
                "follow",
                "Outputs of a call as server-sent events",
                {"200": {"description": "Events", "content": {"text/event-stream": {"schema": {"type": "string"}}}}},
            ),
        },
    }
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": release.title or f"{release.owner}/{release.app}", "version": release.version},
        "paths": paths,
        "components": {
            "schemas": {
                "Output": _output_schema(endpoint.release.spec),
                "Answer": _answer_schema(),
                "Call": _call_schema(),
                "Problem": problems.SCHEMA,
            },
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }
    if release.description:
        document["info"]["description"] = release.description
    if not release.public:
        document["security"] = [{"token": []}]
    return document


def input_schema(endpoint: Endpoint) -> _Schema:
    """The JSON Schema of the inputs, as a JSON body has them."""
    return _inputs(endpoint.release.spec, in_json=True)


def _call_operation(endpoint: Endpoint) -> dict[str, Any]:
    release, spec = endpoint.release, endpoint.release.spec
    content: dict[str, Any] = {_JSON: {"schema": _inputs(spec, in_json=True)}}
    if endpoint.uploads or endpoint.tables:
        content["multipart/form-data"] = {"schema": _inputs(spec, in_json=False)}
    accepted = _body("With `Prefer: respond-async`: where to ask for the answer", _ref("Call"))
    accepted["headers"] = {"Location": {"schema": {"type": "string", "format": "uri-reference"}}}
    return {
        "operationId": "call",
        "summary": f"Call {release.owner}/{release.app}",
        "parameters": [
            _header("Prefer", "`respond-async` to poll the answer; `wait=SECONDS` beside it to wait for a while first"),
            _header("Idempotency-Key", "Calls with the same key and inputs are one call"),
        ],
        "requestBody": {"required": True, "content": content},
        "responses": {
            "200": _body("What the handler returned", _ref("Answer")),
            "202": accepted,
            **{status: _problem(text) for status, text in _PROBLEMS.items()},
        },
    }


def _of_a_call(name: str, summary: str, responses: dict[str, Any]) -> dict[str, Any]:
    problems = {status: _problem(text) for status, text in _OF_A_CALL.items()}
    return {"operationId": name, "summary": summary, "responses": {**responses, **problems}}


def _header(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "description": description, "schema": {"type": "string"}}


def _body(description: str, schema: _Schema) -> dict[str, Any]:
    return {"description": description, "content": {_JSON: {"schema": schema}}}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/problem+json": {"schema": _ref("Problem")}}}


def _ref(name: str) -> _Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def _inputs(spec: Spec, *, in_json: bool) -> _Schema:
    schema = to_json_schema(spec.inputs)
    schema.pop("$schema", None)
    if in_json:
        for each in spec.inputs:
            if each.value_type.is_file:
                description = f"{each.description} ({_FILE_IN_JSON})" if each.description else _FILE_IN_JSON
                schema["properties"][each.name] = {
                    "type": "string",
                    "contentEncoding": "base64",
                    "description": description,
                }
    return schema


def _output_schema(spec: Spec) -> _Schema:
    return {
        "type": "object",
        "properties": {each.name: _output(each) for each in spec.outputs},
        "required": [each.name for each in spec.outputs],
    }


def _output(parameter: Parameter) -> _Schema:
    if parameter.value_type.is_file:
        return {"type": ["string", "null"], "format": "uri-reference", "description": parameter.description}
    if parameter.value_type in (ValueType.STR, ValueType.ENUM):
        return {"description": parameter.description}  # labels with their probabilities are welcome under str, too
    schema = parameter_schema(parameter)
    described = {"description": description} if (description := schema.pop("description", "")) else {}
    return {"anyOf": [schema, {"type": "null"}], **described}  # None, and numbers that JSON cannot hold


def _answer_schema() -> _Schema:
    return {
        "type": "object",
        "properties": {
            "output": _ref("Output"),
            "duration_ms": {"type": "number"},
            "release": {"type": "string"},
        },
        "required": ["output", "duration_ms", "release"],
    }


def _call_schema() -> _Schema:
    return {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "status": {"type": "string", "enum": ["running", "succeeded", "failed", "cancelled"]},
            "url": {"type": "string", "format": "uri-reference"},
            "release": {"type": "string"},
            "output": _ref("Output"),
            "duration_ms": {"type": "number"},
            "error": _ref("Problem"),
        },
        "required": ["id", "status", "url", "release"],
    }
