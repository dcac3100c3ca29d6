"""From what a handler returned to JSON, checked against the declared outputs.

Libraries are recognised by what their values can do, never imported here: a handler that uses no numpy pays for none.
"""

import datetime as dt
import json
import math
import sys
from collections.abc import Callable, Mapping
from typing import Any

FILE_TYPES = frozenset({"img", "video", "audio", "file"})
_MAX_DEPTH = 64
_MAX_ERROR = 1000  # characters
_ERROR = "error"
"""The key under which handlers tell what went wrong, instead of their outputs."""


class WrongOutput(Exception):
    """The handler returned what its spec does not declare; the message is for the caller."""


def plain(value: Any, depth: int = 0) -> Any:
    """`value` as JSON types: numpy scalars and arrays, data frames, dates, sets and tuples become their plain likes."""
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if depth > _MAX_DEPTH:
        raise WrongOutput(f"the value is nested deeper than {_MAX_DEPTH} levels.")
    if isinstance(value, Mapping):
        return {str(_key(key)): plain(each, depth + 1) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(each, depth + 1) for each in value]
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return _library_value(value, depth)


def _key(key: Any) -> Any:
    return key.item() if hasattr(key, "item") else key


def _library_value(value: Any, depth: int) -> Any:
    if is_data_frame(value):
        return {
            "columns": [str(column) for column in value.columns],
            "rows": plain(value.values.tolist(), depth + 1),
        }
    if hasattr(value, "to_list") and hasattr(value, "index"):  # a pandas Series
        return plain(value.to_list(), depth + 1)
    if hasattr(value, "detach") and hasattr(value, "tolist"):  # a tensor
        return plain(value.detach().cpu().tolist(), depth + 1)
    if hasattr(value, "tolist"):  # numpy arrays and scalars
        return plain(value.tolist(), depth + 1)
    if hasattr(value, "numpy"):
        return plain(value.numpy().tolist(), depth + 1)
    raise WrongOutput(f"a {_type_name(value)} is not something that JSON can hold.")


def is_data_frame(value: Any) -> bool:
    """Whether this is a pandas DataFrame, without importing pandas."""
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(value, pandas.DataFrame)


def _type_name(value: Any) -> str:
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"


def _integer(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _text(value: Any) -> Any:
    """Numbers and truths are welcome as text: `'class': 3` is what people write."""
    return str(value) if isinstance(value, (int, float)) else value


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _list_of(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    def every(value: Any) -> bool:
        return isinstance(value, list) and all(each is None or check(each) or _nested(each, check) for each in value)

    return every


def _nested(value: Any, check: Callable[[Any], bool]) -> bool:
    return isinstance(value, list) and all(each is None or check(each) or _nested(each, check) for each in value)


_CHECKS: Mapping[str, tuple[Callable[[Any], Any] | None, Callable[[Any], bool], str]] = {
    "int": (_integer, lambda value: isinstance(value, int), "a whole number"),
    "float": (None, _is_number, "a number"),
    "bool": (None, lambda value: isinstance(value, (bool, int)), "true or false"),
    "[int]": (None, _list_of(lambda value: isinstance(value, int)), "a list of whole numbers"),
    "[float]": (None, _list_of(_is_number), "a list of numbers"),
    "[str]": (None, lambda value: isinstance(value, list), "a list of texts"),
    "datetime": (_text, lambda value: isinstance(value, str), "a date or time"),
    "dataframe": (None, lambda value: isinstance(value, (dict, list)), "a table"),
}
"""Per type: a correction, a check, and words for the error. `str` and `enum` take any value: labels with their
probabilities, lists and numbers are what people return under the type that they never declared."""


def checked(name: str, kind: str, value: Any, *, by: str = "handle()") -> Any:
    """The value of a non-file output as JSON types; raises WrongOutput when it is not of its declared type.

    `by`: what returned it.
    """
    try:
        result = plain(value)
    except WrongOutput as error:
        raise WrongOutput(f"Output {name!r}: {error}") from None
    rule = _CHECKS.get(kind)
    if rule is None or result is None:
        return result
    correct, check, words = rule
    if correct is not None:
        result = correct(result)
    if not check(result):
        raise WrongOutput(f"Output {name!r} should be {words} ({kind}), but {by} returned a {_type_name(value)}.")
    return result


_NO_KEYS: Mapping[str, str] = {}


def named_outputs(result: Any, declared: Mapping[str, str], keys: Mapping[str, str] = _NO_KEYS) -> dict[str, Any]:
    """What the handler returned, by output name; raises WrongOutput for missing and undeclared ones.

    An output may be given under its key in the spec file, too (`keys`: names by key). A dict as JSON text counts as the
    dict. `{"error": …}` instead of the outputs is a failure with that text.
    """
    if not declared:
        return result if isinstance(result, dict) else {"result": result}
    result = _under_names(_parsed(result, declared, keys), declared, keys)
    if not isinstance(result, dict):
        if len(declared) == 1 and result is not None:
            return {next(iter(declared)): result}
        raise WrongOutput(f"handle() returned a {_type_name(result)}; it should return a dict with {_names(declared)}.")
    missing = [name for name in declared if name not in result and name != _ERROR]
    if _ERROR in result and (missing or _ERROR not in declared):
        if missing or result[_ERROR]:
            text = f"handle() returned {{'error': {_shortened(result[_ERROR])}}}"
            raise WrongOutput(f"{text} and no {_names(missing)}." if missing else f"{text}.")
        result = {name: value for name, value in result.items() if name != _ERROR}
    if missing:
        raise WrongOutput(f"handle() returned no {_names(missing)}, which app_spec.yml declares.")
    extra = [str(name) for name in result if name not in declared]
    if extra:
        raise WrongOutput(f"handle() returned {_names(extra)}, which app_spec.yml does not declare.")
    return result if _ERROR not in declared else {_ERROR: None, **result}


def _under_names(result: Any, declared: Mapping[str, str], keys: Mapping[str, str]) -> Any:
    if not keys or not isinstance(result, dict):
        return result
    return {name if name in declared else keys.get(name, name): value for name, value in result.items()}


def _parsed(result: Any, declared: Mapping[str, str], keys: Mapping[str, str]) -> Any:
    """The dict that a JSON text holds, when it is one with the declared names; else the result as it is."""
    if not isinstance(result, (str, bytes)) or result[:1] not in ("{", b"{"):
        return result
    try:
        parsed = json.loads(result)
    except (ValueError, RecursionError):
        return result
    named = _under_names(parsed, declared, keys)
    expected = isinstance(named, dict) and (named.keys() == declared.keys() or named.keys() == {_ERROR})
    return parsed if expected else result


def _shortened(value: Any) -> str:
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 (a user's __repr__ may itself raise)
        return "(cannot be shown)"
    return text if len(text) <= _MAX_ERROR else f"{text[:_MAX_ERROR]}…"


def _names(names: Any) -> str:
    shown = [repr(name)[:60] for name in list(names)[:8]]
    return ", ".join(shown)


def encode(value: Any) -> bytes:
    """Compact JSON in UTF-8; a lone half of a character, which UTF-8 has no form for, becomes U+FFFD."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
