"""The texts that stand for value types and value ranges, read and written."""

import math
import re
from typing import Any

from openmo.specs.values import Choices, Interval, ValueRange, ValueType

_NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?"
_PIECE = re.compile(r"""(?:"[^"]*"|'[^']*')|(?P<comma>[,，、])|[^,，、"']+|["']""")
_SPAN = re.compile(rf"({_NUMBER})\s*(?:-|~|–|—|～|\.\.|至|到|to)\s*({_NUMBER})")
_BOUND = re.compile(rf"(>=|<=|>|<|≥|≤|=>|=<)\s*({_NUMBER})")
_SIGNS = {"≥": ">=", "=>": ">=", "≤": "<=", "=<": "<="}
_SCALARS = (str, int, float, bool)

_ALIASES = {
    "integer": ValueType.INT,
    "long": ValueType.INT,
    "number": ValueType.FLOAT,
    "double": ValueType.FLOAT,
    "string": ValueType.STR,
    "text": ValueType.STR,
    "boolean": ValueType.BOOL,
    "date": ValueType.DATETIME,
    "time": ValueType.DATETIME,
    "image": ValueType.IMG,
    "picture": ValueType.IMG,
    "path": ValueType.FILE,
    "bytes": ValueType.FILE,
    "table": ValueType.DATAFRAME,
    "csv": ValueType.DATAFRAME,
    "list": ValueType.STR_LIST,
}
_LIST = re.compile(r"(?:list|array)?\s*\[\s*([a-z]+)\s*\]|([a-z]+)\s*\[\s*\]", re.IGNORECASE)


def read_value_type(text: str) -> ValueType | None:
    """The type that `text` names, in any letter case, quoted or not, `list[int]` for `[int]`; None for no type."""
    word = text.strip().strip("'\"").strip().lower()
    if as_list := _LIST.fullmatch(word):
        element = _scalar_type(as_list[1] or as_list[2])
        word = f"[{element}]"
    return _scalar_type(word)


def _scalar_type(word: str) -> ValueType | None:
    try:
        return ValueType(word)
    except ValueError:
        return _ALIASES.get(word)


def read_value_range(value: Any) -> ValueRange | None:
    """The range that a spec file or comment means: a list of choices, "0-10", ">=10", "<=10"; None for neither."""
    if isinstance(value, (list, tuple)):
        return _choices(list(value))
    if not isinstance(value, str):
        return None
    text = value.strip().strip("'\"").strip()
    if text[:1] in ("[", "(") and text[-1:] in ("]", ")"):
        return _choices([_word(part) for part in _split(text[1:-1])])
    if span := _SPAN.fullmatch(text):
        return _interval(_number(span[1]), _number(span[2]))
    bounds = [part.strip() for part in re.split(r"[,，;&]|\band\b", text)]
    return _bounded([_BOUND.fullmatch(part) for part in bounds])


def _choices(values: list[Any]) -> Choices | None:
    known = all(isinstance(value, _SCALARS) and not _is_endless(value) for value in values)
    return tuple(values) if values and known else None


def _is_endless(value: Any) -> bool:
    return isinstance(value, float) and not math.isfinite(value)


def _interval(minimum: float | None, maximum: float | None) -> Interval | None:
    known = [bound for bound in (minimum, maximum) if bound is not None]
    if any(_is_endless(bound) for bound in known) or known != sorted(known):
        return None
    return Interval(minimum=minimum, maximum=maximum)


def _bounded(matches: list[re.Match[str] | None]) -> Interval | None:
    sides: dict[str, tuple[float, bool]] = {}
    for match in matches:
        if match is None:
            return None
        sign = _SIGNS.get(match[1], match[1])
        number = _number(match[2])
        if sign[0] in sides or _is_endless(number):
            return None
        sides[sign[0]] = (number, len(sign) == 1)
    low, high = sides.get(">", (None, False)), sides.get("<", (None, False))
    if _interval(low[0], high[0]) is None:
        return None
    return Interval(minimum=low[0], minimum_excluded=low[1], maximum=high[0], maximum_excluded=high[1])


def _split(text: str) -> list[str]:
    """The parts between commas that stand outside quotes."""
    parts = [""]
    for piece in _PIECE.finditer(text):
        if piece["comma"]:
            parts.append("")
        else:
            parts[-1] += piece[0]
    return [part.strip() for part in parts if part.strip()]


def _word(text: str) -> Any:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    return _number(text) if re.fullmatch(_NUMBER, text) else text


def _number(text: str) -> float:
    if re.fullmatch(r"[-+]?\d{1,400}", text):
        return int(text)
    return float(text)


def write_value_range(value_range: ValueRange) -> str | list[Any]:
    """What `read_value_range` reads back as the same range."""
    if isinstance(value_range, tuple):
        return list(value_range)
    low, high = value_range.minimum, value_range.maximum
    if low is not None and high is not None and not (value_range.minimum_excluded or value_range.maximum_excluded):
        return f"{low}-{high}"
    texts = []
    if low is not None:
        texts.append(f"{'>' if value_range.minimum_excluded else '>='}{low}")
    if high is not None:
        texts.append(f"{'<' if value_range.maximum_excluded else '<='}{high}")
    return ", ".join(texts)
