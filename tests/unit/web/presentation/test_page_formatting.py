from datetime import UTC, datetime, timedelta

import pytest

from openmo.languages.language import CHINESE, ENGLISH
from openmo.web.pages.rendering import environment
from openmo.web.presentation import formatting

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1_390_000, "1.4 MB"), (5_000_000_000_000_000, "5,000 TB")],
)
def test_sizes_are_decimal(number: int, expected: str) -> None:
    assert formatting.size(number, ENGLISH) == expected


@pytest.mark.parametrize(
    ("passed", "english", "chinese"),
    [
        (timedelta(seconds=3), "just now", "刚刚"),
        (timedelta(seconds=-90), "just now", "刚刚"),
        (timedelta(minutes=5), "5 minutes ago", "5分钟前"),
        (timedelta(days=2), "2 days ago", "2天前"),
    ],
)
def test_moments_are_told_from_now(passed: timedelta, english: str, chinese: str) -> None:
    assert formatting.ago(NOW - passed, NOW, ENGLISH) == english
    assert formatting.ago(NOW - passed, NOW, CHINESE) == chinese


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.42, "0.4 s"), (59.9, "59 s"), (185, "3 min 05 s"), (7620, "2 h 07 min"), (-1, "0.0 s")],
)
def test_durations_have_two_units_at_most(seconds: float, expected: str) -> None:
    assert formatting.duration(seconds) == expected


def test_arguments_are_shown_as_they_can_be_typed_again() -> None:
    template = environment(ENGLISH).from_string("{{ args|shell }}")
    assert template.render(args=["--epochs", "10", "a b", ""]) == "--epochs 10 &#39;a b&#39; &#39;&#39;"
