"""Values as documents of JSON and buffers beside them, and back. Nothing is pickled: what has no form here is refused.

Scalars, lists and dictionaries by text are JSON as it is; everything else is an object with the key `$`, which names
what it is. A dictionary of the caller's that has such a key goes as pairs.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path, PurePath
from typing import Any

from openmo_sdk.calls import arrays, images, tables
from openmo_sdk.calls.frames import MAX_DOCUMENT
from openmo_sdk.calls.parcel import BadFrame, Incoming, Outgoing
from openmo_sdk.calls.times import read_time, write_time
from openmo_sdk.errors import CannotPass

KIND = "$"
_MAX_DEPTH = 200
_MAX_BITS = 1024  # of a whole number in decimal digits: Python refuses to read more than some thousand of them
_PLAIN = frozenset({type(None), bool, float, str})
_REMEDY = (
    "Pass numbers, texts, lists, dictionaries, dates, bytes, arrays, tables or images, or the path of a file that "
    "holds it."
)
_dumps = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode


class Encoder:
    """Values of one call or answer. `named` says whose the first key of a place is: `The parameter 'x' of …`."""

    def __init__(self, parcel: Outgoing, named: Callable[[list[Any]], str]) -> None:
        self.parcel = parcel
        self._named = named
        self._keys: list[Any] = []

    def document(self, value: Any) -> bytes:
        """Of what `encode` has given; raises CannotPass when it is too large."""
        document = _dumps(value).encode("ascii")
        if len(document) > MAX_DOCUMENT:
            raise CannotPass(
                f"{self._named([])} is too large: more than {MAX_DOCUMENT >> 20} MiB outside of arrays. "
                "Pass large data as arrays or tables, or the path of a file that holds it."
            )
        return document

    def encode(self, value: Any) -> Any:
        """The value's form; raises CannotPass, which names the place."""
        kind = type(value)
        if kind in _PLAIN:
            return value
        if kind is int:
            return value if value.bit_length() <= _MAX_BITS else {KIND: "int", "hex": hex(value)}
        if kind is dict:
            return self._dictionary(value)
        if kind is list:
            return self.items(value)
        write = _WRITERS.get(kind)
        return self._foreign(value) if write is None else write(self, value)

    def items(self, values: Iterable[Any], label: Callable[[int], Any] = int) -> list[Any]:
        """The forms of all; `label` gives the key of each, by its number."""
        found = []
        for number, value in enumerate(values):
            if type(value) in _PLAIN:
                found.append(value)
                continue
            with self.inside(label(number)):
                found.append(self.encode(value))
        return found

    @contextmanager
    def inside(self, key: Any) -> Iterator[None]:
        """What is refused within lies at that key."""
        self._keys.append(key)
        if len(self._keys) > _MAX_DEPTH:
            raise CannotPass(
                f"{self._named(self._keys[:3])} holds itself, or is nested deeper than {_MAX_DEPTH} times."
            )
        yield
        self._keys.pop()  # not after an error: it names the place

    def refuse(self, problem: str, remedy: str = _REMEDY) -> CannotPass:
        """The error that says that the value at the present place `problem`: "is a socket"."""
        return CannotPass(f"{self._named(self._keys)} {problem}, which cannot pass to another environment. {remedy}")

    def _dictionary(self, value: Mapping[Any, Any]) -> Any:
        if all(type(key) is str for key in value) and KIND not in value:
            found = {}
            for key, item in value.items():
                if type(item) in _PLAIN:
                    found[key] = item
                    continue
                with self.inside(key):
                    found[key] = self.encode(item)
            return found
        pairs = []
        for key, item in value.items():
            with self.inside(key):
                pairs.append([self.encode(key), self.encode(item)])
        return {KIND: "dict", "pairs": pairs}

    def _foreign(self, value: Any) -> Any:
        """Of libraries that are loaded here, as they must be where there is a value of theirs."""
        for library, encode in (
            (tables.loaded, tables.encode),
            (arrays.loaded, arrays.encode),
            (images.loaded, images.encode),
        ):
            if library() is not None and (found := encode(self, value)) is not None:
                return found
        if isinstance(value, PurePath):
            return {KIND: "path", "text": str(value)}
        kind = type(value)
        name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        raise self.refuse(f"is of the class {name}")


class Decoder:
    """Reads what an Encoder wrote. Raises BadFrame for what none writes, and ModuleNotFoundError for a library that
    the value needs and that is not installed here.
    """

    def __init__(self, parcel: Incoming) -> None:
        self.parcel = parcel

    def decode(self, form: Any) -> Any:
        kind = type(form)
        if kind is list:
            return [each if type(each) in _PLAIN else self.decode(each) for each in form]
        if kind is not dict:
            return form
        if KIND not in form:
            return {key: self.decode(item) for key, item in form.items()}
        read = _READERS.get(form[KIND]) if type(form[KIND]) is str else None
        if read is None:
            raise BadFrame(f"there is no value of the kind {form[KIND]!r:.40}")
        try:
            return read(self, form)
        except (KeyError, TypeError, ValueError, IndexError, AttributeError, OverflowError, RecursionError) as error:
            raise BadFrame(f"this is no {form[KIND]}: {error}") from error


def parse(document: bytearray | bytes) -> dict[str, Any]:
    """The document of a frame; raises BadFrame."""
    try:
        parsed = json.loads(document.decode("ascii"))
    except (ValueError, RecursionError) as error:
        raise BadFrame(f"a document is no JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise BadFrame("a document is no object")
    return parsed


def _write_bytes(encoder: Encoder, value: bytes | bytearray) -> Any:
    return {KIND: type(value).__name__, "data": encoder.parcel.add(value)}


def _write_items(encoder: Encoder, value: Iterable[Any]) -> Any:
    return {KIND: type(value).__name__, "items": encoder.items(value)}


_WRITERS: dict[type, Callable[[Encoder, Any], Any]] = {
    bytes: _write_bytes,
    bytearray: lambda encoder, value: _write_bytes(encoder, bytearray(value)),
    tuple: _write_items,
    set: _write_items,
    frozenset: _write_items,
    complex: lambda _, value: {KIND: "complex", "parts": [value.real, value.imag]},
    datetime: write_time,
    date: write_time,
    time: write_time,
    timedelta: write_time,
}
_READERS: dict[str, Callable[[Decoder, Any], Any]] = {
    "int": lambda _, form: int(form["hex"], 16),
    "dict": lambda decoder, form: {decoder.decode(key): decoder.decode(item) for key, item in form["pairs"]},
    "bytes": lambda decoder, form: decoder.parcel.data(form["data"]),
    "bytearray": lambda decoder, form: bytearray(decoder.parcel.data(form["data"])),
    "tuple": lambda decoder, form: tuple(decoder.decode(form["items"])),
    "set": lambda decoder, form: set(decoder.decode(form["items"])),
    "frozenset": lambda decoder, form: frozenset(decoder.decode(form["items"])),
    "complex": lambda _, form: complex(*form["parts"]),
    "path": lambda _, form: Path(form["text"]),
    "time": read_time,
    **arrays.READERS,
    **tables.READERS,
    **images.READERS,
}
