"""What a worker says that its handler returned, held against the spec once more.

A worker checks this itself, in words for its caller. But a handler may write its worker's frames: what comes from there
is believed as far as the spec goes, and files are what lies in the call's folder, never an address that was written.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from openmo.specs.values import Parameter, ValueType
from openmo.wire.strict import WrongMessage

_NUMBER: Final = b"-0123456789"
_STARTS: Final[Mapping[ValueType, bytes]] = {
    ValueType.INT: _NUMBER,
    ValueType.FLOAT: _NUMBER,
    ValueType.BOOL: _NUMBER + b"tf",
    ValueType.DATETIME: b'"',
    ValueType.DATAFRAME: b"[{",
    ValueType.INT_LIST: b"[",
    ValueType.FLOAT_LIST: b"[",
    ValueType.STR_LIST: b"[",
    **{kind: b"" for kind in ValueType if kind.is_file},
}
"""How a value of the type begins in JSON; what is not here may be anything, and `null` always stands for nothing."""
_ONLY: Final[Mapping[ValueType, bytes]] = {
    ValueType.INT: _NUMBER,
    ValueType.INT_LIST: _NUMBER + b"[], \t\r\nnultrefas",
    ValueType.FLOAT_LIST: _NUMBER + b"+.eE[], \t\r\nnultrefas",
}
"""All characters that it may have: of valid JSON, none that begins a text or an object."""
_decode = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


class OutputCheck:
    """Checks each output of one release, without building its values: an answer may have megabytes."""

    def __init__(self, outputs: Sequence[Parameter]) -> None:
        self._types: Final = {each.name: each.value_type for each in outputs}
        self._files: Final = frozenset(each.name for each in outputs if each.value_type.is_file)

    def __call__(self, output: bytes, files: Mapping[str, str]) -> bytes:
        """The output, each name in it once; raises WrongMessage for what the release's spec does not declare."""
        try:
            values = _decode(output)
        except msgspec.DecodeError as error:
            raise WrongMessage("An output is no object of JSON.") from error
        if self._types and values.keys() != self._types.keys():
            raise WrongMessage("An output has other names than the spec.")
        if not files.keys() <= self._files:
            raise WrongMessage("A file has the name of an output that is none.")
        for name, value in values.items():
            if not _fits(self._types.get(name), bytes(value)):
                raise WrongMessage(f"The output {name[:80]!r} is no {self._types[name]}.")
        return msgspec.json.encode(values) if self._files else output  # what stood there twice would be read either way


def _fits(kind: ValueType | None, value: bytes) -> bool:
    starts = _STARTS.get(kind) if kind is not None else None
    if kind is None or starts is None or value == b"null":
        return True
    only = _ONLY.get(kind)
    return value[:1] in starts and (only is None or not value.translate(None, only))
