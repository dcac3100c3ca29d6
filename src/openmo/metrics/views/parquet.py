"""Parquet files of plain columns, written as a stream.

Points are already arrays of 64-bit numbers, which is what Parquet's plain pages hold, so a file is these bytes between
headers. See docs/decisions/parquet.md for why no library writes them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from openmo.metrics.values import Numbers
from openmo.metrics.views.thrift import Encoded, Long, Struct, encode, little_endian, varint

_MAGIC: Final = b"PAR1"
_INT64, _DOUBLE, _BYTE_ARRAY = 2, 5, 6
_PLAIN, _RLE, _RLE_DICTIONARY = 0, 3, 8
_REQUIRED, _OPTIONAL = 0, 1
_DATA_PAGE, _DICTIONARY_PAGE = 0, 2
_UNCOMPRESSED: Final = 0


class Kind(Enum):
    """What a column holds."""

    INTEGER = "integer"
    REAL = "real"
    TIME = "time"
    """Microseconds in UTC."""
    TEXT = "text"


_PHYSICAL: Final = {Kind.INTEGER: _INT64, Kind.REAL: _DOUBLE, Kind.TIME: _INT64, Kind.TEXT: _BYTE_ARRAY}
_MEANING: Final[dict[Kind, Struct]] = {
    Kind.INTEGER: {},
    Kind.REAL: {},
    Kind.TIME: {6: 10, 10: {8: {1: True, 2: {2: {}}}}},
    Kind.TEXT: {6: 0, 10: {1: {}}},
}
"""What a schema says beside the physical type: the converted type of old readers, the logical type of new ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    name: str
    kind: Kind
    optional: bool = False


class Masked(NamedTuple):
    """Values of an optional column, of which only those that are `there` count."""

    values: Numbers
    there: npt.NDArray[np.bool_]


Cells: TypeAlias = str | Numbers | Masked
"""A text stands for as many equal ones as the group has rows."""


class ParquetWriter:
    """Makes the bytes of one file: `begin`, any number of `group`, `end`; keeps only what the end must say."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self._columns = tuple(columns)
        self._groups: list[Encoded] = []
        self._rows = 0
        self._at = 0

    def begin(self) -> bytes:
        return self._count(_MAGIC)

    def group(self, rows: int, cells: Sequence[Cells]) -> Iterator[bytes]:
        """Some rows, in the order of the columns; real numbers and integers of 64 bits."""
        chunks: list[Struct] = []
        total = 0
        for column, content in zip(self._columns, cells, strict=True):
            start = self._at
            dictionary = b""
            if isinstance(content, str):
                dictionary = _dictionary(content)
                yield self._count(dictionary)
            data_at = self._at
            page = _page(rows, content, optional=column.optional)
            yield self._count(page)
            size = self._at - start
            total += size
            chunks.append(_chunk(column, rows, start=start, data_at=data_at, size=size))
        self._groups.append(encode({1: chunks, 2: Long(total), 3: Long(rows)}))
        self._rows += rows

    def end(self) -> bytes:
        root: Struct = {4: "points", 5: len(self._columns)}
        schema = [root, *(_schema(column) for column in self._columns)]
        footer = encode({1: 1, 2: schema, 3: Long(self._rows), 4: self._groups, 6: "OpenMo"})
        return footer + little_endian(len(footer)) + _MAGIC

    def _count(self, data: bytes) -> bytes:
        self._at += len(data)
        return data


def _schema(column: Column) -> Struct:
    required = _OPTIONAL if column.optional else _REQUIRED
    return {1: _PHYSICAL[column.kind], 3: required, 4: column.name, **_MEANING[column.kind]}


def _chunk(column: Column, rows: int, *, start: int, data_at: int, size: int) -> Struct:
    encodings = [_PLAIN, _RLE] if data_at == start else [_PLAIN, _RLE, _RLE_DICTIONARY]
    about: Struct = {
        1: _PHYSICAL[column.kind],
        2: encodings,
        3: [column.name],
        4: _UNCOMPRESSED,
        5: Long(rows),
        6: Long(size),
        7: Long(size),
        9: Long(data_at),
    }
    if data_at != start:
        about[11] = Long(start)
    return {2: Long(start), 3: about}


def _dictionary(text: str) -> bytes:
    data = text.encode()
    content = little_endian(len(data)) + data
    return encode({1: _DICTIONARY_PAGE, 2: len(content), 3: len(content), 7: {1: 1, 2: _PLAIN}}) + content


def _page(rows: int, cells: Cells, *, optional: bool) -> bytes:
    if isinstance(cells, str):
        content, encoding = b"\x01" + _run(rows, 0), _RLE_DICTIONARY  # indices of one bit, all of them 0
    elif isinstance(cells, Masked):
        content, encoding = _levels(cells.there) + cells.values[cells.there].tobytes(), _PLAIN
    else:
        content, encoding = cells.tobytes(), _PLAIN
    assert optional == isinstance(cells, Masked)  # noqa: S101 (the two callers' promise)
    about: Struct = {1: rows, 2: encoding, 3: _RLE, 4: _RLE}
    return encode({1: _DATA_PAGE, 2: len(content), 3: len(content), 5: about}) + content


def _levels(there: npt.NDArray[np.bool_]) -> bytes:
    """Which rows hold a value: one run where all or none do, else a bit for each."""
    if there.all() or not there.any():
        levels = _run(len(there), int(there.all()))
    else:
        levels = varint(-(-len(there) // 8) << 1 | 1) + np.packbits(there, bitorder="little").tobytes()
    return little_endian(len(levels)) + levels


def _run(count: int, value: int) -> bytes:
    return varint(count << 1) + bytes([value])
