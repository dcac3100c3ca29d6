from typing import Any

import pytest

from openmo.web.pages.app.fields import AppField, app_fields


def field(**parameter: Any) -> AppField:
    (made,) = app_fields({"a": parameter})
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
        ("nonsense", "text"),
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


@pytest.mark.parametrize("parameters", [None, [], "text", 3])
def test_a_malformed_spec_shows_no_fields(parameters: Any) -> None:
    assert app_fields(parameters) == ()


def test_a_malformed_parameter_is_shown_as_text() -> None:
    (made,) = app_fields({"<b>": "float"})
    assert (made.name, made.control, made.id) == ("<b>", "text", "in-0")
