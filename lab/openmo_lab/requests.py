"""The bodies that the browser sends, checked before anything is done with them."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Self, TypeVar

from openmo_lab.problems import InvalidRequest

T = TypeVar("T")
NUMBERS_LIMIT = 50
_NUMBER = re.compile(r"[0-9]{1,9}")


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
    secrets: dict[str, str] = field(repr=False)
    device: str
    cpus: int
    gpus: int
    memory_limit: str
    """As typed, such as `2G`; empty: none."""
    time_limit: str
    code_of: int | None
    """Number of the job whose code is run; None: the code as it is now."""
    secrets_of: int | None

    @classmethod
    def parse(cls, body: bytes) -> Self:
        fields = _object(body)
        args = _field(fields, "args", list, [])
        env, secrets = _field(fields, "env", dict, {}), _field(fields, "secrets", dict, {})
        if not all(isinstance(text, str) for text in (*args, *env.values(), *secrets.values())):
            raise InvalidRequest("Arguments, environment variables and secrets are texts.")
        return cls(
            script=_field(fields, "script", str),
            name=_field(fields, "name", str, ""),
            args=args,
            env=env,
            secrets=secrets,
            device=_field(fields, "device", str, "cpu"),
            cpus=_whole_number(fields, "cpus") or 1,
            gpus=_whole_number(fields, "gpus") or 0,
            memory_limit=_field(fields, "memory_limit", str, ""),
            time_limit=_field(fields, "time_limit", str, ""),
            code_of=_whole_number(fields, "code_of"),
            secrets_of=_whole_number(fields, "secrets_of"),
        )

    def submission(self, script: str) -> dict[str, Any]:
        """What the platform is sent; `script` is the path as the project has it."""
        return {
            **asdict(self),
            "script": script,
            "memory_limit": self.memory_limit or None,
            "time_limit": self.time_limit or None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class JobNumbersRequest:
    numbers: list[int]

    @classmethod
    def parse(cls, body: bytes) -> Self:
        numbers = _field(_object(body), "numbers", list)
        if not all(type(each) is int for each in numbers):
            raise InvalidRequest("Jobs are given by their numbers.")
        return cls(numbers=numbers)


def job_numbers(text: str) -> list[int]:
    """The numbers of a list such as `3,14`; raises InvalidRequest."""
    parts = [part for part in text.split(",") if part]
    if len(parts) > NUMBERS_LIMIT or not all(_NUMBER.fullmatch(part) for part in parts):
        raise InvalidRequest(f"The numbers of at most {NUMBERS_LIMIT} jobs are needed, separated by commas.")
    return [int(part) for part in parts]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrepareRequest:
    path: str
    cells: list[int | str] | None
    """Cells of the notebook by id, or by place among all of them; None: those that the handler needs."""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        fields = _object(body)
        cells = fields.get("cells")
        if cells is not None and not (isinstance(cells, list) and all(type(each) in (int, str) for each in cells)):
            raise InvalidRequest("Cells are given by their ids or their places.")
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


_MODULE_QUERY = ("search", "category", "tag", "kind", "scope", "sort", "limit", "after")


def module_query(argument: Callable[[str, str], str]) -> dict[str, str]:
    """What of an address says which modules are looked for; the platform judges the values."""
    given = {name: argument(name, "") for name in _MODULE_QUERY}
    return {name: value for name, value in given.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleCodeRequest:
    method: str
    values: dict[str, Any]
    """By parameter, as typed."""
    cells: list[str]
    """The sources of the notebook's code cells."""
    own_environment: bool

    @classmethod
    def parse(cls, body: bytes) -> Self:
        fields = _object(body)
        cells = _field(fields, "cells", list, [])
        if not all(isinstance(cell, str) for cell in cells):
            raise InvalidRequest("Cells are given by their sources.")
        return cls(
            method=_field(fields, "method", str),
            values=_field(fields, "values", dict, {}),
            cells=cells,
            own_environment=_field(fields, "own_environment", bool, False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleJobRequest:
    module: str
    """`owner/name/version`."""
    method: str
    values: dict[str, Any]
    """By parameter, as typed."""
    own_environment: bool

    @classmethod
    def parse(cls, body: bytes) -> Self:
        fields = _object(body)
        return cls(
            module=_field(fields, "module", str),
            method=_field(fields, "method", str),
            values=_field(fields, "values", dict, {}),
            own_environment=_field(fields, "own_environment", bool, False),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateRequest:
    version: str
    """Empty: the newest."""
    digest: str
    """Of the preview that was agreed to."""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        fields = _object(body)
        return cls(version=_field(fields, "version", str, ""), digest=_field(fields, "digest", str))


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleRequest:
    module: str
    """`owner/name/version`."""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        return cls(module=_field(_object(body), "module", str))


def passed_on(body: bytes, *names: str) -> dict[str, Any]:
    """The fields of these names, as far as they are there, for the platform to judge."""
    fields = _object(body)
    return {name: fields[name] for name in names if name in fields}


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


def _whole_number(fields: dict[str, Any], name: str) -> int | None:
    value = fields.get(name)
    if value is not None and type(value) is not int:
        raise InvalidRequest(f"The field {name!r} has a wrong type.")
    return value
