import time
from textwrap import dedent

import pytest

from openmo.specs.errors import SpecFileError
from openmo.specs.files import dump_app_spec, load_app_spec, load_module_spec
from openmo.specs.safe_yaml import MAX_TEXT
from openmo.specs.values import Interval, Parameter, Spec, ValueType


def test_contract_example() -> None:
    spec = load_app_spec(
        dedent("""
        input:
          a:
            value_type: float
            description: petal length in cm
            default_value: 1.4
            value_range: "0-10"
            optional: false
          b: {value_type: int, des: "short", value_range: [2, 4, 6], optional: yes}
        output:
          class:
            value_type: str
            description: species
        """)
    )
    assert spec.inputs == (
        Parameter(
            name="a",
            value_type=ValueType.FLOAT,
            description="petal length in cm",
            default_value=1.4,
            has_default=True,
            value_range=Interval(minimum=0, maximum=10),
        ),
        Parameter(name="b", value_type=ValueType.INT, description="short", value_range=(2, 4, 6), optional=True),
    )
    assert spec.outputs == (Parameter(name="class", description="species"),)


def test_merge_keys_and_unknown_keys_are_kept() -> None:
    spec = load_app_spec(
        dedent("""
        default: &default
          optional: true
          unit: cm
        title: 我的应用
        input:
          a: {<<: *default, value_type: int}
          b: {<<: *default, optional: false}
        """)
    )
    first, second = spec.inputs
    assert (first.value_type, first.optional, first.extra) == (ValueType.INT, True, {"unit": "cm"})
    assert (second.value_type, second.optional, second.check) == (ValueType.STR, False, True)
    assert spec.extra == {"default": {"optional": True, "unit": "cm"}, "title": "我的应用"}
    assert load_app_spec(dump_app_spec(spec)) == spec
    assert "我的应用" in dump_app_spec(spec)


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("", Spec()),
        ("input:\noutput:\n", Spec()),
        ("input: {a: float}", Spec(inputs=(Parameter(name="a", value_type=ValueType.FLOAT),))),
        ("input: {a: }", Spec(inputs=(Parameter(name="a"),))),
        ("input: {a: {value_type: [int]}}", Spec(inputs=(Parameter(name="a", value_type=ValueType.INT_LIST),))),
        ("input: {1: {value_type: Image}}", Spec(inputs=(Parameter(name="1", value_type=ValueType.IMG),))),
        (
            "input: {yes: {value_range: [no, on]}}",
            Spec(inputs=(Parameter(name="yes", value_type=ValueType.ENUM, value_range=("no", "on")),)),
        ),
        (
            "input: {a: {value_type: datetime, default_value: 2020-01-01}}",
            Spec(
                inputs=(
                    Parameter(name="a", value_type=ValueType.DATETIME, default_value="2020-01-01", has_default=True),
                )
            ),
        ),
    ],
)
def test_accepted(text: str, spec: Spec) -> None:
    assert load_app_spec(text) == spec


RANGES = {
    "0-10": Interval(minimum=0, maximum=10),
    "-5--2": Interval(minimum=-5, maximum=-2),
    "1e-3 ~ 0.5": Interval(minimum=0.001, maximum=0.5),
    ">=10": Interval(minimum=10),
    "<= 10": Interval(maximum=10),
    "≥1, <3": Interval(minimum=1, maximum=3, maximum_excluded=True),
    ">0": Interval(minimum=0, minimum_excluded=True),
}


@pytest.mark.parametrize(("text", "expected"), RANGES.items())
def test_ranges(text: str, expected: Interval) -> None:
    assert (
        load_app_spec(f"input: {{a: {{value_type: float, value_range: '{text}'}}}}").inputs[0].value_range == expected
    )


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 10)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
TEXT_BOMB = f"a: &x {'y' * 200_000}\nb: [{', '.join(['*x'] * 900)}]"
MERGE_BOMB = "a: &a {k: 1}\n" + "".join(
    f"{new}: &{new} {{<<: [{','.join([f'*{old}'] * 10)}]}}\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("input:\n  a:\n    value_type: complex", 3, "not a value_type"),
        ("input:\n  a:\n    value_type: int\n    value_range: about", 4, "not a value_range"),
        ("input:\n  a:\n    value_range: 10-0", 3, "not a value_range"),
        ("input:\n  a:\n    optional: perhaps", 3, "true or false"),
        ("input:\n  a:\n    description: [1]", 3, "is text"),
        ("input:\n  a: {value_type: enum}", 2, "needs its choices"),
        ("input:\n  a: {}\n  a: {}", 3, "appears twice"),
        ("input: [1]", 1, "must be a mapping"),
        ("just text", 1, "must be a mapping"),
        ("input:\n  a: [1, 2]", 2, "must be a mapping"),
        ("input:\n  ? [1]\n  : {}", 2, "plain text"),
        ("input: {a: {default_value: .nan}}", 1, "finite"),
        ("input: {a: {default_value: !!python/object/apply:os.system [ls]}}", 1, "could not determine a constructor"),
        ("input: {a: {default_value: !!binary aGk=}}", 1, "could not determine a constructor"),
        ("input:\n\ta: 1", 2, "not valid YAML"),
        ("input: {", 1, "not valid YAML"),
        ("a: 1\n---\nb: 1", None, "not valid YAML"),
        ("input: \x07", None, "not valid YAML"),
        ("input: &x\n  a: *x", 1, "refers to itself"),
        (BOMB, None, "write it out plainly"),
        (MERGE_BOMB, None, "write it out plainly"),
        (TEXT_BOMB, None, "write it out plainly"),
        ("[" * 5000, None, "write it out plainly"),
        ("a: *x", 1, "not valid YAML"),
        ("#" * (MAX_TEXT + 1), None, "256 KiB"),
    ],
)
def test_refused_with_the_line(text: str, line: int | None, words: str) -> None:
    started = time.monotonic()
    with pytest.raises(SpecFileError) as raised:
        load_app_spec(text)
    assert words in str(raised.value)
    assert line is None or raised.value.line == line
    assert raised.value.code == "invalid_spec"
    assert time.monotonic() - started < 20  # a bomb that goes off would take hours


def test_module_spec() -> None:
    spec = load_module_spec("input: {train: {epochs: int}, predict: {x: float}}\noutput: {predict: {y: float}}\n")
    assert [each.name for each in spec.inputs["train"]] == ["epochs"]
    assert [each.name for each in spec.outputs["predict"]] == ["y"]
    with pytest.raises(SpecFileError, match="no method of a module"):
        load_module_spec("input: {fit: {}}")
