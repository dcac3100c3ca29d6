"""Which paths a file of a dataset may have, and which of them a pattern means."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmo.core.errors import InvalidInput
from openmo.datasets.uploads.paths import check_pattern, matcher, upload_path

WRONG = (
    *("", "/", "/etc/passwd", "../x", "a/../b", "a/./b", "a//b", "a/", "..", ".", "a\\b", "..\\x", "C:\\x"),
    *("a\0b", "a\nb", "a\x7f", "a\u2028b", "\ud800", "x" * 256, "手" * 86, "/".join(["a"] * 65), "a/" * 600 + "b"),
)


@pytest.mark.parametrize("path", WRONG, ids=lambda path: ascii(path)[:20])
def test_paths_that_lead_elsewhere_or_cannot_be_shown_are_refused(path: str) -> None:
    with pytest.raises(InvalidInput):
        upload_path(path)


@pytest.mark.parametrize("path", ["a", ".gitignore", "a b/手写 数字.png", "...", "a;b", "%2e%2e/x", "-rf", "~"])
def test_plain_paths_stay_as_they_are(path: str) -> None:
    assert upload_path(path) == path


def test_one_name_has_one_form() -> None:
    assert upload_path(unicodedata.normalize("NFD", "é/ü.txt")) == unicodedata.normalize("NFC", "é/ü.txt")


@pytest.mark.parametrize(
    ("pattern", "like", "unlike"),
    [
        ("a.txt", ["a.txt"], ["b.txt", "x/a.txt", "a.txt.old"]),
        ("images", ["images/1.png", "images/deep/2.png", "images"], ["image", "x/images/1.png"]),
        ("images/*.png", ["images/1.png"], ["images/1.jpg", "images/deep/2.png"]),
        ("**/*.png", ["1.png", "a/1.png", "a/b/1.png"], ["1.jpg"]),
        ("a/**", ["a/b", "a/b/c"], ["b/a"]),
        ("a/**/z", ["a/z", "a/b/z", "a/b/c/z"], ["a/b", "z"]),
        ("?", ["手"], ["ab"]),
        ("*a*b*", ["ab", "xaxbx"], ["ba"]),
    ],
)
def test_what_patterns_mean(pattern: str, like: list[str], unlike: list[str]) -> None:
    matches = matcher([check_pattern(pattern)])
    assert [path for path in (*like, *unlike) if matches(path)] == like


@pytest.mark.parametrize("pattern", ["", "/", "../*", "a//b", "x" * 256])
def test_patterns_that_can_match_nothing_are_refused(pattern: str) -> None:
    with pytest.raises(InvalidInput):
        check_pattern(pattern)


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_a_name_is_like_a_pattern_as_regular_expressions_have_it(pattern: str, name: str) -> None:
    if pattern in ("", "**") or not name:
        return
    expression = "".join({"*": ".*", "?": "."}.get(char, char) for char in pattern)
    assert matcher([pattern])(name) == bool(re.fullmatch(expression, name))


def test_no_pattern_takes_long() -> None:
    assert not matcher(["/".join(["**", "*a" * 120 + "b"])])("/".join(["a" * 250] * 4))
