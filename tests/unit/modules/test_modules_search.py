"""Lists of modules: who sees what, page by page, in each order, on SQLite and PostgreSQL."""

from base64 import urlsafe_b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.clocks import ManualClock
from support.platform import Platform

from openmo.accounts.values import VISITOR, Actor
from openmo.core.catalogue import Category, ListScope, ListSort, check_tags
from openmo.core.errors import InvalidInput
from openmo.core.visibility import Visibility
from openmo.modules.repository import ModuleRepository
from openmo.modules.values import Module, ModuleQuery
from openmo.specs.module import ModuleKind

pytestmark = pytest.mark.both_databases  # they prove SQL


def later(platform: Platform) -> None:
    assert isinstance(platform.clock, ManualClock)
    platform.clock.advance(60)


def names(platform: Platform, actor: Actor, query: ModuleQuery) -> list[str]:
    """Of all pages, one after the other, as a reader turns them."""
    found: list[str] = []
    while True:
        page = platform.modules.search(actor, query)
        assert len(page.items) <= query.limit
        found += [item.name for item in page.items]
        if not page.next:
            return found
        query = replace(query, after=page.next)


def some_modules(platform: Platform, *shown: str) -> list[Module]:
    made = []
    for name in shown:
        made.append(platform.module("ada", name))
        later(platform)
    return made


def test_pages_hold_every_module_once_in_each_order(platform: Platform) -> None:
    made = some_modules(platform, "cut", "ant", "bee", "elk", "dog")
    project, other = platform.project("bob", "one"), platform.project("bob", "two")
    for target, module in ((project, made[0]), (other, made[0]), (project, made[3])):
        platform.imports.import_module(platform.actor("bob"), target, module)
    orders = {
        ListSort.NEWEST: ["dog", "elk", "bee", "ant", "cut"],
        ListSort.USED: ["cut", "elk", "dog", "bee", "ant"],
        ListSort.NAME: ["ant", "bee", "cut", "dog", "elk"],
    }
    for sort, order in orders.items():
        for limit in (1, 2, 5):
            assert names(platform, VISITOR, ModuleQuery(sort=sort, limit=limit)) == order


def test_a_page_goes_on_behind_its_last_row_whatever_was_published_meanwhile(platform: Platform) -> None:
    some_modules(platform, "a1", "a2", "a3")
    first = platform.modules.search(VISITOR, ModuleQuery(limit=2))
    some_modules(platform, "a4")
    rest = platform.modules.search(VISITOR, ModuleQuery(limit=2, after=first.next))
    assert [one.name for one in (*first.items, *rest.items)] == ["a3", "a2", "a1"]


def test_every_word_is_looked_for_in_names_texts_and_tags(platform: Platform) -> None:
    source = platform.folder.root / "source-of-ada-plain-module"
    platform.module("ada", "plain")
    platform.modules.create(
        platform.account("bob"),
        name="face_feature",
        version="1.0.0",
        title="人脸特征 100%",
        description="Finds FACES\nin Ärger_x",
        visibility=Visibility.PUBLIC,
        source=source,
        category=Category.IMAGE,
        tags=("人脸", "cnn"),
    )
    for words in ("人脸", "脸", "faces", "ärger", "bob/face", "100%", "face cnn", "r_x"):
        assert names(platform, VISITOR, ModuleQuery(search=words)) == ["face_feature"], words
    for words in ("faces absent", "plain cnn", "1%0", "a_cnn", "\\"):
        assert names(platform, VISITOR, ModuleQuery(search=words)) == [], words
    assert names(platform, VISITOR, ModuleQuery(tag="cnn")) == ["face_feature"]
    assert names(platform, VISITOR, ModuleQuery(tag="cn")) == []
    assert names(platform, VISITOR, ModuleQuery(category=Category.IMAGE)) == ["face_feature"]
    assert names(platform, VISITOR, ModuleQuery(category=Category.OTHER)) == ["plain"]
    assert names(platform, VISITOR, ModuleQuery(kind=ModuleKind.MODEL)) == []


def test_a_tag_is_a_line_of_its_own_that_no_description_can_fake(platform: Platform) -> None:
    platform.modules.create(
        platform.account("ada"),
        name="sly",
        version="1.0.0",
        title="Sly",
        description="first\n#cnn\nlast",
        visibility=Visibility.PUBLIC,
        source=module_source(platform),
    )
    assert "sly" not in names(platform, VISITOR, ModuleQuery(tag="cnn"))


