"""A spec as somebody edited it in a form, who does not see the lines of its file."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.specs.convert import Mismatch, converter
from openmo.specs.errors import SpecFileError
from openmo.specs.safe_yaml import dump
from openmo.specs.values import Parameter, ValueType

Loaded = TypeVar("Loaded")


def read_edited(
    data: Mapping[str, Any], load: Callable[[str], Loaded], parts: Iterator[tuple[str, Mapping[str, Any]]]
) -> Loaded:
    """The spec of these plain values, as its file holds them.

    `parts`: each input and output by its name, as a spec of its own. Raises InvalidInput, which names the first that
    is wrong by itself, and SpecFileError for what is wrong with the whole.
    """
    try:
        return load(dump(dict(data)))
    except RecursionError as error:
        raise InvalidInput("The spec is nested too deeply.", field="spec") from error
    except SpecFileError as error:
        if isinstance(error.__cause__, Mismatch):  # it names the parameter itself
            raise InvalidInput(error.problem, field="spec") from error
        if (name := _culprit(parts, load)) is not None:
            text = message("%(name)s: %(problem)s", name=name, problem=error.problem)
            raise InvalidInput(text, field="spec") from error
        raise


def named_parts(section: object) -> Iterator[tuple[str, str, object]]:
    """The name to show, the key and the fields of each parameter of a section."""
    for key, fields in section.items() if isinstance(section, Mapping) else ():
        yield (str(fields.get("name") or key) if isinstance(fields, Mapping) else str(key)), key, fields


def _culprit(parts: Iterator[tuple[str, Mapping[str, Any]]], load: Callable[[str], object]) -> str | None:
    for name, part in parts:
        try:
            load(dump(dict(part)))
        except SpecFileError:
            return name
    return None


def check_defaults(parameters: Iterable[Parameter]) -> None:
    """Raises InvalidInput for a default that is none of the parameter's own values."""
    for parameter in parameters:
        if not parameter.has_default or parameter.value_type.is_file or parameter.value_type is ValueType.DATAFRAME:
            continue
        try:
            converter(parameter, from_form=False)(parameter.default_value)
        except Mismatch as mismatch:
            refusal = message(
                "The default of %(name)s does not fit: %(problem)s",
                name=repr(parameter.name[:80]),
                problem=mismatch.message,
            )
            raise InvalidInput(refusal, field="spec") from mismatch
