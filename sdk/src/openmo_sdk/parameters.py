"""Parameters of modules and handlers: how they arrive as text, and what a module sees of them."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from openmo_sdk.errors import BadParameters, MissingParameter

_FALSE = frozenset({"", "0", "false", "no", "off", "none", "null"})
_VALUES = ("value", "values", "default_value", "default")
"""Where an entry holds its value: the first that is not null counts."""


def json_parser(source: Any) -> dict[str, Any]:
    """Parameters by name, from any form in which they are written down.

    Accepts a JSON object, the list form `[{"name": ..., "value": ..., "value_type": ...}, ...]`, and an object whose
    values are all `{"value": ..., "value_type": ...}`; each as text, as UTF-8 bytes or already parsed. Where `value` is
    null or absent, `values`, `default_value` and `default` are asked in that order. With a `value_type` of int, float,
    str, bool or a list of the first three the value is converted; others are kept.
    Raises BadParameters, which names the parameter.
    """
    parsed = _parse(source)
    if isinstance(parsed, Mapping):
        if parsed and all(
            isinstance(entry, Mapping) and "value_type" in entry and not entry.keys().isdisjoint(_VALUES)
            for entry in parsed.values()
        ):
            return {str(name): _convert(str(name), entry) for name, entry in parsed.items()}
        return {str(name): value for name, value in parsed.items()}
    if isinstance(parsed, list | tuple):
        return dict(_named(position, entry) for position, entry in enumerate(parsed, start=1))
    raise BadParameters(
        f'Parameters must be a JSON object such as {{"sepal_length": 5.1}}, or a list of named values; '
        f"this is a {type(parsed).__name__}."
    )


def _parse(source: Any) -> Any:
    if not isinstance(source, str | bytes | bytearray):
        return source
    try:
        return json.loads(source)
    except RecursionError:
        raise BadParameters("The parameters are nested too deeply; write them as a flat JSON object.") from None
    except UnicodeDecodeError as error:
        raise BadParameters("The parameters are not UTF-8 text; save or send them as UTF-8.") from error
    except json.JSONDecodeError as error:
        raise BadParameters(
            f"The parameters are not JSON (line {error.lineno}, column {error.colno}: {error.msg}). "
            'Names and texts need double quotes: {"sepal_length": 5.1}.'
        ) from error


def _named(position: int, entry: Any) -> tuple[str, Any]:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str):
        raise BadParameters(f'Parameter {position} of the list has no name; write {{"name": "x", "value": 1}}.')
    if entry.keys().isdisjoint(_VALUES):
        raise BadParameters(f'Parameter {entry["name"]!r} has no "value"; add one, or leave the parameter out.')
    return entry["name"], _convert(entry["name"], entry)


def _convert(name: str, entry: Mapping[str, Any]) -> Any:
    source = next((each for each in _VALUES if entry.get(each) is not None), None)
    value, value_type = entry[source] if source else None, entry.get("value_type")
    if value is None or not isinstance(value_type, str):
        return value
    kind = value_type.strip()
    try:
        if source == "values" and isinstance(value, list | tuple) and kind in _SCALARS:
            return [_SCALARS[kind](item) for item in value]
        if kind.startswith("[") and kind.endswith("]"):
            convert = _SCALARS.get(kind[1:-1].strip())
            return value if convert is None else [convert(item) for item in _items(value)]
        convert = _SCALARS.get(kind)
        return value if convert is None else convert(value)
    except (TypeError, ValueError, OverflowError) as error:
        raise BadParameters(
            f"Parameter {name!r} should be {kind}, but {value!r:.80} is not; correct the value."
        ) from error


def _items(value: Any) -> list[Any]:
    if isinstance(value, str):
        value = (
            json.loads(value)
            if value.lstrip().startswith("[")
            else [item.strip() for item in value.split(",") if item.strip()]
        )
    if not isinstance(value, list | tuple):
        raise TypeError(f"{type(value).__name__} is not a list")
    return list(value)


def _integer(value: Any) -> int:
    number = int(value.strip()) if isinstance(value, str) else int(value)
    if isinstance(value, float) and number != value:
        raise ValueError(f"{value} is not a whole number")
    return number


def _boolean(value: Any) -> bool:
    return value.strip().lower() not in _FALSE if isinstance(value, str) else bool(value)


_SCALARS: dict[str, Callable[[Any], Any]] = {"int": _integer, "float": float, "str": str, "bool": _boolean}


class Parameters(dict[str, Any]):
    """A copy of the caller's parameters that says which one a module misses, instead of a bare KeyError."""

    def __init__(self, values: Mapping[str, Any], *, wanted_by: str) -> None:
        super().__init__(values)
        self._wanted_by = wanted_by

    def __missing__(self, key: str) -> Any:
        given = ", ".join(sorted(map(str, self))) or "none"
        raise MissingParameter(
            f"{self._wanted_by} needs the parameter {key!r}, which was not given (given: {given}). "
            f"Add it to conf: conf[{key!r}] = ...; the module's README.md and module_spec.yml say what it means."
        )

    def __reduce__(self) -> tuple[type[dict[str, Any]], tuple[dict[str, Any]]]:
        return dict, (dict(self),)  # copied or sent to another process, it is the plain dictionary that modules expect
