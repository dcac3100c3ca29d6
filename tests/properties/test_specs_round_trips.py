"""What is written is read back the same, and no text at all makes a reader fail in another way than it promises."""

import ast
import contextlib
import json
import math
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from openmo.core.errors import InvalidInput
from openmo.specs.errors import SpecError
from openmo.specs.files import (
    app_spec_data,
    dump_app_spec,
    dump_module_spec,
    load_app_spec,
    load_module_spec,
    read_app_spec,
)
from openmo.specs.generate import generate_handler
from openmo.specs.handler import read_handler
from openmo.specs.json_schema import from_json_schema, to_json_schema
from openmo.specs.module import read_module
from openmo.specs.validate import compile_validator
from openmo.specs.values import NUMBERS, Interval, ModuleSpec, Parameter, Spec, ValueType

unhurried = settings(deadline=None)  # a busy machine is no failure

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20) | st.sampled_from(
    [
        "yes",
        "no",
        "<<",
        "=",
        "~",
        "null",
        "1e5",
        "1:30",
        "2020-01-01",
        "0x1F",
        "0o17",
        "- a",
        "a: b",
        "# c",
        "'",
        '"',
        ".",
    ]
)
NUMBER = st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
SCALAR = TEXT | NUMBER | st.booleans()
PLAIN = st.recursive(
    SCALAR | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
KNOWN_KEYS = {
    *("name", "value_type", "description", "default_value", "value_range", "optional", "input", "output"),
    *("type", "des", "default", "range", "required"),
}
EXTRA = st.dictionaries(TEXT.filter(lambda key: key not in KNOWN_KEYS), PLAIN, max_size=2)


@st.composite
def intervals(draw: st.DrawFn) -> Interval:
    low, high = sorted(draw(st.tuples(NUMBER, NUMBER)))
    sides = draw(st.sampled_from(["both", "low", "high"]))
    return Interval(
        minimum=None if sides == "high" else low,
        maximum=None if sides == "low" else high,
        minimum_excluded=sides != "high" and draw(st.booleans()),
        maximum_excluded=sides != "low" and draw(st.booleans()),
    )


DEFAULTS: dict[ValueType, st.SearchStrategy[Any]] = {
    ValueType.INT: st.integers(-(2**60), 2**60),
    ValueType.FLOAT: st.floats(allow_nan=False, allow_infinity=False),
    ValueType.STR: TEXT,
    ValueType.BOOL: st.booleans(),
    ValueType.DATETIME: st.just("2020-01-31T08:30"),
    ValueType.INT_LIST: st.lists(st.integers(-(2**60), 2**60), max_size=3),
    ValueType.FLOAT_LIST: st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=3),
    ValueType.STR_LIST: st.lists(TEXT, max_size=3),
}
"""What a default may be; of the other types it may be anything but an empty text, which is none."""


@st.composite
def parameters(draw: st.DrawFn, name: str) -> Parameter:
    value_type = draw(st.sampled_from(ValueType))
    choices = st.lists(SCALAR, min_size=1, max_size=4).map(tuple)
    value_range: Any = draw(st.none() | intervals())
    if value_type is ValueType.ENUM or (value_type in NUMBERS and draw(st.booleans())):
        value_range = draw(choices)
    has_default = draw(st.booleans())
    extra = draw(EXTRA)
    defaults = DEFAULTS.get(value_type, PLAIN.filter(lambda value: value not in ("", None)))
    if isinstance(value_range, tuple):
        defaults = st.sampled_from(value_range).filter(lambda value: value != "")
    if None not in extra.values():  # beside an empty field, null means that there is no default
        defaults = defaults | st.none()
    return Parameter(
        name=name,
        value_type=value_type,
        description=draw(TEXT),
        default_value=draw(defaults) if has_default else None,
        has_default=has_default,
        value_range=value_range,
        optional=draw(st.booleans()),
        extra=extra,
    )


@st.composite
def sections(draw: st.DrawFn) -> tuple[Parameter, ...]:
    names = draw(st.lists(TEXT, max_size=3, unique=True))
    keys = draw(st.lists(TEXT.filter(lambda key: key not in names), min_size=3, max_size=3, unique=True))
    return tuple(
        replace(draw(parameters(name)), key=key if name.strip() == name != "" and draw(st.booleans()) else "")
        for name, key in zip(names, keys, strict=False)
    )


@unhurried
@given(st.builds(Spec, inputs=sections(), outputs=sections(), extra=EXTRA))
def test_app_spec_survives_yaml(spec: Spec) -> None:
    assert load_app_spec(dump_app_spec(spec)) == spec
    assert read_app_spec(json.loads(json.dumps(app_spec_data(spec)))) == spec  # as a release keeps it


