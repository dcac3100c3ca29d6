"""One parameter of a spec file: its fields in their present spelling and in the older ones of Mo."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from yaml.nodes import Node, ScalarNode

from openmo.core.messages import message
from openmo.specs.annotations import MISSING, Annotation, read_flag
from openmo.specs.defaults import read_default
from openmo.specs.ranges import read_value_range, read_value_type
from openmo.specs.safe_yaml import Document
from openmo.specs.values import Parameter, ValueType

_TYPES = ", ".join(ValueType)
_RANGES = message('"0-10", ">=10", "<=10" or a list such as [2, 4, 6]')
_NAME_MAX: Final = 200
_OLD: Final = {
    "value_type": "type",
    "default_value": "default",
    "value_range": "range",
    "description": "des",
    "optional": "required",
}
"""The older spelling of each field, read where the present one is absent or empty."""
_CONTROLS: Final = frozenset({"input", "multiple_input", "select", "output", "file_input"})
"""As a `type` these name a control of a form."""


def read_parameter(document: Document, key: str, node: Node, *, any_type: bool = False) -> Parameter:
    """The parameter that the file lists under `key`; with `any_type`, words that are no types of ours are kept."""
    if isinstance(node, ScalarNode) and isinstance(document.value(node), str):
        value_type, words = _value_type(document, node, any_type=any_type)  # the short form `a: float`
        return replace(Annotation(value_type=value_type).parameter(key), extra=words)
    fields = document.entries(node, f"{key!r}")
    chosen = _chosen(document, fields)
    said: dict[str, Any] = {"default_value": MISSING}
    extra = {
        name: document.value(each)
        for name, each in fields.items()
        if name not in _OLD and name not in chosen.values() and name != "name"
    }
    for field, spelling in chosen.items():
        each = fields[spelling]
        match field:
            case "value_type":
                said[field], words = _value_type(document, each, any_type=any_type)
                extra |= words
            case "value_range":
                said[field] = _value_range(document, each)
            case "optional":
                said[field] = _optional(document, each, spelling)
            case "description":
                said[field] = _text(document, each)
    if "default_value" in chosen and not _is_none(document, fields, chosen["default_value"]):
        said["default_value"] = document.value(fields[chosen["default_value"]])
    parameter = Annotation(**said).parameter(key)
    if said.get("value_type") is ValueType.ENUM and parameter.choices is None:
        raise document.error(
            message("%(name)s is an enum, so it needs its choices: `value_range: [a, b, c]`.", name=repr(key)), node
        )
    named = _name(document, key, fields.get("name"))
    parameter = replace(parameter, name=named, key="" if named == key else key, extra=extra)
    if not parameter.has_default or not document.is_text:
        return parameter
    return read_default(document, parameter, fields[chosen["default_value"]])


def _chosen(document: Document, fields: Mapping[str, Node]) -> dict[str, str]:
    """Which spelling of each field counts."""
    chosen: dict[str, str] = {}
    for field, old in _OLD.items():
        is_empty = field not in fields or (document.is_text and document.value(fields[field]) is None)
        if is_empty and old in fields and (document.is_text or old == "des") and _is_field(document, old, fields[old]):
            chosen[field] = old
        elif field in fields:
            chosen[field] = field
    return chosen


def _is_field(document: Document, old: str, node: Node) -> bool:
    return old != "type" or document.value(node) not in _CONTROLS


def _is_none(document: Document, fields: Mapping[str, Node], spelling: str) -> bool:
    """Whether a default of null says that there is none, as Mo's files write it, rather than that it is None."""
    if document.value(fields[spelling]) is not None or not document.is_text:
        return False
    if spelling == "default" or "des" in fields:
        return True
    others = {name: document.value(each) for name, each in fields.items() if name != spelling}
    needed = read_flag(others.get("optional")) is False or read_flag(others.get("required")) is True
    return needed or None in others.values()


def _name(document: Document, key: str, node: Node | None) -> str:
    value = None if node is None else document.value(node)
    if value is None or value == "":
        return key
    name = str(node.value).strip() if isinstance(node, ScalarNode) else ""
    if not name or len(name) > _NAME_MAX:
        raise document.error(
            message("%(name)s cannot name an input or output: use up to 200 characters.", name=repr(value)[:60]), node
        )
    return name


def _value_type(document: Document, node: Node, *, any_type: bool) -> tuple[ValueType | None, dict[str, Any]]:
    """The type, and what to keep where the word is none of ours."""
    value = document.value(node)
    if isinstance(value, list) and len(value) == 1:
        value = f"[{value[0]}]"  # `value_type: [int]` is a YAML list
    found = read_value_type(value) if isinstance(value, str) else None
    if found is not None or value is None:
        return found, {}
    if any_type and isinstance(value, str):
        return None, {"value_type": value}
    raise document.error(
        message("%(value)s is not a value_type: use one of %(types)s.", value=repr(value)[:60], types=_TYPES), node
    )


def _value_range(document: Document, node: Node) -> Any:
    value = document.value(node)
    found = read_value_range(value)
    if value not in (None, "", []) and found is None:
        raise document.error(
            message("%(value)s is not a value_range: use %(ranges)s.", value=repr(value)[:60], ranges=_RANGES), node
        )
    return found


def _optional(document: Document, node: Node, spelling: str) -> bool | None:
    value = document.value(node)
    found = read_flag(value)
    if value is not None and found is None:
        raise document.error(
            message("%(field)s is true or false, not %(value)s.", field=spelling, value=repr(value)[:60]), node
        )
    return None if found is None else found is (spelling == "optional")


def _text(document: Document, node: Node) -> str:
    value = document.value(node)
    if isinstance(node, ScalarNode):
        return "" if value is None else str(node.value)
    raise document.error(message("a description is text; put it in quotes."), node)
