"""What a worker says to the gateway, typed; the other end of `openmo.serving.inside.serve`."""

from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, Raw, UnsetType

from openmo.serving.directory import DeployedRelease
from openmo.specs.files import read_app_spec
from openmo.specs.values import Spec
from openmo.system.frames import pack


class Ready(msgspec.Struct, tag_field="kind", tag="ready"):
    """handler.py is loaded; calls may come."""


class NotStarted(msgspec.Struct, tag_field="kind", tag="failed"):
    """handler.py cannot be imported; the worker ends."""

    message: str
    traceback: str


class Chunk(msgspec.Struct, tag_field="kind", tag="chunk"):
    """One thing that the handler yielded. `output` is checked to be JSON and kept as the bytes that came."""

    id: int
    output: Raw
    files: dict[str, str]


class Result(msgspec.Struct, tag_field="kind", tag="result"):
    """The call is over."""

    id: int
    output: Raw
    files: dict[str, str]


class CallError(msgspec.Struct, tag_field="kind", tag="error"):
    """The handler raised, or its answer was wrong."""

    message: str
    traceback: str
    id: int | UnsetType = UNSET


Message = Ready | NotStarted | Chunk | Result | CallError

decode_message = msgspec.json.Decoder(Message).decode
"""Raises msgspec.DecodeError for anything else: a worker's words are never trusted."""

_encode = msgspec.json.encode


def call_frame(number: int, inputs: bytes, files: Mapping[str, str], folder: str | None) -> bytes:
    """One call for a worker; `inputs` is the encoded mapping."""
    if folder is None:
        return pack(b'{"id":%d,"folder":null,"files":{},"inputs":%b}' % (number, inputs))
    extra = _encode({"folder": folder, "files": files})
    return pack(b'{"id":%d,%b,"inputs":%b}' % (number, extra[1:-1], inputs))


def config_frame(release: DeployedRelease, fields: Mapping[str, Any]) -> bytes:
    """The first frame for a worker of this release."""
    spec = read_spec(release)
    types = {
        "inputs": {each.name: str(each.value_type) for each in spec.inputs},
        "outputs": {each.name: str(each.value_type) for each in spec.outputs},
    }
    return pack(_encode({"folder": str(release.folder), **types, **fields}))


def has_file_outputs(release: DeployedRelease) -> bool:
    """Whether a call of this release may answer with files."""
    return any(each.value_type.is_file for each in read_spec(release).outputs)


def read_spec(release: DeployedRelease) -> Spec:
    """The release's spec as values."""
    return read_app_spec(release.spec)
