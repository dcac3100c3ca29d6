"""What a source says about one parameter: tags in comments, types and defaults in code, merged into a `Parameter`.

A *tag* is `value_type: img` or `description: a photo`; tags stand in a comment, parted by `#`, in any order.
"""

import ast
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Any, Final, Literal

from openmo.core.messages import message
from openmo.specs.ranges import read_value_range, read_value_type
from openmo.specs.values import Parameter, ValueRange, ValueType
from openmo.system.python_parsing import parse


class _Missing(Enum):
    MISSING = "missing"


MISSING: Final = _Missing.MISSING
"""Stands for "nothing was said", where None could be meant."""

_TAGS = r"value_type|description|des|value_range|default_value|optional"
_TAG = re.compile(rf"(?<!\w)({_TAGS})\s*[:：]", re.IGNORECASE)
_MARKS = "#＃,，;；"
_MAX_COMMENT = 4000  # characters; what follows in a longer one is no annotation
_TRUE = frozenset({"true", "yes", "on", "1", "是"})
_FALSE = frozenset({"false", "no", "off", "0", "否"})
_MAX_DEFAULT_DEPTH = 20
_MAX_INT_BITS = 8192  # Python refuses to print much larger integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """All that one place in a source says about a parameter; None and MISSING stand for silence."""

    value_type: ValueType | None = None
    guessed_type: ValueType | None = None
    description: str | None = None
    value_range: ValueRange | None = None
    default_value: Any = MISSING
    optional: bool | None = None
    unsure: bool = False
    problems: tuple[str, ...] = ()

    @property
    def says_something(self) -> bool:
        return self != SILENCE

    def or_else(self, other: "Annotation") -> "Annotation":
        """This, with its silences filled by `other`."""
        gaps = {
            each.name: getattr(other, each.name)
            for each in fields(self)
            if each.name not in ("unsure", "problems") and getattr(self, each.name) in (None, MISSING)
        }
        return replace(self, **gaps, unsure=self.unsure or other.unsure, problems=self.problems + other.problems)

    def parameter(self, name: str) -> Parameter:
        """The parameter that this describes; what was not said is guessed and marked for a check."""
        value_type = self.value_type or self.guessed_type or ValueType.STR
        if value_type is ValueType.STR and isinstance(self.value_range, tuple):
            value_type = ValueType.ENUM
        incomplete = value_type is ValueType.ENUM and not isinstance(self.value_range, tuple)
        has_default = self.default_value is not MISSING
        typed = self.value_type is not None or isinstance(self.value_range, tuple)
        return Parameter(
            name=name,
            value_type=ValueType.STR if incomplete else value_type,
            description=self.description or "",
            default_value=self.default_value if has_default else None,
            has_default=has_default,
            value_range=self.value_range,
            optional=bool(self.optional),
            check=self.unsure or incomplete or bool(self.problems) or not typed,
        )


SILENCE: Final = Annotation()


def merged(annotations: Iterable[Annotation]) -> Annotation:
    """All that the places say together; on a contradiction the first wins."""
    result = SILENCE
    for each in annotations:
        result = result.or_else(each)
    return result


def read_comment(comment: str) -> Annotation:
    """The tags in `comment` (with or without its leading `#`); SILENCE when it has none."""
    comment = comment[:_MAX_COMMENT]
    texts: dict[str, str] = {}
    tag, start = "", 0
    for match in _TAG.finditer(comment):
        before = comment[start : match.start()]
        if tag == "description" and before.rstrip()[-1:] not in _MARKS:
            continue  # prose such as "see optional: ..." stays part of the description
        _keep(texts, tag, before)
        tag, start = _canonical(match[1]), match.end()
    _keep(texts, tag, comment[start:])
    return _from_texts(texts)


def _canonical(tag: str) -> str:
    lower = tag.lower()
    return "description" if lower == "des" else lower


def _keep(texts: dict[str, str], tag: str, text: str) -> None:
    if tag:
        texts.setdefault(tag, text.strip(f" \t{_MARKS}"))


def _from_texts(texts: dict[str, str]) -> Annotation:
    problems: list[str] = []
    value_type = value_range = None
    if "value_type" in texts:
        value_type = read_value_type(texts["value_type"]) or read_value_type(_first_word(texts["value_type"]))
        if value_type is None:
            problems.append(message("%(text)s is no value type", text=repr(texts["value_type"][:40])))
    if "value_range" in texts:
        value_range = read_value_range(texts["value_range"])
        if value_range is None:
            problems.append(message("%(text)s is no value range", text=repr(texts["value_range"][:40])))
    return Annotation(
        value_type=value_type,
        description=texts.get("description"),
        value_range=value_range,
        default_value=_default(texts["default_value"], value_type) if "default_value" in texts else MISSING,
        optional=read_flag(texts.get("optional")),
        problems=tuple(problems),
    )


def _first_word(text: str) -> str:
    words = re.match(r"\[[^\]]*\]|[\w]+", text.strip())
    return words[0] if words else ""


def read_flag(value: object) -> bool | None:
    """The truth that a flag's text or value means; None for anything else."""
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower() if isinstance(value, (str, int)) else ""
    return True if word in _TRUE else False if word in _FALSE else None


def _default(text: str, value_type: ValueType | None) -> Any:
    if value_type is ValueType.STR and text[:1] not in ("'", '"'):
        return text
    if value_type is ValueType.BOOL and (flag := read_flag(text)) is not None:
        return flag
    try:
        value = literal(parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    return text if value is MISSING else value


def literal(node: ast.expr | None) -> Any:
    """The plain value (text, number, truth, None, list, dict) that `node` spells out; MISSING for anything computed."""
    if node is None:
        return MISSING
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return MISSING
    return _plain(value, 0)


def _plain(value: Any, depth: int) -> Any:
    if depth > _MAX_DEFAULT_DEPTH:
        return MISSING
    if isinstance(value, (list, tuple)):
        items = [_plain(each, depth + 1) for each in value]
        return MISSING if MISSING in items else items
    if isinstance(value, dict):
        pairs = {key: _plain(each, depth + 1) for key, each in value.items()}
        texts = all(isinstance(key, str) and is_text(key) for key in pairs)
        return pairs if texts and MISSING not in pairs.values() else MISSING
    return value if _is_plain_scalar(value) else MISSING


def _is_plain_scalar(value: Any) -> bool:
    if isinstance(value, str):
        return is_text(value)
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return value.bit_length() <= _MAX_INT_BITS
    return value is None


def is_text(value: str) -> bool:
    """Whether `value` can be written to a file: half a surrogate pair, spelt as an escape in a source, cannot."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)


def type_of_value(value: Any) -> ValueType | None:
    """The value type that a default suggests; None when it suggests nothing."""
    kinds: tuple[tuple[type, ValueType, ValueType | None], ...] = (
        (bool, ValueType.BOOL, None),
        (int, ValueType.INT, ValueType.INT_LIST),
        (float, ValueType.FLOAT, ValueType.FLOAT_LIST),
        (str, ValueType.STR, ValueType.STR_LIST),
    )
    many: Literal[1, 2] = 2 if isinstance(value, list) and value else 1
    sample = value[0] if many == 2 else value
    return next((kind[many] for kind in kinds if isinstance(sample, kind[0])), None)
