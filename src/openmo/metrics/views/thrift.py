"""Thrift's compact protocol, as far as the headers of Parquet files need it: values become bytes."""

import struct
from collections.abc import Sequence
from typing import Final, TypeAlias

Struct: TypeAlias = "dict[int, Value]"
Value: TypeAlias = "bool | int | Long | str | Struct | Encoded | Sequence[Value]"

_TRUE, _FALSE, _I32, _I64, _BINARY, _LIST, _STRUCT = 1, 2, 5, 6, 8, 9, 12
_SHORT_LIST: Final = 15


class Long(int):
    """A number whose field has 64 bits; others have 32."""


class Encoded(bytes):
    """A struct as `encode` makes it, which can stand in another one."""


def encode(fields: Struct) -> Encoded:
    """A struct: its fields by number, in ascending order."""
    out = bytearray()
    last = 0
    for number, value in fields.items():
        kind = _kind(value)
        if isinstance(value, bool):
            kind = _TRUE if value else _FALSE
        out.append((number - last) << 4 | kind)
        if not isinstance(value, bool):
            out += _encode_value(value)
        last = number
    out.append(0)
    return Encoded(out)


def varint(number: int) -> bytes:
    """An unsigned number, seven bits a byte, the lowest first."""
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def little_endian(number: int) -> bytes:
    """Four bytes."""
    return struct.pack("<I", number)


def _kind(value: Value) -> int:
    if isinstance(value, Long):
        return _I64
    if isinstance(value, int):
        return _I32
    if isinstance(value, str):
        return _BINARY
    return _STRUCT if isinstance(value, dict | Encoded) else _LIST


def _encode_value(value: Value) -> bytes:
    if isinstance(value, int):
        return varint(value << 1 if value >= 0 else (-value << 1) - 1)
    if isinstance(value, str):
        data = value.encode()
        return varint(len(data)) + data
    if isinstance(value, Encoded):
        return value
    if isinstance(value, dict):
        return encode(value)
    kind = _kind(value[0]) if value else _STRUCT
    head = bytes([len(value) << 4 | kind]) if len(value) < _SHORT_LIST else bytes([0xF0 | kind]) + varint(len(value))
    return head + b"".join(map(_encode_value, value))
