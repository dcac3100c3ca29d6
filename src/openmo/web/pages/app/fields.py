"""The controls of an app's form, made from its spec."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from openmo.specs.values import Interval, Parameter, ValueType

_ACCEPTED = {ValueType.IMG: "image/*", ValueType.VIDEO: "video/*", ValueType.AUDIO: "audio/*"}
_EXACT = 2.0**53
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
    """`number`, `text`, `switch`, `date`, `datetime`, `table`, `select`, `checks`, `file` or `list`."""
    description: str = ""
    required: bool = True
    optional: bool = False
    """Whether it may be left out although it has no default."""
    default: str = ""
    low: str = ""
    high: str = ""
    step: str = "any"
    low_excluded: bool = False
    high_excluded: bool = False
    choices: tuple[str, ...] = ()
    """The values to pick from, as text."""
    picked: tuple[int, ...] = ()
    """The places in `choices` of the default."""
    values: tuple[object, ...] | None = None
    """The values to pick from, as a call sends them."""
    accept: str = ""
    default_value: object = None
    """As the spec has it, for controls that text does not fill."""

    @property
    def slider(self) -> bool:
        """Whether both ends of its range are known."""
        return self.control == "number" and bool(self.low) and bool(self.high)

    @property
    def limits(self) -> str:
        """The range in signs, such as `0 – 10` or `≥ 1`; empty where any number will do."""
        if self.low and self.high:
            return f"{self.low} – {self.high}"
        if self.low:
            return f"{'>' if self.low_excluded else '≥'} {self.low}"
        return f"{'<' if self.high_excluded else '≤'} {self.high}" if self.high else ""

    @property
    def script_data(self) -> dict[str, object]:
        """What the page's script must know of an input."""
        return {
            "name": self.name,
            "type": str(self.value_type),
            "id": self.id,
            "required": self.required,
            "low": float(self.low) if self.low else None,
            "high": float(self.high) if self.high else None,
            "lowExcluded": self.low_excluded,
            "highExcluded": self.high_excluded,
            "choices": None if self.values is None else list(self.values),
        }


def app_fields(parameters: Sequence[Parameter], *, prefix: str = "in") -> tuple[AppField, ...]:
    """The fields of a spec's inputs or outputs, in their order."""
    return tuple(_field(f"{prefix}-{index}", parameter) for index, parameter in enumerate(parameters))


def _field(identity: str, parameter: Parameter) -> AppField:
    value_type, default = parameter.value_type, parameter.default_value
    interval = parameter.value_range if isinstance(parameter.value_range, Interval) else Interval()
    choices = () if value_type.is_file else parameter.choices or ()
    control = _control(value_type)
    if choices:
        control = "checks" if value_type.element else "select"
    text = _text(default, "\n" if value_type is ValueType.STR_LIST else ", ")
    if control == "datetime":
        control, text = _date_control(text)
    return AppField(
        id=identity,
        name=parameter.name,
        value_type=value_type,
        control=control,
        description=parameter.description,
        required=parameter.required,
        optional=parameter.optional,
        default=text,
        low=_text(interval.minimum),
        high=_text(interval.maximum),
        step=_step(value_type, interval),
        low_excluded=interval.minimum_excluded,
        high_excluded=interval.maximum_excluded,
        choices=tuple(map(_text, choices)),
        picked=_picked(choices, default),
        values=choices or None,
        accept=_ACCEPTED.get(value_type, ""),
        default_value=default,
    )


def _picked(choices: tuple[object, ...], default: object) -> tuple[int, ...]:
    wanted = default if isinstance(default, list | tuple) else [default]
    return tuple(place for place, choice in enumerate(choices) if choice in wanted)


def _date_control(text: str) -> tuple[str, str]:
    """The control for a date with or without a time, and the default as that control takes it."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return "datetime", ""
    if len(text.strip()) <= len("2026-01-31"):
        return "date", moment.date().isoformat()
    return "datetime", moment.replace(tzinfo=None, microsecond=0).isoformat(timespec="auto")


def _control(value_type: ValueType) -> str:
    if value_type.is_file:
        return "file"
    return "list" if value_type.element else _CONTROLS.get(value_type, "text")


def _text(value: object, separator: str = ", ") -> str:
    """A value as a form control holds it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return separator.join(map(_text, value))
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))  # a bound of 10 reads better than one of 10.0
    return str(value)


def _step(value_type: ValueType, interval: Interval) -> str:
    """Whole numbers step by 1; a slider of fractions has about a hundred places to stop."""
    if value_type is ValueType.INT:
        return "1"
    if value_type is ValueType.FLOAT and interval.minimum is not None and interval.maximum is not None:
        span = interval.maximum - interval.minimum
        return f"{10.0 ** (math.floor(math.log10(span)) - 2):g}" if span > 0 else "any"
    return "any"
