"""The values of a module's parameters as people give them, read by type."""

import contextlib
import json
from collections.abc import Mapping, Sequence

from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.specs.convert import Mismatch, converter
from openmo.specs.values import Parameter, ValueType

_NAME_SHOWN = 100


def read_values(parameters: Sequence[Parameter], values: Mapping[str, object]) -> dict[str, object]:
    """The values that were given, of their parameters' types: texts are read by type, as a form has them.

    Raises InvalidInput whose `errors` hold one `{"name": ..., "message": ...}` for each wrong value.
    """
    known = {each.name: each for each in parameters}
    found: dict[str, object] = {}
    errors: list[dict[str, str]] = []
    for name, value in values.items():
        parameter = known.get(name)
        if parameter is None:
            errors.append({"name": name[:_NAME_SHOWN], "message": message("There is no such parameter.")})
        elif not _is_absent(parameter, value):
            try:
                found[name] = _value(parameter, value)
            except Mismatch as mismatch:
                errors.append({"name": name, "message": mismatch.message})
    check_errors(errors)
    return found


def check_errors(errors: Sequence[Mapping[str, str]]) -> None:
    """Raises InvalidInput where there are any."""
    if errors:
        first = errors[0]
        raise InvalidInput(
            message("%(name)s: %(problem)s", name=repr(first["name"]), problem=first["message"]),
            errors=list(errors),
            summary=True,
        )


def _is_absent(parameter: Parameter, value: object) -> bool:
    is_text = parameter.value_type is ValueType.STR and not parameter.unchecked_type
    return value is None or (value == "" and not is_text)


def _value(parameter: Parameter, value: object) -> object:
    if parameter.unchecked_type:
        return _read(value) if isinstance(value, str) else value
    return converter(parameter, from_form=True)(value)


def _read(text: str) -> object:
    """What the text says in JSON, or the text."""
    found: object = text
    with contextlib.suppress(ValueError, RecursionError):
        found = json.loads(text)
    return found
