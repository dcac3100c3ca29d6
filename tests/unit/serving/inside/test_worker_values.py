"""What handlers may return, and what their callers are told when it is something else."""

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from openmo.serving.inside.files_out import store_output
from openmo.serving.inside.handler_file import HandlerShape, load_handler
from openmo.serving.inside.values_out import WrongOutput, checked, encode, named_outputs, plain


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("int", 3, 3),
        ("int", True, 1),
        ("int", 3.0, 3),
        ("int", np.int64(3), 3),
        ("float", 3, 3),
        ("float", np.float32(0.5), 0.5),
        ("float", float("nan"), None),
        ("float", float("inf"), None),
        ("bool", np.bool_(True), True),
        ("str", "x", "x"),
        ("str", 3, 3),
        ("str", {"cat": np.float64(0.9)}, {"cat": 0.9}),
        ("str", {np.int64(1): (1, 2)}, {"1": [1, 2]}),
        ("[float]", np.array([1.5, np.nan]), [1.5, None]),
        ("[int]", range(2), None),
        ("[int]", (1, 2), [1, 2]),
        ("[str]", {"a"}, ["a"]),
        ("datetime", dt.date(2026, 1, 31), "2026-01-31"),
        ("dataframe", [{"a": 1}], [{"a": 1}]),
        ("enum", "b", "b"),
        ("int", None, None),
    ],
)
def test_values_become_json(kind: str, value: Any, expected: Any) -> None:
    if isinstance(value, range):
        with pytest.raises(WrongOutput, match="range"):
            checked("a", kind, value)
        return
    assert checked("a", kind, value) == expected
    json.loads(encode(checked("a", kind, value)))


@pytest.mark.parametrize(
    ("kind", "value"),
    [("int", "3"), ("int", 3.5), ("float", "x"), ("bool", "yes"), ("[float]", ["x"]), ("[int]", 3), ("dataframe", 3)],
)
def test_a_wrong_type_names_the_output_and_both_types(kind: str, value: Any) -> None:
    with pytest.raises(WrongOutput, match=rf"'mask'.*{type(value).__name__}"):
        checked("mask", kind, value)


def test_what_json_cannot_hold_is_named() -> None:
    with pytest.raises(WrongOutput, match="object"):
        plain(object())
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(WrongOutput, match="nested"):
        plain(endless)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=20,
    )
)
def test_any_plain_value_is_valid_json_afterwards(value: Any) -> None:
    json.loads(encode(plain(value)))


def test_missing_and_undeclared_outputs_are_named() -> None:
    assert named_outputs({"a": 1}, {"a": "int"}) == {"a": 1}
    assert named_outputs(5, {"a": "int"}) == {"a": 5}
    assert named_outputs({"anything": 1}, {}) == {"anything": 1}
    with pytest.raises(WrongOutput, match="no 'b'"):
        named_outputs({"a": 1}, {"a": "int", "b": "int"})
    with pytest.raises(WrongOutput, match=r"'c'.*does not declare"):
        named_outputs({"a": 1, "c": 2}, {"a": "int"})
    with pytest.raises(WrongOutput, match="returned a tuple"):
        named_outputs((1, 2), {"a": "int", "b": "int"})
    with pytest.raises(WrongOutput, match="NoneType"):
        named_outputs(None, {"a": "int"})


def test_an_error_instead_of_outputs_is_the_failure() -> None:
    declared = {"label": "str", "confidence": "float"}
    with pytest.raises(
        WrongOutput, match=r"^handle\(\) returned \{'error': 'no model'\} and no 'label', 'confidence'\.$"
    ):
        named_outputs({"error": "no model"}, declared)
    with pytest.raises(WrongOutput, match="'error': 'half'"):
        named_outputs({"label": "x", "confidence": 1, "error": "half"}, declared)
    assert named_outputs({"label": "x", "confidence": 1, "error": ""}, declared) == {"label": "x", "confidence": 1}
    assert named_outputs({"label": "x"}, {"label": "str", "error": "str"}) == {"label": "x", "error": None}


