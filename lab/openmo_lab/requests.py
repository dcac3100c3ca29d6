"""The bodies that the browser sends, checked before anything is done with them."""

import json
from dataclasses import dataclass
from typing import Any, Self, TypeVar

from openmo_lab.problems import InvalidRequest

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRequest:
    path: str
    overwrite: bool

    @classmethod
    def parse(cls, body: bytes) -> Self:
        fields = _object(body)
        return cls(path=_field(fields, "path", str), overwrite=_field(fields, "overwrite", bool, False))


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRequest:
    script: str
    name: str
    args: list[str]
    env: dict[str, str]
    device: str

    @classmethod
    def parse(cls, body: bytes) -> Self:
        fields = _object(body)
        args = _field(fields, "args", list, [])
        env = _field(fields, "env", dict, {})
        if not all(isinstance(text, str) for text in (*args, *env.values())):
            raise InvalidRequest("Arguments and environment variables are texts.")
        return cls(
            script=_field(fields, "script", str),
            name=_field(fields, "name", str, ""),
            args=args,
            env=env,
            device=_field(fields, "device", str, "cpu"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareRequest:
    path: str
    cells: list[int] | None
    """Indices among all cells of the notebook; None: those that the handler needs."""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        fields = _object(body)
        cells = fields.get("cells")
        if cells is not None and not (isinstance(cells, list) and all(type(each) is int for each in cells)):
            raise InvalidRequest("Cells are given by their numbers.")
        return cls(path=_field(fields, "path", str), cells=cells)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecRequest:
    spec: dict[str, Any]

    @classmethod
    def parse(cls, body: bytes) -> Self:
        return cls(spec=_field(_object(body), "spec", dict))


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesRequest:
    handler: str
    app_spec: str

    @classmethod
    def parse(cls, body: bytes) -> Self:
        fields = _object(body)
        return cls(handler=_field(fields, "handler", str), app_spec=_field(fields, "app_spec", str))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRequest:
    version: str
    """Empty: the platform proposes one."""
    channel: str
    notes: str
    files: list[str]

    @classmethod
    def parse(cls, body: bytes) -> Self:
        fields = _object(body)
        files = _field(fields, "files", list)
        if not all(isinstance(path, str) for path in files):
            raise InvalidRequest("Files are given by their paths.")
        return cls(
            version=_field(fields, "version", str, ""),
            channel=_field(fields, "channel", str, "release"),
            notes=_field(fields, "notes", str, ""),
            files=files,
        )


def _object(body: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise InvalidRequest("The body must be a JSON object.")
    return fields


def _field(fields: dict[str, Any], name: str, kind: type[T], default: T | None = None) -> T:
    value = fields.get(name, default)
    if not isinstance(value, kind):
        raise InvalidRequest(f"The field {name!r} is missing or has a wrong type.")
    return value
