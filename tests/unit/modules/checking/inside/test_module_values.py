"""What methods return, told in bounded words whatever it claims to be, and judged by what a spec declares."""

import datetime as dt
import sys
from typing import Any

import numpy as np
from PIL import Image

from openmo.modules.checking.inside.describing import describe, form_of
from openmo.modules.checking.results import judge
from openmo.modules.checking.values import ProblemCode, WarningCode
from openmo.specs.values import Interval, Parameter, ValueType

T = ValueType


class Liar:
    __class__ = int  # type: ignore[assignment]  # a lie is what it is for

    def __repr__(self) -> str:
        raise SystemExit

    def __len__(self) -> int:
        raise SystemExit

    def __iter__(self) -> Any:
        raise SystemExit


class LyingType(type):
    def __eq__(cls, other: object) -> bool:
        raise SystemExit

    __hash__ = type.__hash__

    @property
    def __name__(cls) -> str:  # type: ignore[override]  # as above
        raise SystemExit


class Dressed(metaclass=LyingType):
    pass


class OddDict(dict[str, Any]):
    def items(self) -> Any:
        raise SystemExit

    def __getitem__(self, key: str) -> Any:
        raise SystemExit


class OddText(str):
    __slots__ = ()

    def __str__(self) -> str:
        raise SystemExit

    def __getitem__(self, key: Any) -> str:
        raise SystemExit


class OddNumber(int):
    def __repr__(self) -> str:
        raise SystemExit

    def __int__(self) -> int:
        raise SystemExit


def test_a_value_is_what_its_type_really_is() -> None:
    forms = [
        (None, "none"), (True, "bool"), (3, "int"), (OddNumber(3), "int"), (2.5, "float"), ("a", "str"),
        (OddText("a"), "str"), (b"a", "bytes"), ({}, "dict"), (OddDict(), "dict"), ((1,), "list"), ({1}, "list"),
        (np.int64(1), "int"), (np.float32(1), "float"), (np.bool_(True), "bool"), (np.zeros(2), "array"),
        (Image.new("L", (1, 1)), "picture"), (dt.date(2026, 1, 1), "date"), (Liar(), "other"), (Dressed(), "other"),
        (object(), "other"), (sys, "other"), (int, "other"),
    ]  # fmt: skip
    for value, form in forms:
        assert form_of(value) == form
        whole = next(describe("run", value))
        assert (whole.step, whole.name, whole.form) == ("run", "", form)


def test_what_crosses_is_bounded() -> None:
    result = {f"k{number}" * 300: "x" * 10_000 for number in range(500)}
    odd: dict[object, object] = {3: "no name", "n": 10**6000}
    values = list(describe("run", odd | result))
    assert len(values) <= 101
    assert max(len(value.encode()) for value in values) < 1500
    nested: list[Any] = []
    for _ in range(5000):
        nested = [nested]
    nested.append(nested)
    assert next(describe("run", nested)).elements == ["list"]
    assert next(describe("run", [OddNumber(1), "a", [2.5, None]])).elements == ["float", "int", "none", "str"]
    assert next(describe("run", np.zeros((2, 2), dtype="uint8"))).elements == ["int"]


def found(result: object, *outputs: Parameter) -> list[str]:
    return [each.code for each in judge("run", outputs, list(describe("run", result)))]


def output(kind: ValueType, **options: Any) -> Parameter:
    return Parameter(name="y", value_type=kind, **options)


P, W = ProblemCode, WarningCode


def test_each_type_takes_what_it_should() -> None:
    table: list[tuple[ValueType, list[object], list[object]]] = [
        (T.INT, [1, True, 2.0, np.int64(3), OddNumber(4)], ["1", 1.5, None, [1], Liar()]),
        (T.FLOAT, [1, 1.5, np.float32(2)], ["1", None, [1.0], True]),
        (T.BOOL, [True, 0, np.bool_(True)], ["yes", None, 1.5]),
        (T.STR, ["a", 1, 2.5, OddText("b")], [[1], {"a": 1}, None, b"a"]),
        (T.DATETIME, ["2026-01-01", dt.date(2026, 1, 1)], [1, None]),
        (T.INT_LIST, [[1, 2], (1,), np.array([1, 2]), [], [[1], [2]]], [1, ["a"], [1.5], np.array([1.5])]),
        (T.FLOAT_LIST, [[1, 2.5], np.array([1.5])], [["a"], "1.5", [Liar()]]),
        (T.STR_LIST, [["a", "b"], ["a", 1]], ["ab", [b"a"], [{}]]),
        (T.DATAFRAME, [[[1]], {"a": [1]}, np.zeros((2, 2))], [1, "a"]),
        (T.IMG, [Image.new("L", (1, 1)), np.zeros((2, 2)), b"png", "data:image/png;base64,x", __file__, "A" * 200],
         ["no/such/file.png", 1, "A b" * 100]),
        (T.FILE, [__file__, b"x"], ["no/such/file", 3]),
    ]  # fmt: skip
    for kind, fits, differs in table:
        assert [index for index, value in enumerate(fits) if found({"y": value}, output(kind))] == [], kind
        told = [found({"y": value}, output(kind)) for value in differs]
        assert told == [[P.OUTPUT_DIFFERS]] * len(differs), kind


def test_ranges_and_choices_hold_for_outputs() -> None:
    within = output(T.FLOAT, value_range=Interval(minimum=0, maximum=1))
    assert found({"y": 0.5}, within) == []
    assert found({"y": 2}, within) == [P.OUTPUT_DIFFERS]
    label = output(T.ENUM, value_range=("cat", "dog"))
    assert found({"y": "cat"}, label) == []
    assert found({"y": "fox"}, label) == [P.OUTPUT_DIFFERS]


def test_results_are_dictionaries_or_the_one_output_itself() -> None:
    one, other = output(T.INT_LIST), Parameter(name="z", value_type=T.INT, optional=True)
    assert found([1], one) == []
    assert found(["a"], one) == [P.OUTPUT_DIFFERS]
    assert found([1], one, other) == [P.RESULT_DIFFERS]
    assert found(OddDict(y=[1]), one, other) == []
    assert found({}, one, other) == [P.OUTPUT_MISSING]
    assert found({"y": [1], "more": 1}, one) == [W.OUTPUT_UNDECLARED]
    assert found({"key": [1]}, Parameter(name="y", key="key", value_type=T.INT_LIST)) == []
    assert found(None, one) == [P.OUTPUT_DIFFERS]
    assert found(Liar()) == []  # nothing is declared
    assert found({"y": Liar()}, Parameter(name="y", extra={"value_type": "ndarray"})) == []
