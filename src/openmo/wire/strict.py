"""Reading what a child process wrote: every field is checked against its type, and nothing of it is believed before."""

from collections.abc import Callable
from functools import reduce
from operator import or_
from typing import TypeVar

import msgspec
from msgspec.structs import asdict

from openmo.system.records import TAG, Json, Record

R = TypeVar("R", bound=Record)


class WrongMessage(Exception):
    """Bytes that are none of the records that may come; says which field is wrong."""


def decoder(*records: type[R]) -> Callable[[bytes], R]:
    """A function from bytes to one of the records (told apart by their tags, if there are several).

    It raises WrongMessage for everything else, and takes no field that is itself a record. Fields that are unknown are
    passed over: a newer version may write more.
    """
    readers = {_struct(record): _reader(record) for record in records}
    decode = msgspec.json.Decoder(reduce(or_, readers)).decode

    def read(data: bytes) -> R:
        try:
            found = decode(data)
            return readers[type(found)](found)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise WrongMessage(f"{_names(records)}: {error}") from None

    return read


def _reader(record: type[R]) -> Callable[[msgspec.Struct], R]:
    """From the checked struct to the record; checked already, so it goes past the record's own constructor."""
    raw = tuple(name for name, kind in _fields(record) if kind is Json)
    new, put = record.__new__, object.__setattr__

    def read(found: msgspec.Struct) -> R:
        values = asdict(found)
        for name in raw:
            carried = values[name] = Json(values[name])
            if not carried.isascii():
                carried.decode()  # msgspec has looked at the syntax alone, and a document is UTF-8
        made = new(record)
        put(made, "__dict__", values)
        return made

    return read


def _fields(record: type[Record]) -> list[tuple[str, type]]:
    return [(name, record.__annotations__[name]) for name in record.names]


def _struct(record: type[Record]) -> type[msgspec.Struct]:
    fields: list[tuple[str, type] | tuple[str, type, object]] = []
    for name, kind in _fields(record):
        read_as = msgspec.Raw if kind is Json else kind
        fields.append((name, read_as, record.__dict__[name]) if name in record.__dict__ else (name, read_as))
    tag, key = (record.tag, TAG) if record.tag else (None, None)
    return msgspec.defstruct(record.__name__, fields, kw_only=True, tag=tag, tag_field=key)


def _names(records: tuple[type[Record], ...]) -> str:
    return "/".join(record.__name__ for record in records)