def test_an_output_may_be_given_under_its_key_or_its_name() -> None:
    keys = {"flower_toolkit_class": "class"}
    for result in ({"class": "x"}, {"flower_toolkit_class": "x"}, '{"flower_toolkit_class": "x"}'):
        assert named_outputs(result, {"class": "str"}, keys) == {"class": "x"}
    swapped = {"a": "b", "b": "a"}
    assert named_outputs({"a": 1, "b": 2}, {"a": "int", "b": "int"}, swapped) == {"a": 1, "b": 2}
    with pytest.raises(WrongOutput, match="no 'class'"):
        named_outputs({"other": 1}, {"class": "str"}, keys)


@pytest.fixture
def own_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a handler imports is forgotten afterwards."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(sys, "modules", dict(sys.modules))


class Figure:
    """Saves itself as matplotlib's figures do."""

    def savefig(self, path: Path, format: str) -> None:  # noqa: A002 (matplotlib's name)
        path.write_bytes(b"\x89PNG figure " + format.encode())


@pytest.mark.parametrize(
    ("kind", "value", "suffix"),
    [
        ("img", Image.new("L", (3, 2)), ".png"),
        ("img", np.zeros((2, 3)), ".png"),
        ("img", np.zeros((2, 3, 3), dtype=np.uint8), ".png"),
        ("img", np.ones((2, 3, 1), dtype=bool), ".png"),
        ("img", b"\x89PNG...", ".png"),
        ("img", Figure(), ".png"),
        ("audio", (8000, np.zeros(10)), ".wav"),
        ("file", b"data", ".bin"),
    ],
)
def test_file_outputs_become_files(tmp_path: Path, kind: str, value: Any, suffix: str) -> None:
    path = store_output("o", kind, value, folder=tmp_path / "out", roots=())
    assert path is not None
    assert path.suffix == suffix
    assert path.parent == tmp_path / "out"
    assert path.stat().st_size


@pytest.mark.parametrize("value", [3, np.zeros((2, 2, 5)), np.zeros(3), object(), {"a": 1}])
def test_what_is_no_image_is_named(tmp_path: Path, value: Any) -> None:
    with pytest.raises(WrongOutput, match="'o'"):
        store_output("o", "img", value, folder=tmp_path / "out", roots=())


@pytest.mark.parametrize(
    ("source", "inputs", "conf", "expected"),
    [
        ("def handle(conf): return conf['a']", ["a"], {"a": 1}, 1),
        ("def handle(conf={}): return conf['a']", ["a"], {"a": 1}, 1),
        ("def handle(a, b=2): return a + b", ["a", "b"], {"a": 1}, 3),
        ("def handle(a: int): return a", ["a"], {"a": 1, "other": 2}, 1),
        ("def handle(*, a): return a", ["a"], {"a": 1}, 1),
        ("def handle(**all): return all", ["a"], {"a": 1}, {"a": 1}),
        ("async def handle(conf): return conf['a']", ["a"], {"a": 1}, 1),
        ("class H:\n def __call__(self, conf): return conf['a']\nhandle = H()", ["a"], {"a": 1}, 1),
        ("from helper import double\ndef handle(conf): return double(conf['a'])", ["a"], {"a": 1}, 2),
    ],
)
@pytest.mark.usefixtures("own_modules")
def test_handlers_are_called_as_they_are_written(
    tmp_path: Path, source: str, inputs: list[str], conf: Any, expected: Any
) -> None:
    (tmp_path / "handler.py").write_text(source)
    (tmp_path / "helper.py").write_text("def double(x): return 2 * x")
    assert load_handler(tmp_path, inputs)(conf) == expected


@pytest.mark.parametrize("source", ["", "handle = 3", "def handle(a, b): ..."])
@pytest.mark.usefixtures("own_modules")
def test_a_wrong_shape_is_named(tmp_path: Path, source: str) -> None:
    (tmp_path / "handler.py").write_text(source)
    with pytest.raises(HandlerShape, match="handle"):
        load_handler(tmp_path, ["a"])
