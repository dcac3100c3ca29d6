"""A worker's word on what its handler returned is held against the spec once more."""

import json
from typing import Any

import pytest

from openmo.serving.forked.outputs import OutputCheck
from openmo.specs.values import Parameter, ValueType
from openmo.wire.strict import WrongMessage

GOOD: dict[ValueType, tuple[Any, ...]] = {
    ValueType.INT: (0, -7, 10**30, None),
    ValueType.FLOAT: (0, -1.5, 1e300, None),
    ValueType.STR: ("", "text", 3, ["a"], {"label": 0.5}, None),
    ValueType.ENUM: ("a", {"a": 0.25}, None),
    ValueType.BOOL: (True, False, 1, None),
    ValueType.DATETIME: ("2024-01-01T00:00:00", None),
    ValueType.DATAFRAME: ({"columns": [], "rows": []}, [{"a": "b"}], None),
    ValueType.INT_LIST: ([], [1, -2, None], [[1], [2, True]], None),
    ValueType.FLOAT_LIST: ([], [1, -2.5e-7, None], [[0.5]], None),
    ValueType.STR_LIST: ([], ["a", 1, None], None),
    **{kind: (None,) for kind in ValueType if kind.is_file},
}
BAD: dict[ValueType, tuple[Any, ...]] = {
    ValueType.INT: ("1", 1.5, 1e5, True, [1], {}),
    ValueType.FLOAT: ("1", True, [1.0], {}),
    ValueType.BOOL: ("true", [], {}),
    ValueType.DATETIME: (3, [], {}),
    ValueType.DATAFRAME: ("x", 1, True),
    ValueType.INT_LIST: ("[1]", 1, {}, ["a"], [{}], [1.5]),
    ValueType.FLOAT_LIST: ("[1]", 1.0, {}, ["a"], [[{"a": 1}]]),
    ValueType.STR_LIST: ("a", 1, {}),
    **{kind: ("/hub/logout", "", {}, [], 7, True) for kind in ValueType if kind.is_file},
}


def check(kind: ValueType, value: Any) -> bytes:
    return OutputCheck([Parameter(name="it", value_type=kind)])(json.dumps({"it": value}).encode(), {})


@pytest.mark.parametrize("kind", ValueType)
def test_every_type_lets_its_own_values_through(kind: ValueType) -> None:
    for value in GOOD[kind]:
        assert json.loads(check(kind, value)) == {"it": value}


@pytest.mark.parametrize("kind", BAD)
def test_no_type_lets_others_through(kind: ValueType) -> None:
    for value in BAD[kind]:
        with pytest.raises(WrongMessage):
            check(kind, value)


@pytest.mark.parametrize(
    ("output", "files"),
    [
        ('{"a": 1}', {}),
        ('{"a": 1, "file": null, "more": 1}', {}),
        ("[]", {}),
        ("null", {}),
        ('{"a": 1, "file": null}', {"a": "0.png"}),
        ('{"a": 1, "file": null}', {"other": "0.png"}),
    ],
)
def test_names_are_those_of_the_spec(output: str, files: dict[str, str]) -> None:
    spec = [Parameter(name="a", value_type=ValueType.INT), Parameter(name="file", value_type=ValueType.FILE)]
    with pytest.raises(WrongMessage):
        OutputCheck(spec)(output.encode(), files)


def test_an_address_hidden_behind_a_second_value_of_the_same_name_is_gone() -> None:
    spec = [Parameter(name="file", value_type=ValueType.FILE)]
    assert OutputCheck(spec)(b'{"file": "/hub/logout", "file": null}', {"file": "0.png"}) == b'{"file":null}'


def test_an_app_that_declares_nothing_returns_any_object_and_no_file() -> None:
    assert OutputCheck([])(b'{"x": [1, "a"]}', {}) == b'{"x": [1, "a"]}'
    with pytest.raises(WrongMessage):
        OutputCheck([])(b"{}", {"x": "0.png"})
