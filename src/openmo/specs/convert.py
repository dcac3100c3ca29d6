"""One function per value type that turns a raw value into what the handler gets, or says what is wrong with it."""

import json
import math
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from openmo.core.messages import Message, message
from openmo.specs.annotations import read_flag
from openmo.specs.values import NUMBERS, Choices, Interval, Parameter, ValueType

Converter = Callable[[Any], Any]

_EXACT = 2**53
"""Floats beyond are not exact, and a few letters such as 1e308 would become hundreds of digits."""
_MAX_DIGITS = 4000  # Python refuses longer texts as integers
_INTEGER = re.compile(r"[-+]?\d+(?:\.0*)?", re.ASCII)


class Mismatch(Exception):
    """The value does not fit; `message` says why, to the caller."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def converter(parameter: Parameter, *, from_form: bool) -> Converter:
    """The function that converts this parameter's values; it raises Mismatch for what does not fit."""
    value_type = parameter.value_type
    if parameter.unchecked_type:
        return _unchecked
    if value_type is ValueType.ENUM or (value_type is ValueType.STR and parameter.choices is not None):
        return _choice_of(parameter.choices or ())
    scalar_type = value_type.element or value_type
    convert = (_FROM_FORM if from_form else _FROM_JSON)[scalar_type]
    if value_type in NUMBERS or parameter.choices is not None:
        convert = _within(convert, parameter)
    if value_type.element is None:
        return convert
    return _list_from_form(convert) if from_form else _list_of(convert)


def _unchecked(value: Any) -> Any:
    return value


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def _kind(value: object) -> str:
    """How JSON calls the value's type."""
    return _KINDS.get(type(value), type(value).__name__)


_KINDS: dict[type, str] = {
    bool: message("true or false"),
    str: message("text"),
    int: message("a number"),
    float: message("a number"),
    list: message("a list"),
    dict: message("an object"),
    type(None): message("nothing"),
}


def _int(value: Any) -> int:
    if type(value) is int:
        return value
    if isinstance(value, float) and value.is_integer():
        if abs(value) > _EXACT:
            raise Mismatch(message("This number is too large."))
        return int(value)
    if isinstance(value, float):
        raise Mismatch(message("This must be a whole number, not %(value)s.", value=_shown(value)))
    raise Mismatch(message("This must be a whole number, not %(value)s.", value=_kind(value)))


def _float(value: Any) -> float:
    if type(value) is float:
        return value
    if type(value) is int:
        try:
            return float(value)
        except OverflowError:
            raise Mismatch(message("This number is too large.")) from None
    raise Mismatch(message("This must be a number, not %(value)s.", value=_kind(value)))


def _str(value: Any) -> str:
    if type(value) is str:
        return value
    raise Mismatch(message("This must be text, not %(value)s.", value=_kind(value)))


def _bool(value: Any) -> bool:
    if type(value) is bool:
        return value
    raise Mismatch(message("This must be true or false, not %(value)s.", value=_kind(value)))


def _datetime(value: Any) -> str:
    if type(value) is str:
        try:
            datetime.fromisoformat(value.strip())
        except ValueError:
            pass
        else:
            return value.strip()
    raise Mismatch(
        message("This must be a date such as 2026-01-31 or 2026-01-31T08:30, not %(value)s.", value=_shown(value))
    )


def _path(value: Any) -> str:
    if type(value) is str and value and "\0" not in value:
        return value
    raise Mismatch(message("This must be a file; send it as multipart/form-data."))


def _dataframe(value: Any) -> Any:
    if type(value) in (list, dict) or (type(value) is str and value):
        return value
    raise Mismatch(message("This must be a table: a file, a list of rows, or an object of columns."))


def _int_text(value: Any) -> int:
    if type(value) is not str:
        return _int(value)
    text = value.strip()
    if len(text) <= _MAX_DIGITS and _INTEGER.fullmatch(text):
        return int(text.partition(".")[0])
    raise Mismatch(message("This must be a whole number, not %(value)s.", value=_shown(value)))


def _float_text(value: Any) -> float:
    if type(value) is not str:
        return _float(value)
    try:
        return float(value)
    except ValueError:
        raise Mismatch(message("This must be a number, not %(value)s.", value=_shown(value))) from None


def _bool_text(value: Any) -> bool:
    flag = read_flag(value)
    if flag is None:
        raise Mismatch(message("This must be true or false, not %(value)s.", value=_shown(value)))
    return flag


