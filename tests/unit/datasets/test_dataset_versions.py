"""Versions of datasets: all of one is there, or nothing of it."""

from pathlib import Path
from typing import Any

import pytest
from support.clocks import ManualClock
from support.files import write_files
from support.platform import Platform

from openmo.accounts.values import VISITOR
from openmo.core.catalogue import Category
from openmo.core.errors import Conflict, Forbidden, InvalidInput, NotFound, NotSignedIn
from openmo.core.hostile.folder import HostileFolder
from openmo.core.visibility import Visibility
from openmo.datasets.repository import DatasetRepository
from openmo.datasets.values import DatasetDraft
from openmo.events.values import Cursor, DatasetPublished, EventFilter
from openmo.storage.store import TreeSummary


def stored(platform: Platform, name: str, **files: str) -> TreeSummary:
    source = platform.folder.root / f"tree-{name}"
    write_files(source, files or {"data.csv": name})
    return platform.store.put_tree(HostileFolder(source))


def lying(platform: Platform) -> list[str]:
    """Folders of versions that lie about, staged ones too."""
    root = platform.folder.datasets
    found = [*root.glob("public/*/*"), *root.glob("private/*/*/*"), *root.glob(".staged/*")]
    return sorted(str(path.relative_to(root)) for path in found)


@pytest.mark.both_databases
def test_a_dataset_begins_with_version_1_and_grows(platform: Platform) -> None:
    ada = platform.actor("ada")
    draft = DatasetDraft(
        name="cats", title=" Cats  and\ndogs ", category=Category.IMAGE, tags=("Pets", "猫"), licence="CC-BY-4.0"
    )
    made = platform.datasets.begin(ada, draft, stored(platform, "one"), "first")
    assert made == platform.datasets.get(ada, "ada", "cats")
    assert (made.title, made.tags, made.category) == ("Cats and dogs", ("pets", "猫"), Category.IMAGE)
    assert (made.version, made.files, made.bytes, made.licence, made.imports) == (1, 1, 3, "CC-BY-4.0", 0)
    assert made.visibility is Visibility.PRIVATE
    assert isinstance(platform.clock, ManualClock)
    platform.clock.advance(60)
    grown = platform.datasets.add_version(ada, made, stored(platform, "three"), notes="more", base=1)
    assert grown == platform.datasets.get(ada, "ada", "cats")
    assert (grown.version, grown.bytes) == (2, 5)
    assert grown.updated_at > made.updated_at
    assert [(platform.datasets.path(grown, number) / "data.csv").read_text() for number in (1, 2)] == ["one", "three"]
    with platform.database.read() as connection:
        versions = DatasetRepository(connection).versions(made.id)
        assert DatasetRepository(connection).versions(made.id, before=2, limit=1) == versions[1:]
    assert [(each.number, each.notes) for each in versions] == [(2, "more"), (1, "first")]
    told = platform.events.since(Cursor(0), EventFilter(kinds=(DatasetPublished,), owner_id=made.owner_id)).events
    assert [one.event.version for one in told if isinstance(one.event, DatasetPublished)] == [1, 2]


def test_nothing_is_left_of_a_version_that_could_not_be_published(
    platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, tree = platform.actor("ada"), stored(platform, "one")
    dataset = platform.dataset("ada", "cats")
    before = lying(platform)
    append = platform.events.append

    def fail(*args: object, **options: object) -> None:
        del args, options
        raise RuntimeError("the power went")

    monkeypatch.setattr(platform.events, "append", fail)
    with pytest.raises(RuntimeError):
        platform.datasets.add_version(ada, dataset, tree, notes="")
    with pytest.raises(RuntimeError):
        platform.datasets.begin(ada, DatasetDraft(name="dogs"), tree)
    assert lying(platform) == before
    assert platform.datasets.get(ada, "ada", "cats") == dataset
    with pytest.raises(NotFound):
        platform.datasets.get(ada, "ada", "dogs")
    monkeypatch.setattr(platform.events, "append", append)
    assert platform.datasets.add_version(ada, dataset, tree, notes="").version == 2


def test_what_lies_where_a_version_goes_makes_way_for_it(platform: Platform) -> None:
    """A server that ended between the move and the commit has left it there."""
    dataset = platform.dataset("ada", "cats")
    left = platform.datasets.path(dataset, 2)
    write_files(left, {"old.csv": "left behind"})
    platform.datasets.add_version(platform.actor("ada"), dataset, stored(platform, "one"), notes="")
    assert [path.name for path in left.iterdir()] == ["data.csv"]


@pytest.mark.both_databases
def test_two_who_begin_from_one_version_do_not_overwrite_each_other(platform: Platform) -> None:
    ada, dataset = platform.actor("ada"), platform.dataset("ada", "cats")
    platform.datasets.add_version(ada, dataset, stored(platform, "one"), notes="", base=1)
    with pytest.raises(Conflict, match="Version 2 of ada/cats"):
        platform.datasets.add_version(ada, dataset, stored(platform, "two"), notes="", base=1)
    assert platform.datasets.add_version(ada, dataset, stored(platform, "two"), notes="").version == 3


def test_only_its_owner_makes_versions(platform: Platform, tmp_path: Path) -> None:
    tree, public = stored(platform, "one"), platform.dataset("ada", "cats")
    private = platform.dataset("ada", "mine", visibility=Visibility.PRIVATE)
    bob = platform.actor("bob")
    with pytest.raises(Forbidden):
        platform.datasets.add_version(bob, public, tree, notes="")
    with pytest.raises(NotFound):
        platform.datasets.add_version(bob, private, tree, notes="")
    with pytest.raises(NotSignedIn):
        platform.datasets.begin(VISITOR, DatasetDraft(name="x"), tree)
    (tmp_path / "nothing").mkdir()
    empty = platform.store.put_tree(HostileFolder(tmp_path / "nothing"))
    with pytest.raises(InvalidInput, match="at least one file"):
        platform.datasets.begin(bob, DatasetDraft(name="x"), empty)


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("name", {"name": "../x"}),
        ("title", {"title": "x" * 201}),
        ("description", {"description": "\0"}),
        ("tags", {"tags": ("a b",)}),
        ("licence", {"licence": "x" * 81}),
    ],
)
def test_wrong_words_are_refused_by_field(platform: Platform, field: str, said: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        platform.datasets.begin(
            platform.actor("ada"), DatasetDraft(**{"name": "cats", **said}), stored(platform, "one")
        )
    assert refused.value.fields["field"] == field
    assert lying(platform) == []
