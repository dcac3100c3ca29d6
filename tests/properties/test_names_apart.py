"""Whatever accounts and projects are called, no two projects share a server, a folder, an address or a cookie."""

import itertools
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.doses import dose

from openmo.config.origins import ProjectOrigins
from openmo.core.errors import InvalidInput
from openmo.core.ids import check_name, check_owner, new_slug

ORIGINS = ProjectOrigins("lab.example")
_OWNERS = ("a", "a-b", "a-b-c", "ada", "ada.b", "ada@b", "ada_b", "a" * 63, "a" * 62 + "b")
_NAMES = ("b", "b-c", "c", "c-d", "p", "iris", "iris-2", "iris_2", "x" * 63, "x" * 62 + "y", "1", "p-1", "a-b-c-d-e")
_LIKE = "аɑａΑᎪoοօ0OIl1|ıſﬁ"
"""Letters that look like others."""


def _marks(owner: str, slug: str) -> tuple[str, ...]:
    """All by which a project's server is known somewhere."""
    return (
        slug,
        f"{owner}--{slug}",
        f"lab-{owner}-{slug}.log",
        f"/user/{owner}/{slug}",
        f"jupyterhub-user-{owner}-{slug}",
        ORIGINS.host(slug, "lab.example"),
    )


def test_projects_with_names_made_to_collide_are_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """The random part alone tells equal names apart, so it is counted here instead: none of it may be cut off."""
    numbers = itertools.count()
    monkeypatch.setattr("openmo.core.ids.secrets.randbits", lambda _: next(numbers))
    pairs = itertools.islice(itertools.cycle(itertools.product(_OWNERS, _NAMES)), dose(10_000, 100_000))
    seen: list[Counter[str]] = [Counter() for _ in range(6)]
    for owner, name in pairs:
        for counter, mark in zip(seen, _marks(owner, new_slug(name)), strict=True):
            counter[mark.casefold()] += 1
    assert [max(counter.values()) for counter in seen] == [1] * 6


@given(st.text(st.sampled_from("aAbB-_. " + _LIKE), min_size=1, max_size=80))
def test_what_looks_like_another_name_is_that_name_or_refused(text: str) -> None:
    for check in (check_name, check_owner):
        try:
            found = check(text)
        except InvalidInput:
            continue
        assert found.isascii()
        assert found == text == text.casefold()


@given(st.text(st.characters(), max_size=100))
def test_a_slug_is_one_label_of_a_host(name: str) -> None:
    host = ORIGINS.host(new_slug(name), "lab.example")
    assert ORIGINS.slug(host)
    assert len(host.partition(".")[0]) <= 30
