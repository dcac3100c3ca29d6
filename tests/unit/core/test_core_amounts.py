"""Amounts as people write and read them."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmo.core.amounts import memory_text, parse_memory, parse_seconds, time_text
from openmo.core.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "size"),
    [("", None), ("1024", 1024), ("512M", 512 << 20), ("2g", 2 << 30), ("1.5 GiB", 3 << 29), ("2GB", 2 * 10**9)],
)
def test_memory(text: str, size: int | None) -> None:
    assert parse_memory(text) == size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("", None), ("90", 90), ("45s", 45), ("30m", 1800), ("1h30m", 5400), ("2 d 4 h", 187200), ("1h 5 min", 3900)],
)
def test_time(text: str, seconds: float | None) -> None:
    assert parse_seconds(text) == seconds


@given(st.text(max_size=60))
def test_anything_else_is_refused(text: str) -> None:
    for parse in (parse_memory, parse_seconds):
        with suppress(InvalidInput):
            found = parse(text)
            assert found is None or found >= 0


@given(st.integers(60, 10**8))
def test_a_time_that_is_shown_can_be_typed_again(seconds: int) -> None:
    again = parse_seconds(time_text(seconds))
    assert again is not None
    assert 0 <= seconds - again < max(60, seconds * 0.05)


@given(st.integers(1 << 20, 1 << 50))
def test_memory_that_is_shown_can_be_typed_again(size: int) -> None:
    again = parse_memory(memory_text(size))
    assert again is not None
    assert abs(size - again) <= size * 0.05
