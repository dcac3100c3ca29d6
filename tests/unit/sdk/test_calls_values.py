"""What passes between environments comes back as it was, and what cannot pass is refused by its place."""

import contextlib
import datetime as dt
import enum
import math
import os
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from openmo_sdk import CannotPass, shared_array
from openmo_sdk.calls.parcel import BadFrame, Incoming
from openmo_sdk.calls.values import Decoder
from PIL import Image
from support.module_calls import descriptors, trip


def same(one: Any, other: Any) -> bool:
    """Equal, and of the same types throughout."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray | np.generic):
        return bool(one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes())
    if isinstance(one, dict):
        return len(one) == len(other) and all(
            same(a, b) and same(one[a], other[b]) for a, b in zip(one, other, strict=True)
        )
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float):
        return (math.isnan(one) and math.isnan(other)) or (
            one == other and math.copysign(1, one) == math.copysign(1, other)
        )
    return bool(one == other)


ZONES = st.none() | st.just(dt.UTC) | st.sampled_from([ZoneInfo("Asia/Shanghai"), dt.timezone(dt.timedelta(hours=-3))])
TEXTS = st.text(st.characters(categories=["L", "N", "P", "Z", "C"]))  # half characters, too
KEYS = st.none() | st.booleans() | st.integers() | TEXTS | st.binary() | st.dates()
SCALARS = (
    KEYS
    | st.floats()
    | st.complex_numbers(allow_nan=False)
    | st.datetimes(timezones=ZONES)
    | st.times()
    | st.timedeltas()
    | st.sets(KEYS)
    | st.frozensets(KEYS)
    | st.binary().map(bytearray)
)
ARRAYS = arrays.arrays(
    arrays.scalar_dtypes() | arrays.array_dtypes(), arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4)
)
VALUES = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(KEYS, inner),
    max_leaves=12,
)


@given(VALUES)
@example({"$": "int", "hex": "0x1"})
@example([10**5000, -(2**1024), 2**1024, 2**64])
@example({1: {"$": 2}, None: [], (): b""})
@example(b"x" * 100_000)
@example([np.float32(1.5), np.str_(""), np.datetime64("2020-01-01T00:00", "m"), np.True_])
def test_every_value_comes_back_as_it_was(value: Any) -> None:
    assert same(trip(value), value)


@given(ARRAYS, st.data())
def test_views_of_arrays_come_back_as_they_look(array: Any, data: st.DataObject) -> None:
    view = array.T[tuple(data.draw(st.slices(side)) for side in array.T.shape)]
    found = trip(view)
    assert (found.dtype, found.shape) == (view.dtype, view.shape)
    assert found.tobytes() == view.tobytes()


@given(st.data())
def test_views_of_shared_arrays_come_back_without_a_copy(data: st.DataObject) -> None:
    array = shared_array((6, 5), "i4")
    array[:] = np.arange(30).reshape(6, 5)
    view = array[tuple(data.draw(st.slices(side)) for side in array.shape)].T
    found = trip(view)
    assert found.tolist() == view.tolist()
    if view.size:
        array += 100  # seen on both sides: it is the same memory
        assert found.tolist() == view.tolist()


def test_what_the_receiver_writes_is_its_own() -> None:
    array = shared_array(1000)
    found = trip(array)
    found[:] = 5
    assert not array.any()
    assert trip(np.zeros(100_000)).flags.writeable


def test_a_path_passes_as_a_path() -> None:
    assert trip({"folder": Path("digits")}) == {"folder": Path("digits")}


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "CMYK", "I", "F", "I;16"])
def test_images_come_back_with_their_pixels(mode: str) -> None:
    image = Image.frombytes(mode, (5, 3), os.urandom(len(Image.new(mode, (5, 3)).tobytes())))
    found = trip(image)
    assert (found.mode, found.size, found.tobytes()) == (image.mode, image.size, image.tobytes())


def test_an_image_keeps_its_palette() -> None:
    image = Image.frombytes("RGB", (8, 8), os.urandom(192)).convert("P")
    image.info["transparency"] = 3
    found = trip(image)
    assert found.convert("RGB").tobytes() == image.convert("RGB").tobytes()
    assert found.info == {"transparency": 3}


class Colour(enum.IntEnum):
    RED = 1


class Point(NamedTuple):
    x: int
    y: int


LOOP: list[Any] = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (object(), "is of the class object"),
        (Colour.RED, "is of the class test_calls_values.Colour"),
        (Point(1, 2), "is of the class test_calls_values.Point"),
        (np.array([object()]), "is an array of Python objects (dtype object)"),
        (np.ma.array([1]), "is of the class numpy.ma.MaskedArray"),
        (np.zeros(2, [("a", "i4"), ("b", "O")]), "is an array of Python objects"),
        ((each for each in "ab"), "is of the class generator"),
    ],
)
def test_what_has_no_form_is_refused_by_its_place(value: Any, problem: str) -> None:
    with pytest.raises(CannotPass) as refused:
        trip({"model": [1, {"inner": value}]})
    assert str(refused.value).startswith(f"['model'][1]['inner'] {problem}")


def test_what_holds_itself_is_refused() -> None:
    with pytest.raises(CannotPass, match="holds itself"):
        trip(LOOP)


def test_plain_data_beyond_the_limit_is_refused() -> None:
    with pytest.raises(CannotPass, match="more than 64 MiB outside of arrays"):
        trip(["x" * (1 << 20)] * 65)


def test_objects_cannot_be_shared() -> None:
    with pytest.raises(CannotPass, match="holds Python objects"):
        shared_array(3, object)


def test_nothing_stays_open_when_arrays_are_gone() -> None:
    before = descriptors()
    for _ in range(20):
        kept = [trip([np.zeros(100_000), shared_array(10)]), trip(shared_array(5)[1:])]
        kept.clear()
    assert descriptors() == before


KINDS = ["int", "dict", "bytes", "tuple", "set", "complex", "path", "time", "array", "scalar", "image", "table", "?"]
GARBAGE = st.recursive(
    st.none() | st.integers() | st.floats() | st.sampled_from([*KINDS, "|O", "f8", "<U3", "date", "RGB", "UTC"]),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(
            st.sampled_from(
                [
                    "$",
                    "data",
                    "dtype",
                    "shape",
                    "strides",
                    "items",
                    "pairs",
                    "text",
                    "class",
                    "zone",
                    "hex",
                    "mode",
                    "size",
                ]
            ),
            inner,
        )
        | st.fixed_dictionaries({"$": st.sampled_from(KINDS), "data": st.lists(st.integers(-3, 70))})
    ),
)


@given(GARBAGE)
@example({"$": "array", "dtype": "|O", "shape": [1], "data": [-1, 0, 8]})
@example({"$": "array", "dtype": "f8", "shape": [1 << 40], "strides": [8], "data": [-1, 0, 8]})
@example({"$": "array", "dtype": "f8", "shape": [4], "strides": [-8], "data": [-1, 0, 8]})
@example({"$": "image", "mode": "RGB", "size": [1 << 30, 1 << 30]})
@example({"$": "bytes", "data": [0, 0, 1]})
def test_what_no_honest_side_writes_is_refused_or_harmless(form: Any) -> None:
    with contextlib.suppress(BadFrame, ModuleNotFoundError):  # the latter of pandas, where it is not installed
        Decoder(Incoming(bytearray(64), [])).decode(form)
