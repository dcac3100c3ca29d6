"""What stands in code for a value that nobody has given yet: of the right type, and easy to replace."""

import contextlib
import math

from openmo.specs.values import LISTS, Interval, Parameter, ValueType

_PLACEHOLDERS: dict[ValueType, object] = {
    ValueType.INT: 0,
    ValueType.FLOAT: 0.0,
    ValueType.STR: "",
    ValueType.BOOL: False,
    ValueType.DATETIME: "2026-01-31",
    ValueType.ENUM: "",
    ValueType.IMG: "picture.png",
    ValueType.VIDEO: "video.mp4",
    ValueType.AUDIO: "sound.wav",
    ValueType.FILE: "file.txt",
    ValueType.DATAFRAME: "table.csv",
}


def placeholder(parameter: Parameter) -> object:
    """A value of the parameter's type and, where there is one, of its range; None of a type that is none of ours."""
    if parameter.unchecked_type:
        return None
    element = LISTS.get(parameter.value_type)
    return _scalar(parameter, parameter.value_type) if element is None else [_scalar(parameter, element)]


def _scalar(parameter: Parameter, value_type: ValueType) -> object:
    if parameter.choices:
        return parameter.choices[0]
    if isinstance(parameter.value_range, Interval) and value_type in (ValueType.INT, ValueType.FLOAT):
        return _within(parameter.value_range, whole=value_type is ValueType.INT)
    return _PLACEHOLDERS[value_type]


def _within(interval: Interval, *, whole: bool) -> int | float:
    """Zero, or else the number of the range that is easiest to find."""
    ends = [end for end in (interval.minimum, interval.maximum) if end is not None]
    kind = int if whole else float
    with contextlib.suppress(OverflowError, ValueError):  # ends without end, or of hundreds of digits
        near = [0, *ends, sum(ends) / max(1, len(ends)), *(end + step for end in ends for step in (1, -1))]
        rounded = (part for end in near for part in ((math.ceil(end), math.floor(end)) if whole else (end,)))
        return next((kind(number) for number in rounded if _holds(interval, number)), kind(0))
    return kind(0)


def _holds(interval: Interval, number: float) -> bool:
    low, high = interval.minimum, interval.maximum
    above = low is None or number > low or (number == low and not interval.minimum_excluded)
    below = high is None or number < high or (number == high and not interval.maximum_excluded)
    return above and below