def module_source(platform: Platform) -> Path:
    platform.module("eve", "source")
    return platform.folder.root / "source-of-eve-source-module"


def test_each_scope_holds_what_it_says(platform: Platform) -> None:
    mine = platform.module("ada", "mine", visibility=Visibility.PRIVATE)
    theirs = platform.module("bob", "theirs")
    platform.module("bob", "hidden", visibility=Visibility.PRIVATE)
    ada, bob = platform.actor("ada"), platform.actor("bob")
    assert set(names(platform, ada, ModuleQuery())) == {"mine", "theirs"}
    assert names(platform, ada, ModuleQuery(scope=ListScope.MINE)) == ["mine"]
    platform.modules.set_favourite(ada, theirs, marked=True)
    platform.modules.set_favourite(ada, theirs, marked=True)
    assert names(platform, ada, ModuleQuery(scope=ListScope.FAVOURITES)) == ["theirs"]
    assert names(platform, bob, ModuleQuery(scope=ListScope.FAVOURITES)) == []
    assert platform.modules.search(ada, ModuleQuery()).favourites == {theirs.id}
    platform.modules.set_favourite(ada, theirs, marked=False)
    assert names(platform, ada, ModuleQuery(scope=ListScope.FAVOURITES)) == []
    project = platform.project("ada")
    for module in (mine, theirs, mine):
        later(platform)
        platform.imports.import_module(ada, project, module)
    assert names(platform, ada, ModuleQuery(scope=ListScope.RECENT, limit=1)) == ["mine", "theirs"]
    for scope in (ListScope.MINE, ListScope.FAVOURITES, ListScope.RECENT):
        assert names(platform, VISITOR, ModuleQuery(scope=scope)) == []
    other = Actor(account=ada.account, only_apps=frozenset({"ada/x"}))
    assert names(platform, other, ModuleQuery()) == ["theirs"]


def test_a_place_that_no_page_gave_is_refused(platform: Platform) -> None:
    some_modules(platform, "one", "two")
    place = platform.modules.search(VISITOR, ModuleQuery(limit=1)).next
    for wrong in ("x", "!", "%", "Ö", place[8:], "bmV3ZXN0Cng"):
        with pytest.raises(InvalidInput):
            platform.modules.search(VISITOR, ModuleQuery(after=wrong))
    with pytest.raises(InvalidInput):
        platform.modules.search(VISITOR, ModuleQuery(after=place, sort=ListSort.NAME))


@pytest.mark.parametrize(
    ("sort", "value"),
    [
        (ListSort.NEWEST, "2026-01-01"),
        (ListSort.NEWEST, "0001-01-01T00:00:00+23:59"),
        (ListSort.NEWEST, "9999-12-31T23:59:59-23:59"),
        (ListSort.USED, "9" * 40),
    ],
)
def test_a_place_that_no_row_can_have_is_refused(platform: Platform, sort: ListSort, value: str) -> None:
    place = urlsafe_b64encode(f"{sort}\n{value}\nx".encode()).decode().rstrip("=")
    with pytest.raises(InvalidInput):
        platform.modules.search(VISITOR, ModuleQuery(after=place, sort=sort))


def test_the_count_of_imports_is_that_of_projects(platform: Platform) -> None:
    module = platform.module()
    with platform.database.begin() as connection:
        modules = ModuleRepository(connection)
        (first,) = modules.versions(module.id)
        modules.add_version(module.id, replace(first, version="1.1.0"))
    platform.store.link_tree(first.tree, platform.modules.path(module, "1.1.0"))
    ada, one, two = platform.actor("ada"), platform.project(name="one"), platform.project(name="two")
    counts = []
    for project, version in ((one, "1.0.0"), (one, "1.0.0"), (one, "1.1.0"), (two, "1.0.0")):
        platform.imports.import_module(ada, project, module, version)
        counts.append(platform.modules.get(ada, "openmo", module.name).imports)
    assert counts == [1, 1, 1, 2]
    platform.projects.remove_row(one, ada)
    assert platform.modules.get(ada, "openmo", module.name).imports == 1


@given(st.lists(st.text(max_size=40), max_size=14))
def test_tags_are_taken_or_refused(tags: list[str]) -> None:
    try:
        found = check_tags(tags)
    except InvalidInput as error:
        assert error.fields["field"] == "tags"  # noqa: PT017 (either outcome is right)
    else:
        assert check_tags(found) == found
        assert len(found) <= 10
        assert all(tag == tag.lower() and "\n" not in tag for tag in found)