METHODS = st.dictionaries(st.sampled_from(["train", "predict", "run"]), sections(), max_size=2)


@unhurried
@given(st.builds(ModuleSpec, inputs=METHODS, outputs=METHODS, extra=EXTRA))
def test_module_spec_survives_yaml(spec: ModuleSpec) -> None:
    assert load_module_spec(dump_module_spec(spec)) == spec


@unhurried
@given(sections())
def test_parameters_survive_json_schema(section: tuple[Parameter, ...]) -> None:
    assert from_json_schema(to_json_schema(section)) == section


def pieces(text: str) -> st.SearchStrategy[str]:
    """Texts made of the pieces between the `¦` marks of `text`."""
    return st.lists(st.sampled_from(text.split("¦")), max_size=25).map("".join)


FRAGMENTS = pieces(
    "def handle(¦conf¦):\n¦    ¦return ¦{¦}¦'a'¦\"b\"¦:¦conf['x']¦conf.get('y', 3)¦# value_type: int¦# description: d¦#"
    "¦\n¦(¦)¦[¦]¦,¦=¦lambda ¦*¦**¦class A:\n¦def run(self, conf={}):\n¦'''¦\\¦@¦async ¦yield ¦if x:\n¦\t¦\0¦\ufeff"
    "¦é¦;¦: int"
)


@unhurried
@given(st.text(max_size=200) | FRAGMENTS)
def test_reading_any_source_fails_only_as_promised(source: str) -> None:
    with contextlib.suppress(SpecError):
        read_handler(source)
    with contextlib.suppress(SpecError):
        read_module(source)


YAML_FRAGMENTS = pieces(
    "input:\n¦output:\n¦  a:\n¦    value_type: ¦int\n¦value_range: ¦[¦]¦&x ¦*x¦<<: ¦!!¦python/object:os.system¦{¦}¦- "
    "¦: ¦\n¦  ¦'¦|¦>¦%YAML¦---\n¦? ¦~¦1e400¦.nan"
)


@unhurried
@given(st.text(max_size=200) | YAML_FRAGMENTS)
def test_loading_any_text_fails_only_as_promised(text: str) -> None:
    with contextlib.suppress(SpecError):
        dump_app_spec(load_app_spec(text))
    with contextlib.suppress(SpecError):
        dump_module_spec(load_module_spec(text))


CELL = st.sampled_from(
    [
        "x = 1",
        "'''\n# %%\n'''",
        "from __future__ import annotations",
        "from __future__ import (annotations,\n  division)\ny = 2",
        "def handle(conf):\n    return {}",
        "# -*- coding: latin-1 -*-\nz = 'é'",
        "x = '中文'; from __future__ import annotations",
        "from __future__ import division; a = 1",
        "if x:\n\n    y = 1",
        '"""doc"""',
    ]
)


@unhurried
@given(st.lists(CELL | st.text(max_size=30), max_size=5))
def test_generated_handler_is_its_cells_and_nothing_else(cells: list[str]) -> None:
    try:
        source = generate_handler(cells)
    except SpecError:
        return
    body = [ast.unparse(each) for each in ast.parse(source.encode()).body[1:]]
    own = [ast.unparse(each) for cell in cells for each in ast.parse(cell).body]

    def without_moved(statements: list[str]) -> list[str]:
        return [each for each in statements if each != "pass" and not each.startswith("from __future__")]

    assert without_moved(body) == without_moved(own)


def _validated(section: Any, body: Any, from_form: bool) -> tuple[dict[str, Any] | None, list[dict[str, str]]]:
    try:
        return compile_validator(section, from_form=from_form)(body), []
    except InvalidInput as error:
        return None, [dict(each) for each in error.wrong]


@unhurried
@given(sections(), st.dictionaries(TEXT, PLAIN | st.floats(), max_size=4) | st.none(), st.booleans())
def test_validating_any_call_fails_only_as_promised(section: Any, values: Any, from_form: Any) -> None:
    names = [each.name for each in section]
    body = values if values is None else dict(zip(names, values.values(), strict=False)) | values
    result, errors = _validated(section, body, from_form)
    if result is None:
        assert errors or body is None
        assert all(isinstance(each["name"], str) and each["message"] for each in errors)
        return
    assert body is not None
    assert not errors
    assert set(body) <= set(names)
    assert set(result) <= set(names)
    for each in section:
        assert each.name in result or each.optional or from_form
        given_value = body.get(each.name)
        inside = isinstance(each.value_range, Interval) and each.value_type in (ValueType.INT, ValueType.FLOAT)
        if inside and given_value not in (None, ""):
            assert math.isfinite(result[each.name])
