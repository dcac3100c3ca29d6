"""The gateway's end of what it and its children say to each other (see `openmo.serving.inside.messages`)."""

from collections.abc import Callable, Mapping
from pathlib import PurePath

import msgspec

from openmo.sandbox.inside.document import PolicyDocument
from openmo.serving.directory import DeployedRelease
from openmo.serving.inside.messages import (
    CallError,
    Chunk,
    Exited,
    NotStarted,
    Pong,
    Ready,
    Result,
    Started,
    WorkerConfig,
)
from openmo.system.frames import pack
from openmo.wire.strict import decoder

Answer = Ready | NotStarted | Chunk | Result | CallError
Report = Started | Exited | Pong

decode_answer: Callable[[bytes], Answer] = decoder(Ready, NotStarted, Chunk, Result, CallError)
"""What a worker wrote, or WrongMessage: it is never trusted. Outputs are checked to be JSON and kept as they came."""
decode_report: Callable[[bytes], Report] = decoder(Started, Exited, Pong)
"""What a zygote wrote, or WrongMessage: it may have imported packages of a release's author."""

_encode = msgspec.json.encode


def call_frame(number: int, inputs: bytes, files: Mapping[str, str], folder: str | None) -> bytes:
    """One `CallRequest` for a worker; `inputs` is the encoded mapping."""
    if folder is None:
        return pack(b'{"id":%d,"folder":null,"files":{},"inputs":%b}' % (number, inputs))
    extra = _encode({"folder": folder, "files": files})
    return pack(b'{"id":%d,%b,"inputs":%b}' % (number, extra[1:-1], inputs))


def config_frame(
    release: DeployedRelease, *, folder: PurePath, variables: dict[str, str], policy: PolicyDocument
) -> bytes:
    """The first frame for a worker of this release, whose private folder is `folder`."""
    config = WorkerConfig(
        folder=str(release.folder),
        temporary=str(folder),
        inputs={each.name: str(each.value_type) for each in release.spec.inputs},
        outputs={each.name: str(each.value_type) for each in release.spec.outputs},
        output_keys={each.key: each.name for each in release.spec.outputs if each.key},
        variables=variables,
        policy=policy,
        memory_bytes=release.limits.memory_bytes,
    )
    return pack(config.encode())


def has_file_outputs(release: DeployedRelease) -> bool:
    """Whether a call of this release may answer with files."""
    return any(each.value_type.is_file for each in release.spec.outputs)
