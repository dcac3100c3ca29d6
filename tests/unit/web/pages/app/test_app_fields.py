from typing import Any

import pytest

from openmo.specs.files import read_app_spec
from openmo.web.pages.app.fields import AppField, app_fields


def field(**parameter: Any) -> AppField:
    (made,) = app_fields(read_app_spec({"input": {"a": parameter}}).inputs)
    return made


@pytest.mark.parametrize(
    ("value_type", "control"),
    [
        ("int", "number"),
        ("float", "number"),
        ("str", "text"),
        ("bool", "switch"),
        ("datetime", "datetime"),
        ("img", "file"),
        ("audio", "file"),
        ("video", "file"),
        ("file", "file"),
        ("dataframe", "table"),
        ("[float]", "list"),
        (["int"], "list"),
    ],
)
def test_each_type_has_its_control(value_type: Any, control: str) -> None:
    assert field(value_type=value_type).control == control


def test_a_range_with_two_ends_is_a_slider() -> None:
    made = field(value_type="float", value_range="0-10")
    assert (made.slider, made.low, made.high, made.step) == (True, "0", "10", "0.1")
    assert not field(value_type="float", value_range=">=0").slider
    assert field(value_type="int", value_range="0-1000").step == "1"
    assert field(value_type="float", value_range="1-1").step == "any"


def test_choices_become_a_list_to_pick_from() -> None:
    assert field(value_type="enum", value_range=["a", 2, True]).choices == ("a", "2", "true")


def test_what_has_a_default_need_not_be_given_and_is_not_called_optional() -> None:
    made = field(value_type="int", default_value=3)
    assert (made.required, made.optional, made.default) == (False, False, "3")
    assert field(value_type="int", optional=True).optional
    assert field(value_type="bool", default_value=False).default == "false"


def test_any_name_is_safe_in_a_page() -> None:
    (made,) = app_fields(read_app_spec({"output": {"<b>": {"value_type": "str"}}}).outputs, prefix="out")
    assert (made.name, made.control, made.id) == ("<b>", "text", "out-0")
