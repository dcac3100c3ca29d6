"""What a value is, told in a few bounded words. It is a stranger's: nothing that it says of itself is asked.

`__class__`, `__repr__`, `__len__` and their like are the value's own code, so the methods of the built-in types are
called instead, on what really is of such a type. Libraries are recognised where the module has loaded them.
"""

import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import cast

from openmo.modules.checking.inside.messages import Value

MAX_OUTPUTS = 100
_MAX_ELEMENTS = 1000
_MAX_TEXT = 300
_MAX_NAME = 200
_MAX_DEPTH = 8
_KNOWN = (
    ("numpy", "bool_", "bool"),
    ("numpy", "bool", "bool"),
    ("numpy", "integer", "int"),
    ("numpy", "floating", "float"),
    ("numpy", "ndarray", "array"),
    ("pandas", "DataFrame", "table"),
    ("pandas", "Series", "array"),
    ("PIL.Image", "Image", "picture"),
    ("matplotlib.figure", "Figure", "picture"),
    ("torch", "Tensor", "array"),
    ("datetime", "date", "date"),
    ("datetime", "time", "date"),
)
"""Library, class, and the form that its values are."""
_BUILT_IN: tuple[tuple[type, str], ...] = (
    (bool, "bool"),
    (int, "int"),
    (float, "float"),
    (str, "str"),
    (dict, "dict"),
    (bytes, "bytes"),
    (bytearray, "bytes"),
    (list, "list"),
    (tuple, "list"),
    (set, "list"),
    (frozenset, "list"),
)
_ELEMENTS = {"i": "int", "u": "int", "f": "float", "b": "bool", "U": "str"}
"""Forms by the kinds of numpy's element types."""
_bases = type.__dict__["__mro__"].__get__
_name = type.__dict__["__name__"].__get__


def describe(step: str, result: object) -> Iterator[Value]:
    """The result as a whole, and each of its entries if it is a dictionary."""
    yield _value(step, "", result)
    if form_of(result) == "dict":
        entries: dict[object, object] = cast("dict[object, object]", result)
        for key, value in islice(dict.items(entries), MAX_OUTPUTS):
            if form_of(key) == "str":
                yield _value(step, _beginning(key)[:_MAX_NAME], value)


def form_of(value: object) -> str:
    """`none bool int float str bytes dict list date array table picture`, or `other`."""
    if value is None:
        return "none"
    bases = _bases(type(value))
    for kind, form in _BUILT_IN:
        if _has(bases, kind):
            return form
    for library, name, form in _KNOWN:
        known = vars(sys.modules[library]).get(name) if library in sys.modules else None
        if _has(bases, known):
            return form
    return "other"


def _has(bases: tuple[type, ...], kind: object) -> bool:
    """By identity: what a class says of its equals is its own code."""
    return any(base is kind for base in bases)


def _value(step: str, name: str, value: object) -> Value:
    form = form_of(value)
    text = _beginning(value) if form in ("bool", "int", "float", "str") else ""
    return Value(
        step=step,
        name=name,
        type=str(_name(type(value)))[:_MAX_NAME],
        form=form,
        elements=sorted(_elements(value, form)),
        text=text[:_MAX_TEXT],
        is_file=form == "str" and _is_file(text),
    )


def _beginning(value: object) -> str:
    """A text's beginning, or a number as text, by what its built-in type says and not its own."""
    bases = _bases(type(value))
    if _has(bases, str):
        return str.__getitem__(cast("str", value), slice(0, 4096))
    try:
        if _has(bases, int):
            return int.__repr__(cast("int", value))
        return repr(float.__float__(cast("float", value)) if _has(bases, float) else float(cast("float", value)))
    except Exception:  # noqa: BLE001 (an integer of thousands of digits; a number of a stranger's own class)
        return ""


def _elements(value: object, form: str) -> set[str]:
    """The forms of what a list or array holds, lists within lists opened up."""
    if form == "array":
        kind = getattr(getattr(value, "dtype", None), "kind", "")
        return {_ELEMENTS.get(kind, "other")} if type(kind) is str else {"other"}
    found: set[str] = set()
    waiting, number = [(value, 0)] if form == "list" else [], 0
    while waiting and number < _MAX_ELEMENTS:
        each, depth = waiting.pop()
        for inner in islice(_iterated(each), _MAX_ELEMENTS):
            number += 1
            inner_form = form_of(inner)
            if inner_form == "list" and depth < _MAX_DEPTH:
                waiting.append((inner, depth + 1))
            else:
                found.add(inner_form)
    return found


def _iterated(value: object) -> Iterator[object]:
    bases = _bases(type(value))
    if _has(bases, list):
        return list.__iter__(cast("list[object]", value))
    if _has(bases, tuple):
        return tuple.__iter__(cast("tuple[object, ...]", value))
    if _has(bases, set):
        return set.__iter__(cast("set[object]", value))
    return frozenset.__iter__(cast("frozenset[object]", value))


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):
        return False
