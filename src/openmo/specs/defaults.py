"""Defaults of spec files, read as their parameter's type."""

import json
from dataclasses import replace
from typing import Any

from yaml.nodes import Node, ScalarNode

from openmo.core.messages import message
from openmo.specs.annotations import MISSING, literal
from openmo.specs.convert import Mismatch, converter
from openmo.specs.safe_yaml import Document
from openmo.specs.values import LISTS, Parameter, ValueType
from openmo.system.python_parsing import parse

_AS_WRITTEN = frozenset({ValueType.DATAFRAME, ValueType.ENUM})
_SCALARS = (str, int, float, bool)


def read_default(document: Document, parameter: Parameter, node: Node) -> Parameter:
    """The parameter with its default of its own type; raises SpecFileError naming the line where it is none.

    A text is read as a form would (`"[1.0, 2.0]"` of `[float]` is a list); an empty one of any type but str is none.
    """
    value = parameter.default_value
    if value is None or parameter.unchecked_type:
        return parameter
    if value == "" and parameter.value_type is not ValueType.STR:
        return replace(parameter, has_default=False, default_value=None)
    try:
        return replace(parameter, default_value=_typed(parameter, value, node))
    except Mismatch as mismatch:
        problem = message(
            "The default of %(name)s does not fit: %(problem)s",
            name=repr(parameter.name[:80]),
            problem=mismatch.message,
        )
        raise document.error(problem, node) from mismatch


def _typed(parameter: Parameter, value: Any, node: Node) -> Any:
    value_type = parameter.value_type
    if value_type is ValueType.STR and parameter.choices is None:
        return str(node.value) if isinstance(node, ScalarNode) else value
    if value_type is ValueType.ENUM or parameter.choices is not None:
        return _choice(parameter, value)
    if value_type.is_file or value_type in _AS_WRITTEN:
        return value
    convert = converter(replace(parameter, value_range=None), from_form=True)
    typed = convert(_listed(value) if value_type in LISTS else value)
    try:
        json.dumps(typed, allow_nan=False)
    except ValueError:
        raise Mismatch(message("This must be a finite number.")) from None
    return typed


def _choice(parameter: Parameter, value: Any) -> Any:
    """The choice that the default means; what is none stays as it is, for a person to see."""
    try:
        return converter(parameter, from_form=True)(value)
    except Mismatch:
        return value


def _listed(value: Any) -> Any:
    """A list, also where it is spelt as Python does (`"['a', 'b']"`), or of one element."""
    if isinstance(value, str) and value.lstrip()[:1] in ("[", "("):
        try:
            found = literal(parse(value.strip(), mode="eval").body)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return value
        return value if found is MISSING else found
    return [value] if isinstance(value, _SCALARS) and not isinstance(value, str) else value
