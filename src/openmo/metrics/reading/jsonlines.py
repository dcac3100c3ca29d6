"""Metric lines in JSON, decoded many at a time.

What a line means is defined by `_decode_one` alone. The bulk path is a shortcut that gives up whenever it could differ,
so where the chunks of a log happen to be cut never changes what is stored.
"""

import json
from collections.abc import Sequence
from typing import Final

import msgspec
import numpy as np

from openmo.metrics.values import NO_STEP, Floats, Integers


class JsonLine(msgspec.Struct, gc=False):
    """A metric line; an empty `metric` marks a line that is none."""

    metric: str = ""
    value: float | msgspec.UnsetType = msgspec.UNSET
    step: int = NO_STEP
    epoch: int = NO_STEP


NOT_A_METRIC: Final = JsonLine(value=0.0)
MALFORMED: Final = JsonLine()
"""A line that names a metric and cannot be charted; what has a name but no value counts as one too."""
_INT64_MAX: Final = 2**63 - 1
_ALONE: Final = 16
_PARTS: Final = 8
_UNREADABLE = (msgspec.MsgspecError, ValueError, OverflowError, RecursionError)
_decoder = msgspec.json.Decoder(JsonLine)


def decode(lines: Sequence[bytes]) -> list[JsonLine]:
    """One JsonLine for each line; every line starts with `{` and ends with `}`.

    A block with a line that the fast decoder rejects (NaN, a text as value, broken JSON) is halved until few lines are
    left to look at one by one.
    """
    if len(lines) > _ALONE:
        found = decode_block(b"\n".join(lines), len(lines))
        if found is not None:
            return found
        size = -(-len(lines) // _PARTS)
        return [item for at in range(0, len(lines), size) for item in decode(lines[at : at + size])]
    return [_decode_one(line) for line in lines]


def decode_block(block: bytes, count: int) -> list[JsonLine] | None:
    """The JsonLines of a block of `count` lines that each start with `{` and end with `}`, or None: look at each alone.

    No object can span two such lines: behind its `}` the next line's `{` would have to be a comma. So an equal number
    of objects and lines means one object on each.
    """
    try:
        found: list[JsonLine] = _decoder.decode_lines(block)
    except _UNREADABLE:
        return None
    return found if len(found) == count else None


def _decode_one(line: bytes) -> JsonLine:
    try:
        return _decoder.decode(line)
    except _UNREADABLE:
        return _decode_leniently(line) if b'"metric"' in line else NOT_A_METRIC


def _decode_leniently(line: bytes) -> JsonLine:
    """Python's own JSON knows NaN, Infinity and 1e999, and lets us drop a bad step but keep the value."""
    try:
        found = json.loads(line.decode("utf-8", "replace"))
        value = found.get("value")
        name = found.get("metric")
        if type(value) not in (int, float) or not isinstance(name, str):
            return MALFORMED
        number = float(value)
    except _UNREADABLE:
        return MALFORMED
    name = name.encode("utf-8", "replace").decode()  # a lone surrogate is legal JSON and illegal UTF-8
    return JsonLine(metric=name, value=number, step=_whole(found.get("step")), epoch=_whole(found.get("epoch")))


def _whole(value: object) -> int:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if type(value) is int and abs(value) <= _INT64_MAX else NO_STEP


def to_columns(found: list[JsonLine]) -> tuple[list[str], Floats, Integers, Integers, list[int]]:
    """Names, values, steps, epochs, and which lines are malformed.

    Infinities become gaps, steps beyond 64 bits count as none.
    """
    malformed: list[int] = []
    try:
        values = np.array([item.value for item in found], dtype=np.float64)
    except TypeError:
        unset = [index for index, item in enumerate(found) if item.value is msgspec.UNSET]
        malformed = [index for index in unset if found[index] is MALFORMED or found[index].metric]
        found = [NOT_A_METRIC if item.value is msgspec.UNSET else item for item in found]
        values = np.array([item.value for item in found], dtype=np.float64)
    values[~np.isfinite(values)] = np.nan
    steps = _integers([item.step for item in found])
    epochs = _integers([item.epoch for item in found]) if (steps == NO_STEP).any() else np.full_like(steps, NO_STEP)
    return [item.metric for item in found], values, steps, epochs, malformed


def _integers(numbers: list[int]) -> Integers:
    try:
        return np.array(numbers, dtype=np.int64)
    except OverflowError:
        return np.array([number if abs(number) <= _INT64_MAX else NO_STEP for number in numbers], dtype=np.int64)
