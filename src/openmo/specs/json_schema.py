"""Parameters as JSON Schema 2020-12 (and so as OpenAPI), there and back without loss.

What JSON Schema cannot say is in keys of our own: `x-value-type`, `x-value-range`, `x-optional`, `x-key`, `x-extra`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from openmo.core.errors import InvalidInput
from openmo.core.messages import message
from openmo.specs.ranges import read_value_range, read_value_type, write_value_range
from openmo.specs.values import NUMBERS, Interval, Parameter, ValueRange, ValueType

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_SHAPES: Mapping[ValueType, Mapping[str, Any]] = {
    ValueType.INT: {"type": "integer"},
    ValueType.FLOAT: {"type": "number"},
    ValueType.STR: {"type": "string"},
    ValueType.BOOL: {"type": "boolean"},
    ValueType.DATETIME: {"type": "string", "format": "date-time"},
    ValueType.ENUM: {},
    ValueType.IMG: {"type": "string", "format": "binary", "contentMediaType": "image/*"},
    ValueType.VIDEO: {"type": "string", "format": "binary", "contentMediaType": "video/*"},
    ValueType.AUDIO: {"type": "string", "format": "binary", "contentMediaType": "audio/*"},
    ValueType.FILE: {"type": "string", "format": "binary"},
    ValueType.DATAFRAME: {"type": ["string", "array", "object"]},
    ValueType.INT_LIST: {"type": "array", "items": {"type": "integer"}},
    ValueType.FLOAT_LIST: {"type": "array", "items": {"type": "number"}},
    ValueType.STR_LIST: {"type": "array", "items": {"type": "string"}},
}
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum")


def to_json_schema(parameters: Sequence[Parameter]) -> dict[str, Any]:
    """The JSON object that holds these parameters, as a schema; `from_json_schema` reads them back equal."""
    return {
        "$schema": DIALECT,
        "type": "object",
        "properties": {each.name: parameter_schema(each) for each in parameters},
        "required": [each.name for each in parameters if each.required],
        "additionalProperties": False,
    }


def parameter_schema(parameter: Parameter) -> dict[str, Any]:
    """The schema of one parameter's value."""
    shape: dict[str, Any] = {} if parameter.unchecked_type else dict(_SHAPES[parameter.value_type])
    schema = shape
    if "items" in shape:
        schema["items"] = dict(shape["items"])
    _add_range(schema, parameter)
    if _type_of(schema) is not parameter.value_type:
        schema["x-value-type"] = str(parameter.value_type)
    if parameter.description:
        schema["description"] = parameter.description
    if parameter.has_default:
        schema["default"] = parameter.default_value
        if parameter.optional:
            schema["x-optional"] = True
    if parameter.key:
        schema["x-key"] = parameter.key
    if parameter.extra:
        schema["x-extra"] = dict(parameter.extra)
    return schema


def _add_range(schema: dict[str, Any], parameter: Parameter) -> None:
    value_range = parameter.value_range
    bounded = schema.get("items", schema)
    if isinstance(value_range, tuple):
        bounded["enum"] = list(value_range)
    elif value_range is not None and parameter.value_type in NUMBERS:
        low = "exclusiveMinimum" if value_range.minimum_excluded else "minimum"
        high = "exclusiveMaximum" if value_range.maximum_excluded else "maximum"
        bounds = {low: value_range.minimum, high: value_range.maximum}
        bounded.update({key: bound for key, bound in bounds.items() if bound is not None})
    elif value_range is not None:
        schema["x-value-range"] = write_value_range(value_range)


def from_json_schema(schema: Mapping[str, Any]) -> tuple[Parameter, ...]:
    """The parameters that an object schema describes, ours or another's; raises InvalidInput for no object schema."""
    properties = schema.get("properties", {})
    required = schema.get("required", [])
    if not isinstance(properties, Mapping) or not isinstance(required, (list, tuple)):
        raise InvalidInput("This is no JSON Schema of an object: `properties` must be an object, `required` a list.")
    return tuple(_parameter(str(name), each, required=name in required) for name, each in properties.items())


def _parameter(name: str, schema: Any, *, required: bool) -> Parameter:
    if not isinstance(schema, Mapping):
        raise InvalidInput(message("The schema of %(name)s must be an object.", name=repr(name[:80])))
    named = schema.get("x-value-type")
    found = read_value_type(named) if isinstance(named, str) else None
    has_default = "default" in schema
    extra = schema.get("x-extra")
    return Parameter(
        name=name,
        key=str(schema.get("x-key", "")),
        value_type=found or _type_of(schema),
        description=str(schema.get("description", "")),
        default_value=schema.get("default"),
        has_default=has_default,
        value_range=_range_of(schema),
        optional=schema.get("x-optional") is True if has_default else not required,
        extra=dict(extra) if isinstance(extra, Mapping) else {},
    )


def _type_of(schema: Mapping[str, Any]) -> ValueType:
    """The value type that a schema's standard keys suggest."""
    kind = schema.get("type")
    if kind == "array":
        element = _type_of(schema["items"]) if isinstance(schema.get("items"), Mapping) else ValueType.STR
        by_element = {ValueType.INT: ValueType.INT_LIST, ValueType.FLOAT: ValueType.FLOAT_LIST}
        return by_element.get(element, ValueType.STR_LIST)
    if isinstance(kind, list):
        return ValueType.DATAFRAME if "array" in kind else ValueType.STR
    if "enum" in schema and kind in (None, "string"):
        return ValueType.ENUM
    by_kind = {"integer": ValueType.INT, "number": ValueType.FLOAT, "boolean": ValueType.BOOL}
    return by_kind.get(kind, _text_type(schema)) if isinstance(kind, str) else ValueType.STR


def _text_type(schema: Mapping[str, Any]) -> ValueType:
    if schema.get("format") in ("date-time", "date"):
        return ValueType.DATETIME
    if schema.get("format") != "binary":
        return ValueType.STR
    media = str(schema.get("contentMediaType", "")).partition("/")[0]
    return {"image": ValueType.IMG, "video": ValueType.VIDEO, "audio": ValueType.AUDIO}.get(media, ValueType.FILE)


def _range_of(schema: Mapping[str, Any]) -> ValueRange | None:
    if "x-value-range" in schema:
        return read_value_range(schema["x-value-range"])
    items = schema.get("items")
    bounded = items if isinstance(items, Mapping) else schema
    if isinstance(bounded.get("enum"), (list, tuple)):
        return tuple(bounded["enum"])
    numbers = {key: bounded[key] for key in _BOUNDS if _is_number(bounded.get(key))}
    if not numbers:
        return None
    return Interval(
        minimum=numbers.get("minimum", numbers.get("exclusiveMinimum")),
        maximum=numbers.get("maximum", numbers.get("exclusiveMaximum")),
        minimum_excluded="minimum" not in numbers and "exclusiveMinimum" in numbers,
        maximum_excluded="maximum" not in numbers and "exclusiveMaximum" in numbers,
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