_FROM_JSON: dict[ValueType, Converter] = {
    ValueType.INT: _int,
    ValueType.FLOAT: _float,
    ValueType.STR: _str,
    ValueType.BOOL: _bool,
    ValueType.DATETIME: _datetime,
    ValueType.IMG: _path,
    ValueType.VIDEO: _path,
    ValueType.AUDIO: _path,
    ValueType.FILE: _path,
    ValueType.DATAFRAME: _dataframe,
}
_FROM_FORM = _FROM_JSON | {ValueType.INT: _int_text, ValueType.FLOAT: _float_text, ValueType.BOOL: _bool_text}


def _choice_of(choices: Choices) -> Converter:
    """Picks by value, or by its text where that is not ambiguous: `"2"` picks 2 unless "2" is a choice itself."""
    by_text = {str(each): each for each in reversed(choices)}
    by_text.update({each: each for each in choices if type(each) is str})
    by_value = {(type(each) is bool, each): each for each in choices if type(each) is not str}
    listed = ", ".join(str(each) for each in choices)[:300]

    def pick(value: Any) -> Any:
        if type(value) is str and value in by_text:
            return by_text[value]
        if type(value) in (int, float, bool):
            found = by_value.get((type(value) is bool, value), _NO_CHOICE)
            if found is not _NO_CHOICE:
                return found
        raise Mismatch(message("This must be one of: %(choices)s.", choices=listed))

    return pick


_NO_CHOICE = object()


def _within(convert: Converter, parameter: Parameter) -> Converter:
    """`convert`, then the check that the result lies in the parameter's range."""
    value_range = parameter.value_range
    if isinstance(value_range, tuple):
        allowed = value_range
        listed = ", ".join(str(each) for each in allowed)[:300]

        def among(value: Any) -> Any:
            converted = convert(value)
            if converted not in allowed:
                raise Mismatch(message("This must be one of: %(choices)s.", choices=listed))
            return converted

        return among
    return convert if value_range is None else _between(convert, value_range)


def _between(convert: Converter, interval: Interval) -> Converter:
    low = -math.inf if interval.minimum is None else interval.minimum
    high = math.inf if interval.maximum is None else interval.maximum
    low_excluded, high_excluded = interval.minimum_excluded, interval.maximum_excluded
    allowed = _range_text(interval)

    def between(value: Any) -> Any:
        number = convert(value)
        if not low <= number <= high or (low_excluded and number == low) or (high_excluded and number == high):
            raise Mismatch(message("This must be %(range)s, not %(value)s.", range=allowed, value=_shown(number)))
        if number in (math.inf, -math.inf):
            raise Mismatch(message("This must be a finite number."))
        return number

    return between


def _range_text(interval: Interval) -> Message:
    low, high = interval.minimum, interval.maximum
    above = (
        message("more than %(number)s", number=low)
        if interval.minimum_excluded
        else message("at least %(number)s", number=low)
    )
    below = (
        message("less than %(number)s", number=high)
        if interval.maximum_excluded
        else message("no more than %(number)s", number=high)
    )
    if low is None and high is None:
        return message("a finite number")
    if low is None or high is None:
        return below if low is None else above
    return message("%(above)s and %(below)s", above=above, below=below)


def _list_of(convert: Converter) -> Callable[[Any], list[Any]]:
    def each_of(value: Any) -> list[Any]:
        if type(value) is not list:
            raise Mismatch(message("This must be a list, not %(value)s.", value=_kind(value)))
        result = []
        for position, element in enumerate(value, start=1):
            try:
                result.append(convert(element))
            except Mismatch as mismatch:
                problem = message("Element %(position)s: %(problem)s", position=position, problem=mismatch.message)
                raise Mismatch(problem) from None
        return result

    return each_of


def _list_from_form(convert: Converter) -> Converter:
    """A list in a form: repeated fields, a JSON list, or elements parted by commas or line breaks."""
    each_of = _list_of(convert)

    def read(value: Any) -> list[Any]:
        return each_of(_elements(value) if type(value) is str else value)

    return read


def _elements(text: str) -> list[Any]:
    if text.lstrip()[:1] == "[":
        try:
            elements = json.loads(text)
        except (ValueError, RecursionError):
            raise Mismatch(message("This starts like a JSON list but is none.")) from None
        return elements if isinstance(elements, list) else [elements]
    return [part for part in (each.strip() for each in re.split(r"[,，\n]", text)) if part]
