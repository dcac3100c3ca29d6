"""Whether what a method returned, as it was described, is what its spec declares."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from openmo.core.messages import message
from openmo.modules.checking.inside.messages import Value
from openmo.modules.checking.values import Problem, ProblemCode, WarningCode
from openmo.modules.compatibility.types import type_name
from openmo.specs.files import MODULE_SPEC
from openmo.specs.values import Interval, Parameter, ValueType

_CODE = "main.py"
_SCALARS = frozenset({"str", "int", "float", "bool"})
_FORMS: Mapping[ValueType, frozenset[str]] = MappingProxyType(
    {
        ValueType.INT: frozenset({"int", "bool"}),
        ValueType.FLOAT: frozenset({"int", "float"}),
        ValueType.BOOL: frozenset({"bool", "int"}),
        ValueType.STR: _SCALARS,
        ValueType.ENUM: _SCALARS,
        ValueType.DATETIME: frozenset({"str", "date"}),
        ValueType.DATAFRAME: frozenset({"table", "list", "dict", "array"}),
        ValueType.IMG: frozenset({"picture", "array", "bytes", "str"}),
        ValueType.AUDIO: frozenset({"array", "bytes", "str"}),
        ValueType.VIDEO: frozenset({"array", "bytes", "str"}),
        ValueType.FILE: frozenset({"bytes", "str"}),
        ValueType.INT_LIST: frozenset({"list", "array"}),
        ValueType.FLOAT_LIST: frozenset({"list", "array"}),
        ValueType.STR_LIST: frozenset({"list", "array"}),
    }
)
"""What values of each type look like; see `openmo.modules.checking.inside.describing`."""
_IN_LISTS = {
    ValueType.INT: frozenset({"int", "bool", "none"}),
    ValueType.FLOAT: frozenset({"int", "float", "none"}),
    ValueType.STR: _SCALARS | {"none"},
}
_ENCODED = 100
"""A text of so many characters without a space is no path, but a file as base64."""


def judge(method: str, outputs: Sequence[Parameter], values: Sequence[Value]) -> Iterator[Problem]:
    """What is wrong with the result of a method, of which `values` tell; nothing where no output is declared."""
    whole = next((each for each in values if not each.name), None)
    if not outputs or whole is None:
        return
    entries = {each.name: each for each in values if each.name}
    alone = len(outputs) == 1 and not any(_found(each, entries) for each in outputs)
    if alone and (whole.form != "dict" or outputs[0].unchecked_type):
        yield from _judge_output(method, outputs[0], whole)
    elif whole.form != "dict":
        yield _problem(
            ProblemCode.RESULT_DIFFERS,
            message(
                "%(method)s returned a %(type)s, and not a dictionary with %(names)s.",
                method=method,
                type=whole.type[:60],
                names=", ".join(repr(each.name[:60]) for each in outputs[:8]),
            ),
        )
    else:
        yield from _judge_entries(method, outputs, entries)


def _judge_entries(method: str, outputs: Sequence[Parameter], entries: Mapping[str, Value]) -> Iterator[Problem]:
    for each in outputs:
        value = _found(each, entries)
        if value is not None:
            yield from _judge_output(method, each, value)
        elif not each.optional:
            yield _problem(
                ProblemCode.OUTPUT_MISSING,
                message("%(method)s returned no %(name)s.", method=method, name=repr(each.name[:60])),
            )
    known = {name for each in outputs for name in (each.name, each.key)}
    for name in entries:
        if name not in known:
            yield Problem(
                code=WarningCode.OUTPUT_UNDECLARED,
                message=message(
                    "%(method)s returned %(name)s, which %(spec)s does not declare.",
                    method=method,
                    name=repr(name[:60]),
                    spec=MODULE_SPEC,
                ),
                remedy=message("Declare it, so that people know of it, or leave it out."),
                file=MODULE_SPEC,
            )


def _judge_output(method: str, output: Parameter, value: Value) -> Iterator[Problem]:
    name, found = repr(output.name[:60]), value.type[:60]
    if not _fits(output, value):
        text = message(
            "%(method)s: the output %(name)s is declared as %(type)s, and was a %(found)s.",
            method=method,
            name=name,
            type=type_name(output),
            found=found,
        )
        yield _problem(ProblemCode.OUTPUT_DIFFERS, text)
    elif not _is_in_range(output, value):
        text = message(
            "%(method)s: the output %(name)s was %(value)s, which its value_range leaves out.",
            method=method,
            name=name,
            value=value.text[:60],
        )
        yield _problem(ProblemCode.OUTPUT_DIFFERS, text)


def _problem(code: ProblemCode, text: str) -> Problem:
    remedy = message("Correct what the method returns, or what %(spec)s declares.", spec=MODULE_SPEC)
    return Problem(code=code, message=text, remedy=remedy, file=_CODE)


def _found(output: Parameter, entries: Mapping[str, Value]) -> Value | None:
    return entries.get(output.name) or (entries.get(output.key) if output.key else None)


def _fits(output: Parameter, value: Value) -> bool:
    kind = output.value_type
    if output.unchecked_type or value.form == "none":
        return bool(output.unchecked_type) or output.optional
    if kind is ValueType.INT and value.form == "float":
        return value.text.endswith(".0")
    if value.form not in _FORMS[kind]:
        return False
    if kind.element is not None:
        return set(value.elements) <= _IN_LISTS[kind.element]
    return not (kind.is_file and value.form == "str") or value.is_file or _is_encoded(value.text)


def _is_encoded(text: str) -> bool:
    return text.startswith("data:") or (len(text) >= _ENCODED and " " not in text)


def _is_in_range(output: Parameter, value: Value) -> bool:
    limits = output.value_range
    if isinstance(limits, tuple):
        return value.form not in _SCALARS or value.text in {str(each) for each in limits} | {
            repr(each) for each in limits
        }
    if not isinstance(limits, Interval) or value.form not in ("int", "float"):
        return True
    try:
        number = float(value.text)
    except ValueError:
        return True
    low, high = limits.minimum, limits.maximum
    above = low is None or number > low or (number == low and not limits.minimum_excluded)
    below = high is None or number < high or (number == high and not limits.maximum_excluded)
    return above and below
