"""json_parser: every way in which parameters are written down."""

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openmo_sdk import BadParameters, json_parser
from openmo_sdk.parameters import Parameters

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), JSON.filter(lambda value: not isinstance(value, dict))))
def test_a_json_object_comes_back_as_it_is(values: dict[str, object]) -> None:
    assert json_parser(json.dumps(values)) == values
    assert json_parser(json.dumps(values).encode()) == values
    assert json_parser(values) == values


@given(st.dictionaries(st.text(), JSON))
def test_the_list_form_gives_the_values_by_name(values: dict[str, object]) -> None:
    assert json_parser([{"name": name, "value": value} for name, value in values.items()]) == values


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            '[{"default": 7, "des": "", "name": "k", "type": "input", "value": null, "value_type": "int"}]',
            {"k": 7},
        ),
        (
            '[{"default": null, "name": "ks", "type": "multiple_input", "values": ["1", 2], "value_type": "int"}]',
            {"ks": [1, 2]},
        ),
        ('[{"name": "a", "value": null, "default_value": "3", "value_type": "int"}]', {"a": 3}),
        ('[{"name": "a", "value": 0, "default": 3, "value_type": "int"}]', {"a": 0}),
        ('{"a": {"value": null, "default_value": 5, "value_type": "int"}}', {"a": 5}),
        (
            '{"a": {"default": [1], "value_type": "[int]"}, "b": {"value": null, "value_type": "str"}}',
            {"a": [1], "b": None},
        ),
        ('{"a": {"value_type": "int"}}', {"a": {"value_type": "int"}}),
    ],
)
def test_what_has_no_value_takes_its_default(written: str, expected: dict[str, object]) -> None:
    assert json_parser(written) == expected


@pytest.mark.parametrize(
    ("value", "value_type", "expected"),
    [
        ("5", "int", 5),
        (" 5 ", "int", 5),
        (5.0, "int", 5),
        ("5.1", "float", 5.1),
        (5, "float", 5.0),
        (5, "str", "5"),
        ("false", "bool", False),
        ("True", "bool", True),
        (0, "bool", False),
        (["1", 2], "[int]", [1, 2]),
        ("1, 2", "[float]", [1.0, 2.0]),
        ("[1, 2]", "[str]", ["1", "2"]),
        ("picture.png", "img", "picture.png"),
        (None, "int", None),
        ("x", None, "x"),
        ([1], "[img]", [1]),
    ],
)
def test_values_are_converted_to_their_type(value: object, value_type: object, expected: object) -> None:
    entry = {"value": value, "value_type": value_type}
    for source in ([{"name": "a", **entry}], {"a": entry}):
        result = json_parser(source)["a"]
        assert result == expected
        assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("value", "value_type"),
    [
        ("five", "int"),
        (5.5, "int"),
        (float("inf"), "int"),
        ({}, "float"),
        ("a,b", "[int]"),
        (5, "[int]"),
        ([[1]], "[int]"),
    ],
)
def test_a_value_of_the_wrong_type_is_named(value: object, value_type: str) -> None:
    with pytest.raises(BadParameters, match=r"Parameter 'width' should be .*correct the value"):
        json_parser([{"name": "width", "value": value, "value_type": value_type}])


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{'a': 1}", "double quotes"),
        ("", "line 1, column 1"),
        (b"\xff", "UTF-8"),
        ("5", "JSON object"),
        (None, "JSON object"),
        ("[" * 100_000, "nested"),
        ([{"value": 1}], "Parameter 1 of the list has no name"),
        ([1], "Parameter 1"),
        ([{"name": "a"}], "'a' has no"),
    ],
)
def test_what_is_no_parameters_says_what_would_be(source: object, said: str) -> None:
    with pytest.raises(BadParameters, match=said):
        json_parser(source)


def test_parameters_are_a_plain_dictionary_to_everybody_else() -> None:
    parameters = Parameters({"a": [1]}, wanted_by="x")
    assert json.dumps(parameters) == '{"a": [1]}'
    assert type(pickle.loads(pickle.dumps(parameters))) is dict
    assert parameters.get("b") is None
    assert "b" not in parameters
