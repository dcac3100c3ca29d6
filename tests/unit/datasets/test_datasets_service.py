"""Datasets: made once, imported as links, seen by those who may."""

import os
from pathlib import Path

import pytest
from support.platform import Platform

from openmo.accounts.values import VISITOR
from openmo.core.errors import Conflict, Damaged, Forbidden, InvalidInput, NotFound
from openmo.core.hostile.folder import HostileFolder
from openmo.core.visibility import Visibility
from openmo.datasets.values import Dataset, DatasetQuery
from openmo.projects.values import Project


@pytest.fixture
def project(platform: Platform) -> Project:
    return platform.project(visibility=Visibility.PUBLIC)


def entry(platform: Platform, project: Project, name: str = "openmo-iris") -> Path:
    return platform.workspace(project) / "datasets" / name


def next_version(platform: Platform, dataset: Dataset, text: str) -> Dataset:
    source = platform.folder.root / "next"
    source.mkdir()
    (source / "data.csv").write_text(text)
    tree = platform.store.put_tree(HostileFolder(source))
    return platform.datasets.add_version(platform.actor(dataset.owner), dataset, tree, notes="")


def test_an_import_is_a_link_to_what_cannot_change(platform: Platform, project: Project) -> None:
    dataset = platform.dataset()
    done = platform.imports.import_dataset(platform.actor("ada"), project, dataset)
    assert done.folder == "datasets/openmo-iris"
    assert entry(platform, project).is_symlink()
    data = entry(platform, project) / "data.csv"
    assert data.read_text() == "a,b\n1,2\n"
    assert data.stat().st_mode & 0o222 == 0
    assert platform.imports.readable_paths(project) == (entry(platform, project).resolve(),)
    assert any(
        entry(platform, project).resolve().is_relative_to(zone) for zone in platform.imports.readable_zones(project)
    )


def test_a_dataset_with_other_bytes_than_were_stored_is_not_imported(platform: Platform, project: Project) -> None:
    dataset = platform.dataset()
    data = platform.datasets.path(dataset) / "data.csv"
    data.chmod(0o644)
    data.write_text("a,b\n1,3\n")
    with pytest.raises(Damaged, match=r"data\.csv"):
        platform.imports.import_dataset(platform.actor("ada"), project, dataset)
    assert platform.imports.datasets(platform.actor("ada"), project) == ()
    assert not entry(platform, project).exists()


@pytest.mark.both_databases
def test_importing_again_brings_the_newest_version(platform: Platform, project: Project) -> None:
    actor, dataset = platform.actor("ada"), platform.dataset()
    platform.imports.import_dataset(actor, project, dataset)
    newer = next_version(platform, dataset, "newer")
    assert (entry(platform, project) / "data.csv").read_text() == "a,b\n1,2\n"
    (imported,) = platform.imports.datasets(actor, project)
    assert (imported.version, imported.dataset.version) == (1, 2)
    assert platform.imports.import_dataset(actor, project, newer).version == 2
    assert (entry(platform, project) / "data.csv").read_text() == "newer"
    assert len(platform.imports.datasets(actor, project)) == 1


@pytest.mark.both_databases
def test_a_dataset_counts_the_projects_that_import_it(platform: Platform, project: Project) -> None:
    ada, dataset, other = platform.actor("ada"), platform.dataset(), platform.project("ada", "other")
    counts = []
    for target in (project, project, other):
        platform.imports.import_dataset(ada, target, dataset)
        counts.append(platform.datasets.get(ada, "openmo", "iris").imports)
    platform.imports.remove_dataset(ada, other, dataset)
    counts.append(platform.datasets.get(ada, "openmo", "iris").imports)
    platform.projects.remove_row(project, ada)
    counts.append(platform.datasets.get(ada, "openmo", "iris").imports)
    assert counts == [1, 1, 2, 1, 0]


def test_removing_an_import_keeps_the_data(platform: Platform, project: Project) -> None:
    actor, dataset = platform.actor("ada"), platform.dataset()
    platform.imports.import_dataset(actor, project, dataset)
    platform.imports.remove_dataset(actor, project, dataset)
    assert not os.path.lexists(entry(platform, project))
    assert (platform.datasets.path(dataset) / "data.csv").is_file()
    with pytest.raises(NotFound, match="does not import"):
        platform.imports.remove_dataset(actor, project, dataset)


