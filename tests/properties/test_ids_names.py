"""Names and ids: whatever people type, what comes out can stand in URLs and never collides."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmo.core.errors import InvalidInput
from openmo.core.ids import RESERVED_NAMES, SLUG_MAX, check_name, check_owner, name_from_title, new_id, new_slug
from openmo.core.text import one_line, some_lines
from openmo.core.versions import Version

JUPYTERHUB_SERVER_NAME = re.compile(r"[a-z][a-z0-9-]{0,29}")
ANY_TEXT = st.text(st.characters(), max_size=100)


@given(ANY_TEXT)
def test_any_title_gives_a_valid_name(title: str) -> None:
    assert check_name(name_from_title(title, fallback="project"))


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("鸢尾花", "yuan-wei-hua"),
        ("鸢尾花 Iris 分类 2", "yuan-wei-hua-iris-fen-lei-2"),
        ("臺北", "tai-bei"),
        ("Café", "caf"),
        ("🎉", "project"),
        ("Jobs", "project"),
    ],
)
def test_a_chinese_title_gives_its_pinyin(title: str, name: str) -> None:
    assert name_from_title(title, fallback="project") == name


@given(ANY_TEXT)
def test_a_slug_is_a_server_name_for_jupyterhub(name: str) -> None:
    slug = new_slug(name)
    assert JUPYTERHUB_SERVER_NAME.fullmatch(slug)
    assert len(slug) <= SLUG_MAX
    assert "--" not in slug


@given(ANY_TEXT)
def test_no_two_slugs_are_equal(name: str) -> None:
    assert new_slug(name) != new_slug(name)


@given(st.text(string.printable + "äß中\u0000\u202e", max_size=70))
def test_a_name_that_is_accepted_is_safe_everywhere(name: str) -> None:
    try:
        check_name(name)
    except InvalidInput:
        return
    assert re.fullmatch(r"[a-z0-9_-]{1,63}", name)
    assert name[0].isalnum()
    assert name[-1].isalnum()
    assert name not in RESERVED_NAMES


@pytest.mark.parametrize("name", sorted(RESERVED_NAMES))
def test_a_name_that_our_own_pages_have_is_refused_with_that_reason(name: str) -> None:
    with pytest.raises(InvalidInput, match=f"'{name}' is taken by OpenMo's own pages"):
        check_name(name)


@given(st.text(string.printable + "äß中\u0000\u202e", max_size=70))
def test_an_owner_that_is_accepted_is_one_part_of_a_path(name: str) -> None:
    try:
        check_owner(name)
    except InvalidInput:
        return
    assert re.fullmatch(r"[a-z0-9._@-]{1,63}", name)
    assert name not in (".", "..")
    assert not name.startswith(".")


def test_ids_differ_and_sort_by_the_time_of_their_making(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [new_id() for _ in range(2000)]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[0-9a-z]{20}", one) for one in ids)
    made = []
    for moment in (1.0, 2.0, 1e9, 1.8e9, 4e9, 3e10):
        monkeypatch.setattr("openmo.core.ids.unix_now", lambda moment=moment: moment)
        made.append(new_id())
    assert made == sorted(made)


@given(ANY_TEXT)
def test_text_that_is_accepted_can_be_stored_and_shown(text: str) -> None:
    for check in (one_line, some_lines):
        try:
            kept = check(text, what="It", limit=50, field="x")
        except InvalidInput:
            continue
        assert kept.encode().decode() == kept
        assert "\0" not in kept
        assert "\x1b" not in kept
        assert len(kept) <= 50
        assert check is some_lines or "\n" not in kept


@given(st.tuples(*[st.integers(0, 10**9 - 1)] * 3), st.tuples(*[st.integers(0, 10**9 - 1)] * 3))
def test_versions_order_as_numbers_and_come_back_as_written(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    first, second = (Version.parse(".".join(map(str, parts))) for parts in (a, b))
    assert (first < second) == (a < b)
    assert Version.parse(str(first)) == first
    assert first.next_minor() > first


@given(st.text(st.sampled_from("0123456789.-+ v\n٣"), max_size=12))
def test_a_version_is_three_plain_numbers_or_refused(text: str) -> None:
    try:
        version = Version.parse(text)
    except InvalidInput:
        return
    assert str(version) == text
