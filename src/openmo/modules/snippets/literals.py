"""Plain values as Python source that means exactly them."""

import math
from collections.abc import Mapping
from datetime import date

from openmo.core.errors import InvalidInput

MAX_DEPTH = 20
MAX_LENGTH = 20_000
"""Characters of one value."""


def literal(value: object) -> str:
    """Source of `value`, on one line; what is no plain value becomes its text.

    Raises InvalidInput for what is nested too deeply or too long: that belongs into a file.
    """
    try:
        text = _literal(value, MAX_DEPTH)
    except ValueError as error:  # Python writes no whole number of thousands of digits
        raise _too_large() from error
    if len(text) > MAX_LENGTH:
        raise _too_large()
    return text


def _literal(value: object, depth: int) -> str:
    if depth == 0:
        raise _too_large()
    match value:
        case list():
            return f"[{_listed(value, depth)}]"
        case tuple():
            return f"({_listed(value, depth)}{',' if len(value) == 1 else ''})"
        case Mapping():
            pairs = (f"{_scalar(key)}: {_literal(each, depth - 1)}" for key, each in value.items())
            return f"{{{', '.join(pairs)}}}"
    return _scalar(value)


def _listed(values: list[object] | tuple[object, ...], depth: int) -> str:
    return ", ".join(_literal(each, depth - 1) for each in values)


def _scalar(value: object) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return f"float({str(value)!r})"
    if value is None or type(value) in (bool, int, float, str):
        return repr(value)
    return repr(value.isoformat() if isinstance(value, date) else str(value))


def _too_large() -> InvalidInput:
    return InvalidInput("A value is too large to be written into a cell: keep it in a file.", field="values")
