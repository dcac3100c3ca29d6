"""How the values that two ranges let through relate, as sets."""

import math
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from openmo.specs.values import Choices, Interval, Parameter, ValueRange, ValueType

_WHOLE = frozenset({ValueType.INT, ValueType.INT_LIST})
_MAX_LISTED: Final = 10_000
"""So many whole numbers of an interval are looked for among choices one by one."""

Key = tuple[str, object]


class Relation(StrEnum):
    """How a later set of values relates to an earlier one."""

    EQUAL = "equal"
    WIDER = "wider"
    NARROWER = "narrower"
    OTHER = "other"
    """Each has values that the other lacks."""


def relation(old: Parameter, new: Parameter) -> Relation:
    """How what `new` lets through relates to what `old` does, as far as their ranges tell; types are not compared."""
    before, after = _values(old), _values(new)
    wider = _contains(after, before, whole=old.value_type in _WHOLE)
    narrower = _contains(before, after, whole=new.value_type in _WHOLE)
    if wider and narrower:
        return Relation.EQUAL
    return Relation.WIDER if wider else Relation.NARROWER if narrower else Relation.OTHER


def missing_choices(choices: Choices, others: Choices) -> Choices:
    """Those of `choices` that are not among `others`."""
    known = _keys(others)
    return tuple(each for each in choices if _key(each) not in known)


def _values(parameter: Parameter) -> ValueRange | None:
    """The range in a form in which equal sets are equal; None: everything."""
    found = parameter.value_range
    if not isinstance(found, Interval):
        return found
    if parameter.value_type in _WHOLE:
        found = _whole(found)
    return None if found.minimum is None and found.maximum is None else found


def _whole(interval: Interval) -> Interval:
    """The same whole numbers with both ends included: above 0 is from 1 on."""
    low, high = interval.minimum, interval.maximum
    if low is not None:
        low = math.floor(low) + 1 if interval.minimum_excluded else math.ceil(low)
    if high is not None:
        high = math.ceil(high) - 1 if interval.maximum_excluded else math.floor(high)
    return Interval(minimum=low, maximum=high)


def _contains(large: ValueRange | None, small: ValueRange | None, *, whole: bool) -> bool:
    """Whether every value of `small` is one of `large`; `whole`: an interval `small` holds whole numbers only."""
    if large is None:
        return True
    if small is None:
        return False
    if isinstance(large, Interval):
        if isinstance(small, Interval):
            return _reaches_below(large, small) and _reaches_above(large, small)
        return all(_is_within(each, large) for each in small)
    if isinstance(small, Interval):
        return whole and _lists_all(large, small)
    return _keys(small) <= _keys(large)


def _reaches_below(large: Interval, small: Interval) -> bool:
    if large.minimum is None:
        return True
    if small.minimum is None or small.minimum < large.minimum:
        return False
    return small.minimum > large.minimum or small.minimum_excluded or not large.minimum_excluded


def _reaches_above(large: Interval, small: Interval) -> bool:
    if large.maximum is None:
        return True
    if small.maximum is None or small.maximum > large.maximum:
        return False
    return small.maximum < large.maximum or small.maximum_excluded or not large.maximum_excluded


def _is_within(value: object, interval: Interval) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    low, high = interval.minimum, interval.maximum
    above = low is None or value > low or (value == low and not interval.minimum_excluded)
    below = high is None or value < high or (value == high and not interval.maximum_excluded)
    return above and below


def _lists_all(choices: Choices, interval: Interval) -> bool:
    """Whether an interval of whole numbers holds no other value than the choices."""
    low, high = interval.minimum, interval.maximum
    if not (isinstance(low, int) and isinstance(high, int)) or high - low >= _MAX_LISTED:
        return False
    return {_key(each) for each in range(low, high + 1)} <= _keys(choices)


def _keys(choices: Iterable[object]) -> frozenset[Key]:
    return frozenset(_key(each) for each in choices)


def _key(value: object) -> Key:
    """Equal for values that are one choice: 1 and 1.0 are, 1, True and "1" are not."""
    if isinstance(value, bool):
        return "bool", value
    return ("number", value) if isinstance(value, (int, float)) else ("text", str(value))
