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
        self._names: Final = {each.name: None for each in outputs}.keys()
        self._files: Final = frozenset(each.name for each in outputs if each.value_type.is_file)
        self._rules: Final = tuple(
            (each.name, _STARTS[each.value_type], _ONLY.get(each.value_type))
            for each in outputs
            if each.value_type in _STARTS
        )

    def __call__(self, output: bytes, files: Mapping[str, str]) -> bytes:
        """The output, each name in it once; raises WrongMessage for what the release's spec does not declare."""
        try:
            values = _decode(output)
        except msgspec.DecodeError as error:
            raise WrongMessage("An output is no object of JSON.") from error
        if self._names and values.keys() != self._names:
            raise WrongMessage("An output has other names than the spec.")
        if files and not files.keys() <= self._files:
            raise WrongMessage("A file has the name of an output that is none.")
        for name, starts, only in self._rules:
            value = bytes(values[name])
            fits = value[:1] in starts and not (only and value.translate(None, only))
            if not fits and value != b"null":
                raise WrongMessage(f"The output {name[:80]!r} is not of its type.")
        return msgspec.json.encode(values) if self._files else output  # what stood there twice would be read either way
