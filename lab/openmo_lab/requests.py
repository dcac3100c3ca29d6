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
