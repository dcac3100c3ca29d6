"""The controls of an app's form, made from its spec."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openmo.specs.ranges import read_value_range, read_value_type
from openmo.specs.values import Interval, ValueType

_ACCEPTED = {ValueType.IMG: "image/*", ValueType.VIDEO: "video/*", ValueType.AUDIO: "audio/*"}
_CONTROLS = {
    ValueType.INT: "number",
    ValueType.FLOAT: "number",
    ValueType.BOOL: "switch",
    ValueType.DATETIME: "datetime",
    ValueType.DATAFRAME: "table",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AppField:
    """One input or output of an app, as a page shows it."""

    id: str
    """Safe in HTML ids; the name may be any text."""
    name: str
    value_type: ValueType
    control: str
    """`number`, `text`, `switch`, `datetime`, `table`, `select`, `file` or `list`."""
    description: str = ""
    required: bool = True
    optional: bool = False
    """Whether it may be left out although it has no default."""
    default: str = ""
    low: str = ""
    high: str = ""
    step: str = "any"
    choices: tuple[str, ...] = ()
    accept: str = ""

    @property
    def slider(self) -> bool:
        """Whether both ends of its range are known."""
        return self.control == "number" and bool(self.low) and bool(self.high)


def app_fields(parameters: Any, *, prefix: str = "in") -> tuple[AppField, ...]:
    """The fields of a spec's `input` or `output` mapping, in its order; what is malformed is shown as text."""
    if not isinstance(parameters, Mapping):
        return ()
    return tuple(
        _field(f"{prefix}-{index}", str(name), parameter if isinstance(parameter, Mapping) else {})
        for index, (name, parameter) in enumerate(parameters.items())
    )


def _field(identity: str, name: str, parameter: Mapping[str, Any]) -> AppField:
    value_type = _value_type(parameter.get("value_type"))
    found = read_value_range(parameter.get("value_range"))
    interval = found if isinstance(found, Interval) else Interval()
    choices = tuple(map(_text, found)) if isinstance(found, tuple) else ()
    default = parameter.get("default_value")
    return AppField(
        id=identity,
        name=name,
        value_type=value_type,
        control="select" if choices and not value_type.element else _control(value_type),
        description=str(parameter.get("description") or parameter.get("des") or ""),
        required=not parameter.get("optional") and default is None,
        optional=bool(parameter.get("optional")),
        default=_text(default),
        low=_text(interval.minimum),
        high=_text(interval.maximum),
        step=_step(value_type, interval),
        choices=choices,
        accept=_ACCEPTED.get(value_type, ""),
    )


def _value_type(value: Any) -> ValueType:
    """The type that a spec names; YAML reads `[int]` as a list of one word."""
    text = f"[{value[0]}]" if isinstance(value, list) and len(value) == 1 else str(value or "")
    return read_value_type(text) or ValueType.STR


def _control(value_type: ValueType) -> str:
    if value_type.is_file:
        return "file"
    return "list" if value_type.element else _CONTROLS.get(value_type, "text")


def _text(value: Any) -> str:
    """A value as a form control holds it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ", ".join(map(_text, value))
    return str(value)


def _step(value_type: ValueType, interval: Interval) -> str:
    """Whole numbers step by 1; a slider of fractions has about a hundred places to stop."""
    if value_type is ValueType.INT:
        return "1"
    if value_type is ValueType.FLOAT and interval.minimum is not None and interval.maximum is not None:
        span = interval.maximum - interval.minimum
        return f"{10.0 ** (math.floor(math.log10(span)) - 2):g}" if span > 0 else "any"
    return "any"
