"""Calls of modules on the wire."""

from base64 import b64encode

from pydantic import BaseModel, Field

from openmo.modules.trying.calls import Called, KeptFile

RETURNED = "/api/v1/returned-files"
"""The address of files that calls returned."""
_INLINE_BYTES = 4 << 20


class ModuleCallDraft(BaseModel):
    """One call."""

    method: str
    """`train`, `predict` or `run`."""
    values: dict[str, object] = {}
    """By parameter, as a form has them: texts are read by type, and what is left out gets its default.

    A file is a data: URL, base64, or a name in the module's own `examples/`; a table is a list of rows, or a file as a
    data: URL.
    """
    inline_files: bool = False
    """Whether files of up to 4 MiB come as data: URLs, instead of addresses."""


class ProjectCallDraft(ModuleCallDraft):
    """One call of the module that a project makes, as its files are now; a file may be the path of one of them."""

    files: list[str] | None = Field(default=None, max_length=2000)
    """What belongs to the module; null: what main.py needs."""


class ReturnedFileView(BaseModel):
    """A file that a call returned."""

    output: str
    name: str
    content_type: str
    bytes: int
    url: str
    """For its caller, for an hour."""

    @classmethod
    def of(cls, file: KeptFile) -> "ReturnedFileView":
        return cls(
            output=file.output,
            name=file.name,
            content_type=file.stored.content_type,
            bytes=file.bytes,
            url=f"{RETURNED}/{file.token}",
        )


class ModuleCallView(BaseModel):
    """What a call returned."""

    identifier: str
    method: str
    output: dict[str, object]
    """By name: JSON values; of files the address, or a data: URL."""
    types: dict[str, str]
    """Of outputs, as far as they are known: `img` and `file` are files."""
    files: list[ReturnedFileView]
    duration_ms: float
    log: str
    """The last lines of what the module printed."""

    @classmethod
    def of(cls, called: Called, *, inline_files: bool = False) -> "ModuleCallView":
        addresses = {each.output: _address(each, inline=inline_files) for each in called.files}
        return cls(
            identifier=called.identifier,
            method=called.method,
            output={**called.output, **addresses},
            types=dict(called.types),
            files=[ReturnedFileView.of(each) for each in called.files],
            duration_ms=round(called.seconds * 1000, 3),
            log=called.log,
        )


def _address(file: KeptFile, *, inline: bool) -> str:
    if not inline or file.bytes > _INLINE_BYTES:
        return f"{RETURNED}/{file.token}"
    return f"data:{file.stored.content_type};base64,{b64encode(file.stored.path.read_bytes()).decode()}"
