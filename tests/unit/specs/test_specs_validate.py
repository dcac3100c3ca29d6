import math
from typing import Any

import pytest

from openmo.core.errors import InvalidInput
from openmo.core.messages import translated
from openmo.specs.validate import MAX_ERRORS, compile_validator
from openmo.specs.values import Interval, Parameter, ValueType


def check(value_type: ValueType, value: Any, *, from_form: bool = False, **fields: Any) -> Any:
    parameter = Parameter(name="a", value_type=value_type, **fields)
    return compile_validator([parameter], from_form=from_form)({"a": value})["a"]


ACCEPTED = [
    (ValueType.INT, 3, 3),
    (ValueType.INT, 3.0, 3),
    (ValueType.INT, 10**400, 10**400),
    (ValueType.FLOAT, 3, 3.0),
    (ValueType.FLOAT, 1.5, 1.5),
    (ValueType.STR, "", ""),
    (ValueType.BOOL, False, False),
    (ValueType.DATETIME, "2026-01-31T08:30:00Z", "2026-01-31T08:30:00Z"),
    (ValueType.IMG, "/tmp/x.png", "/tmp/x.png"),
    (ValueType.DATAFRAME, [{"x": 1}], [{"x": 1}]),
    (ValueType.INT_LIST, [1, 2.0], [1, 2]),
    (ValueType.STR_LIST, [], []),
]
REFUSED = [
    (ValueType.INT, "3"),
    (ValueType.INT, True),
    (ValueType.INT, 3.5),
    (ValueType.INT, 1e308),
    (ValueType.INT, -1e16),
    (ValueType.INT_LIST, [1, 1e308]),
    (ValueType.INT, math.inf),
    (ValueType.INT, math.nan),
    (ValueType.FLOAT, True),
    (ValueType.FLOAT, "x"),
    (ValueType.FLOAT, 10**400),
    (ValueType.STR, 3),
    (ValueType.BOOL, 1),
    (ValueType.DATETIME, "tomorrow"),
    (ValueType.IMG, ""),
    (ValueType.IMG, "a\0b"),
    (ValueType.FILE, 3),
    (ValueType.DATAFRAME, 3),
    (ValueType.INT_LIST, [1, "x"]),
    (ValueType.INT_LIST, "1, 2"),
    (ValueType.STR_LIST, {"a": 1}),
]
FORM = [
    (ValueType.INT, " 3 ", 3),
    (ValueType.INT, "3.0", 3),
    (ValueType.FLOAT, "1.5", 1.5),
    (ValueType.FLOAT, "1e3", 1000.0),
    (ValueType.BOOL, "true", True),
    (ValueType.BOOL, "on", True),
    (ValueType.BOOL, "0", False),
    (ValueType.STR, "", ""),
    (ValueType.STR, "12", "12"),
    (ValueType.INT_LIST, "1, 2，3", [1, 2, 3]),
    (ValueType.INT_LIST, "[1, 2]", [1, 2]),
    (ValueType.INT_LIST, ["1", "2"], [1, 2]),
    (ValueType.STR_LIST, "a\nb", ["a", "b"]),
]
FORM_REFUSED = [
    (ValueType.INT, "1.5"),
    (ValueType.INT, "9" * 5000),
    (ValueType.INT, ""),
    (ValueType.FLOAT, "one"),
    (ValueType.BOOL, "perhaps"),
    (ValueType.INT_LIST, "[1, 2"),
    (ValueType.INT_LIST, "1, x"),
    (ValueType.DATETIME, "2026-13-01"),
]


@pytest.mark.parametrize(("value_type", "value", "expected"), ACCEPTED)
def test_json_accepted(value_type: ValueType, value: Any, expected: Any) -> None:
    found = check(value_type, value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(("value_type", "value"), REFUSED)
def test_json_refused(value_type: ValueType, value: Any) -> None:
    with pytest.raises(InvalidInput) as raised:
        check(value_type, value)
    assert [each["name"] for each in raised.value.wrong] == ["a"]


@pytest.mark.parametrize(("value_type", "value", "expected"), FORM)
def test_form_accepted(value_type: ValueType, value: Any, expected: Any) -> None:
    assert check(value_type, value, from_form=True) == expected


@pytest.mark.parametrize(("value_type", "value"), FORM_REFUSED)
def test_form_refused(value_type: ValueType, value: Any) -> None:
    with pytest.raises(InvalidInput):
        check(value_type, value, from_form=True)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, -0.1, 10.5, 10])