def test_what_the_user_put_in_its_place_is_theirs(platform: Platform, project: Project) -> None:
    actor, dataset = platform.actor("ada"), platform.dataset()
    platform.write(project, {"datasets/openmo-iris/own.csv": "mine"})
    with pytest.raises(Conflict, match="rename it"):
        platform.imports.import_dataset(actor, project, dataset)
    assert platform.imports.datasets(actor, project) == ()
    assert (entry(platform, project) / "own.csv").read_text() == "mine"


def test_a_datasets_folder_that_is_a_link_is_refused(platform: Platform, project: Project) -> None:
    outside = platform.folder.root / "outside"
    outside.mkdir()
    (platform.workspace(project) / "datasets").rmdir()
    (platform.workspace(project) / "datasets").symlink_to(outside)
    with pytest.raises(Conflict, match="datasets"):
        platform.imports.import_dataset(platform.actor("ada"), project, platform.dataset())
    assert list(outside.iterdir()) == []


def test_two_datasets_whose_folders_read_the_same_do_not_share_one(platform: Platform, project: Project) -> None:
    actor = platform.actor("ada")
    first, second = platform.dataset("x-y", "z"), platform.dataset("x", "y-z")
    assert first.folder == second.folder
    platform.imports.import_dataset(actor, project, first)
    with pytest.raises(Conflict, match="x-y/z"):
        platform.imports.import_dataset(actor, project, second)
    assert [item.dataset.id for item in platform.imports.datasets(actor, project)] == [first.id]
    platform.imports.remove_dataset(actor, project, first)
    platform.imports.import_dataset(actor, project, second)


@pytest.mark.both_databases
def test_a_private_dataset_is_its_owners(platform: Platform, project: Project) -> None:
    mine = platform.dataset("ada", "mine", visibility=Visibility.PRIVATE)
    ada, bob = platform.actor("ada"), platform.actor("bob")
    platform.imports.import_dataset(ada, project, mine)
    assert [item.dataset.name for item in platform.imports.datasets(ada, project)] == ["mine"]
    for other in (bob, VISITOR):
        assert platform.datasets.search(other, DatasetQuery()).items == ()
        assert platform.imports.datasets(other, project) == ()
        for look in (platform.dataset_files.readme, platform.dataset_files.folder, platform.dataset_files.manifest):
            with pytest.raises(NotFound):
                look(other, mine, 1)
    theirs = platform.project("bob", "theirs")
    with pytest.raises(NotFound):
        platform.imports.import_dataset(bob, theirs, mine)
    assert not any(mine.id in str(path) for path in platform.imports.readable_zones(theirs))


def test_only_the_owner_changes_what_a_project_imports(platform: Platform, project: Project) -> None:
    dataset = platform.dataset()
    for change in (platform.imports.import_dataset, platform.imports.remove_dataset):
        with pytest.raises(Forbidden):
            change(platform.actor("bob"), project, dataset)


@pytest.mark.both_databases
def test_a_taken_name_leaves_the_first_dataset_and_nothing_else(platform: Platform) -> None:
    first = platform.dataset()
    with pytest.raises(Conflict, match="iris"):
        platform.dataset()
    assert platform.datasets.get(VISITOR, "openmo", "iris") == first
    assert [path.name for path in (platform.folder.datasets / "public").iterdir()] == [first.id]


def test_a_dataset_needs_a_file(platform: Platform, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(InvalidInput, match="at least one file"):
        platform.datasets.create(
            platform.account("ada"),
            name="empty",
            title="",
            description="",
            visibility=Visibility.PUBLIC,
            source=tmp_path / "nothing",
        )


def test_files_of_a_dataset_are_shown_and_nothing_beside_it(platform: Platform) -> None:
    dataset = platform.dataset(files={"README.md": "# Iris", "inner/a.csv": "1"})
    assert platform.dataset_files.readme(VISITOR, dataset, 1) == "# Iris"
    assert [one.path for one in platform.dataset_files.folder(VISITOR, dataset, 1, "inner").items] == ["inner/a.csv"]
    assert platform.dataset_files.view(VISITOR, dataset, 1, "inner/a.csv").text == "1"
    with pytest.raises(InvalidInput):
        platform.dataset_files.view(VISITOR, dataset, 1, "../x")
