"""Checks and converts what a call sends, against the spec: compiled once per release, run on every call."""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.specs.annotations import MISSING
from openmo.specs.convert import Converter, Mismatch, converter
from openmo.specs.values import Parameter, ValueType

Validator = Callable[[object], dict[str, Any]]
"""Of whatever a caller sent; what is no mapping is refused."""

MAX_ERRORS = 100  # a hostile body with a million wrong names gets a short answer
_NAME_SHOWN = 100


@dataclass(frozen=True, slots=True)
class _Field:
    """One input, ready to check; `fresh` marks a default that must be copied for each call."""

    name: str
    convert: Converter
    required: bool
    default: Any
    fresh: bool
    blank_is_absent: bool


def compile_validator(parameters: Sequence[Parameter], *, from_form: bool = False) -> Validator:
    """A function from a call's raw inputs to the handler's inputs.

    It converts each value, fills defaults, leaves out optional inputs that were not given, and raises InvalidInput
    whose `errors` hold one `{"name": ..., "message": ...}` for every wrong, missing or unknown input. JSON values are
    taken strictly (`"1"` is no number). With `from_form`, texts such as "1.5", "true" or "1, 2" are read by type, an
    empty text of any other type than str means "not given", and a missing bool is False, as browsers send unticked
    boxes.
    """
    names = frozenset(each.name for each in parameters)
    fields = [_field(each, from_form=from_form) for each in parameters]
    plan = [(each.name, each.convert, each.blank_is_absent, each) for each in fields]

    def validate(values: object) -> dict[str, Any]:
        if type(values) is not dict and not isinstance(values, Mapping):
            raise InvalidInput("Send the inputs as one object: names and values.", errors=[])
        result: dict[str, Any] = {}
        errors: list[dict[str, str]] = []
        given = 0
        for name, convert, blank_is_absent, field in plan:
            value = values.get(name, MISSING)
            if value is not MISSING:
                given += 1
                if value is not None and not (blank_is_absent and value == ""):
                    try:
                        result[name] = convert(value)
                    except Mismatch as mismatch:
                        errors.append({"name": name, "message": mismatch.message})
                    continue
            _fill(field, result, errors)
        if errors or given != len(values):
            raise _refusal(values, names, errors)
        return result

    return validate


def _field(parameter: Parameter, *, from_form: bool) -> _Field:
    default = parameter.default_value if parameter.has_default else MISSING
    unticked = from_form and parameter.value_type is ValueType.BOOL and parameter.required
    if unticked:
        default = False
    return _Field(
        name=parameter.name,
        convert=converter(parameter, from_form=from_form),
        required=parameter.required and not unticked,
        default=default,
        fresh=isinstance(default, (list, dict)),
        blank_is_absent=from_form and parameter.value_type is not ValueType.STR,
    )


def _fill(field: _Field, result: dict[str, Any], errors: list[dict[str, str]]) -> None:
    if field.default is not MISSING:
        result[field.name] = copy.deepcopy(field.default) if field.fresh else field.default
    elif field.required:
        errors.append({"name": field.name, "message": message("This input is required.")})


def _refusal(values: Mapping[str, object], names: frozenset[str], errors: list[dict[str, str]]) -> InvalidInput:
    known = ", ".join(sorted(names)) or "none"
    for name in values:
        if name not in names and len(errors) < MAX_ERRORS:
            shown = str(name)[:_NAME_SHOWN]
            unknown = message("There is no such input; the inputs are: %(names)s.", names=known[:500])
            errors.append({"name": shown, "message": unknown})
    first, count = errors[0], len(errors)
    summary = (
        message("One input is wrong: %(name)s: %(problem)s", name=first["name"], problem=first["message"])
        if count == 1
        else message(
            "%(count)s inputs are wrong: %(name)s: %(problem)s",
            count=count,
            name=first["name"],
            problem=first["message"],
        )
    )
    return InvalidInput(summary, errors=errors[:MAX_ERRORS], summary=True)