def test_range(value: float) -> None:
    span = Interval(minimum=0, maximum=10, maximum_excluded=True)
    assert check(ValueType.FLOAT, 0, value_range=span) == 0
    with pytest.raises(InvalidInput, match="at least 0 and less than 10"):
        check(ValueType.FLOAT, value, value_range=span)


def test_open_range_refuses_infinity() -> None:
    with pytest.raises(InvalidInput, match="finite"):
        check(ValueType.FLOAT, math.inf, value_range=Interval(minimum=0))
    assert check(ValueType.INT, 10**400, value_range=Interval(minimum=0)) == 10**400


def test_range_of_list_elements() -> None:
    with pytest.raises(InvalidInput, match="Element 2"):
        check(ValueType.INT_LIST, [1, 20], value_range=Interval(maximum=10))


def test_enum() -> None:
    assert check(ValueType.ENUM, "b", value_range=("a", "b")) == "b"
    assert check(ValueType.ENUM, 2.0, value_range=(2, 4)) == 2
    assert check(ValueType.ENUM, "2", value_range=(2, 4), from_form=True) == 2
    assert check(ValueType.INT, 4, value_range=(2, 4)) == 4
    for value in ("c", True, None, ["a"], {"a": 1}, math.nan):
        with pytest.raises(InvalidInput):
            check(ValueType.ENUM, value, value_range=("a", 1))


def test_missing_unknown_and_wrong_are_told_at_once() -> None:
    spec = [Parameter(name=name, value_type=ValueType.INT) for name in ("a", "b", "c")]
    with pytest.raises(InvalidInput, match=r"^3 inputs are wrong") as raised:
        compile_validator(spec)({"a": "x", "b": 1, "d": 1})
    assert {each["name"] for each in raised.value.wrong} == {"a", "c", "d"}


def test_defaults_and_optionals() -> None:
    spec = [
        Parameter(name="a", value_type=ValueType.INT_LIST, default_value=[1], has_default=True),
        Parameter(name="b", value_type=ValueType.INT, optional=True),
        Parameter(name="c", value_type=ValueType.INT, default_value=None, has_default=True),
    ]
    validate = compile_validator(spec)
    first = validate({})
    assert first == {"a": [1], "c": None}
    first["a"].append(2)
    assert validate({"b": None, "a": None}) == {"a": [1], "c": None}
    assert compile_validator(spec, from_form=True)({"a": "", "b": "", "c": "5"}) == {"a": [1], "c": 5}


def test_an_unticked_box_is_false() -> None:
    spec = [Parameter(name="a", value_type=ValueType.BOOL)]
    assert compile_validator(spec, from_form=True)({}) == {"a": False}
    with pytest.raises(InvalidInput):
        compile_validator(spec)({})


def test_null_for_a_required_input() -> None:
    with pytest.raises(InvalidInput, match="required"):
        check(ValueType.STR, None)


@pytest.mark.parametrize("body", [None, [], "x", 3])
def test_a_body_that_is_no_object(body: Any) -> None:
    with pytest.raises(InvalidInput):
        compile_validator([])(body)


def test_a_hostile_body_gets_a_short_answer() -> None:
    with pytest.raises(InvalidInput) as raised:
        compile_validator([])({f"{number}" * 300: 1 for number in range(5000)})
    assert len(raised.value.wrong) == MAX_ERRORS
    assert len(str(raised.value)) < 500


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("x", "<this must be a whole number, not <text>.>"),
        (7, "<this must be <<at least 0> and <no more than 5>>, not 7.>"),
        (None, "<this input is required.>"),
    ],
)
def test_what_is_wrong_can_be_said_in_another_language(value: Any, said: str) -> None:
    parameter = Parameter(name="n", value_type=ValueType.INT, value_range=Interval(minimum=0, maximum=5))
    with pytest.raises(InvalidInput) as refused:
        compile_validator([parameter])({} if value is None else {"n": value})
    message = refused.value.wrong[0]["message"]
    assert translated(message, lambda text: f"<{text.lower()}>") == said
