"""What every object store promises, whichever engine is behind it."""

import os
import shutil
import subprocess
import threading
from pathlib import Path, PurePosixPath

import pytest
from support.files import write_files

from openmo.core.errors import Damaged, InvalidInput, NotFound
from openmo.core.hostile.folder import HostileFolder
from openmo.storage.folder import FolderObjectStore
from openmo.storage.memory import MemoryObjectStore
from openmo.storage.store import ObjectStore


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    return FolderObjectStore(tmp_path / "store") if request.param == "folder" else MemoryObjectStore()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    write_files(folder, {"a.txt": "one", "inner/b.txt": "two", "inner/deep/手写.txt": "three", "empty.txt": ""})
    (folder / "nothing").mkdir()
    return folder


def content(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def test_a_tree_comes_back_as_it_was(store: ObjectStore, source: Path, tmp_path: Path) -> None:
    summary = store.put_tree(HostileFolder(source))
    for show in (store.link_tree, store.copy_tree):
        target = tmp_path / show.__name__
        show(summary.digest, target)
        assert content(target) == content(source)
        assert (target / "nothing").is_dir()
    assert (summary.files, summary.bytes) == (4, 11)
    assert summary.largest[0] == ("inner/deep/手写.txt", 5)


def test_equal_trees_have_equal_digests_and_others_do_not(store: ObjectStore, source: Path, tmp_path: Path) -> None:
    digest = store.put_tree(HostileFolder(source)).digest
    store.copy_tree(digest, tmp_path / "copy")
    assert store.put_tree(HostileFolder(tmp_path / "copy")).digest == digest
    (tmp_path / "copy" / "a.txt").write_text("One")
    assert store.put_tree(HostileFolder(tmp_path / "copy")).digest != digest
    (tmp_path / "copy" / "a.txt").write_text("one")
    (tmp_path / "copy" / "a.txt").chmod(0o755)
    assert store.put_tree(HostileFolder(tmp_path / "copy")).digest != digest


def test_what_is_stored_never_changes(store: ObjectStore, source: Path, tmp_path: Path) -> None:
    digest = store.put_tree(HostileFolder(source)).digest
    store.link_tree(digest, tmp_path / "linked")
    (source / "a.txt").write_text("changed at its source")
    (source / "inner" / "b.txt").unlink()
    store.copy_tree(digest, tmp_path / "copied")
    (tmp_path / "copied" / "a.txt").write_text("changed in a copy")
    store.link_tree(digest, tmp_path / "again")
    assert content(tmp_path / "linked") == content(tmp_path / "again")
    assert (tmp_path / "again" / "a.txt").read_text() == "one"


def test_a_linked_tree_is_read_only_and_a_copy_is_not(store: ObjectStore, source: Path, tmp_path: Path) -> None:
    (source / "run.sh").write_text("#!/bin/sh\n")
    (source / "run.sh").chmod(0o755)
    digest = store.put_tree(HostileFolder(source)).digest
    store.link_tree(digest, tmp_path / "linked")
    store.copy_tree(digest, tmp_path / "copied")
    for path in (tmp_path / "linked").rglob("*.*"):
        assert path.stat().st_mode & 0o222 == 0
    assert (tmp_path / "linked" / "run.sh").stat().st_mode & 0o100
    assert (tmp_path / "copied" / "run.sh").stat().st_mode & 0o300 == 0o300
    assert (tmp_path / "copied" / "a.txt").stat().st_mode & 0o300 == 0o200


def test_what_is_not_kept_is_not_entered(store: ObjectStore, source: Path) -> None:
    asked: list[str] = []

    def keep(path: PurePosixPath) -> bool:
        asked.append(str(path))
        return path.name != "inner"

    assert store.put_tree(HostileFolder(source), keep=keep).files == 2
    assert not any(path.startswith("inner/") for path in asked)


def test_links_within_the_tree_stay_and_no_other(store: ObjectStore, source: Path, tmp_path: Path) -> None:
    inside = {"good": "a.txt", "inner/up": "../a.txt", "folder": "inner/deep", "inner/here": "."}
    outside = {"absolute": "/etc/passwd", "over": "../x", "inner/far": "../../x", "hidden": "inner/../../x"}
    for name, target in (inside | outside).items():
        (source / name).symlink_to(target)
    digest = store.put_tree(HostileFolder(source)).digest
    store.link_tree(digest, tmp_path / "shown")
    links = {
        path.relative_to(tmp_path / "shown").as_posix(): str(path.readlink())
        for path in (tmp_path / "shown").rglob("*")
        if path.is_symlink()
    }
    assert links == inside


def test_no_chain_of_links_leads_out(store: ObjectStore, source: Path, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("outside")
    (source / "inner" / "up").symlink_to("..")
    (source / "out").symlink_to("inner/up/../x")
    (source / "inner" / "deep" / "twice").symlink_to("../up/../x")
    store.copy_tree(store.put_tree(HostileFolder(source)).digest, tmp_path / "shown")
    root = (tmp_path / "shown").resolve()
    for path in root.rglob("*"):
        assert path.resolve().is_relative_to(root), path


def test_what_is_no_file_is_left_out(store: ObjectStore, source: Path) -> None:
    os.mkfifo(source / "pipe")
    assert store.put_tree(HostileFolder(source)).files == 4


def test_of_files_that_are_wanted_the_small_ones_are_read_first(store: ObjectStore, tmp_path: Path) -> None:
    (tmp_path / "tree" / "a").mkdir(parents=True)
    for name, size in (("a/large", 100), ("a/middle", 10), ("small", 3), ("unwanted", 1)):
        (tmp_path / "tree" / name).write_bytes(name[-1].encode() * size)
    digest = store.put_tree(HostileFolder(tmp_path / "tree")).digest

    def read(limit: int, total: int) -> dict[str, bytes]:
        return store.read_files(digest, lambda path: path != "unwanted", limit=limit, total=total)

    assert read(limit=5, total=1000) == {"a/large": b"eeeee", "a/middle": b"eeeee", "small": b"lll"}
    assert read(limit=50, total=62) == {"a/middle": b"e" * 10, "small": b"lll"}
    assert read(limit=50, total=2) == {}


def test_an_empty_folder_is_a_tree(store: ObjectStore, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    summary = store.put_tree(HostileFolder(tmp_path / "nothing"))
    store.link_tree(summary.digest, tmp_path / "shown")
    assert (summary.files, list((tmp_path / "shown").iterdir())) == (0, [])


def test_an_unknown_tree_is_not_found(store: ObjectStore, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        store.summary("0" * 64)
    for show in (store.link_tree, store.copy_tree):
        with pytest.raises(NotFound):
            show("0" * 64, tmp_path / "target")
    assert not (tmp_path / "target").exists()


def test_a_target_that_exists_is_left_alone(store: ObjectStore, source: Path, tmp_path: Path) -> None:
    digest = store.put_tree(HostileFolder(source)).digest
    write_files(tmp_path / "taken", {"mine.txt": "keep me"})
    with pytest.raises(OSError, match="taken"):
        store.link_tree(digest, tmp_path / "taken")
    assert content(tmp_path / "taken") == {"mine.txt": "keep me"}
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(".")) == []


def test_names_of_any_bytes_survive(store: ObjectStore, source: Path, tmp_path: Path) -> None:
    odd = os.fsdecode(b"caf\xe9 \xff")
    (source / odd).write_text("odd")
    store.copy_tree(store.put_tree(HostileFolder(source)).digest, tmp_path / "copy")
    assert (tmp_path / "copy" / odd).read_text() == "odd"


# What only the folder store can get wrong.


def test_a_file_that_changes_within_one_time_stamp_is_read_again(tmp_path: Path) -> None:
    store, source = FolderObjectStore(tmp_path / "store"), tmp_path / "source"
    write_files(source, {"a.txt": "one"})
    first, status = store.put_tree(HostileFolder(source)), (source / "a.txt").stat()
    (source / "a.txt").write_text("two")
    os.utime(source / "a.txt", ns=(status.st_atime_ns, status.st_mtime_ns))
    assert store.put_tree(HostileFolder(source)).digest != first.digest


def test_a_file_is_stored_once(tmp_path: Path) -> None:
    store, source = FolderObjectStore(tmp_path / "store"), tmp_path / "source"
    write_files(source, {f"{number}.txt": "the same" for number in range(40)})
    store.put_tree(HostileFolder(source))
    objects = [path for path in (tmp_path / "store" / "objects").rglob("*") if path.is_file()]
    assert len(objects) == 1
    assert objects[0].stat().st_mode & 0o777 == 0o444


def test_a_lost_index_or_a_broken_one_costs_time_only(tmp_path: Path) -> None:
    store, source = FolderObjectStore(tmp_path / "store"), tmp_path / "source"
    write_files(source, {"a.txt": "one"})
    digest = store.put_tree(HostileFolder(source)).digest
    for index in (tmp_path / "store" / "index").iterdir():
        index.write_text("{broken")
    assert store.put_tree(HostileFolder(source)).digest == digest


def test_folders_nested_without_end_are_refused(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    here = os.open(source, os.O_RDONLY)
    for _ in range(1500):
        os.mkdir("d", dir_fd=here)
        inner = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    os.close(here)
    try:
        with pytest.raises(InvalidInput, match="deep"):
            FolderObjectStore(tmp_path / "store").put_tree(HostileFolder(source))
    finally:  # pytest, which removes old folders by recursion, would fail at this one in every later run
        subprocess.run(["rm", "-rf", str(source)], check=True)


def test_many_at_once_store_the_same_file_whole(tmp_path: Path) -> None:
    store, sources = FolderObjectStore(tmp_path / "store"), [tmp_path / f"s{number}" for number in range(8)]
    for source in sources:
        write_files(source, {"big.txt": "x" * 3_000_000})
    digests: list[str] = []
    threads = [
        threading.Thread(target=lambda s=source: digests.append(store.put_tree(HostileFolder(s)).digest))
        for source in sources
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(digests)) == 1
    store.link_tree(digests[0], tmp_path / "shown")
    assert (tmp_path / "shown" / "big.txt").stat().st_size == 3_000_000
    assert not [path for path in (tmp_path / "store" / "objects").iterdir() if path.name.startswith(".")]


def test_files_are_told_apart_by_their_content_and_mode(store: ObjectStore, source: Path) -> None:
    before = store.files(store.put_tree(HostileFolder(source)).digest)
    assert {path: file.bytes for path, file in before.items()} == {
        "a.txt": 3,
        "inner/b.txt": 3,
        "inner/deep/手写.txt": 5,
        "empty.txt": 0,
    }
    (source / "a.txt").write_text("two")
    (source / "empty.txt").chmod(0o755)
    after = store.files(store.put_tree(HostileFolder(source)).digest)
    assert after["a.txt"].content == before["inner/b.txt"].content
    changed = {path for path in after if after[path] != before[path]}
    assert changed == {"a.txt", "empty.txt"}
    with pytest.raises(NotFound):
        store.files("0" * 64)


def test_what_is_shown_is_checked_against_its_digest(store: ObjectStore, source: Path, tmp_path: Path) -> None:
    digest = store.put_tree(HostileFolder(source)).digest
    target = tmp_path / "target"
    store.link_tree(digest, target)
    store.check_linked(digest, target)
    changed = target / "inner" / "b.txt"
    for swap in ("another", None):
        changed.unlink()
        if swap is not None:
            changed.write_text(swap)
        with pytest.raises(Damaged, match=r"b\.txt"):
            store.check_linked(digest, target)
    with pytest.raises(NotFound):
        store.check_linked("0" * 64, target)


def test_a_list_that_was_changed_on_disk_is_not_that_of_its_digest(source: Path, tmp_path: Path) -> None:
    store = FolderObjectStore(tmp_path / "store")
    digest = store.put_tree(HostileFolder(source)).digest
    store.link_tree(digest, tmp_path / "target")
    manifest = tmp_path / "store" / "trees" / f"{digest}.json"
    manifest.chmod(0o600)
    manifest.write_bytes(manifest.read_bytes().replace(b"empty.txt", b"other.txt"))
    with pytest.raises(Damaged, match="list of stored files"):
        store.check_linked(digest, tmp_path / "target")


def _other_bytes(store: Path) -> None:
    """As a failing disk or a hasty hand leaves them: every stored file holds others, and as many."""
    for path in (store / "objects").glob("??/*"):
        path.chmod(0o644)
        path.write_bytes(bytes(byte ^ 1 for byte in path.read_bytes()))
        path.chmod(0o444)


@pytest.mark.parametrize("show", ["link_tree", "copy_tree"])
def test_other_bytes_than_were_stored_are_never_shown(source: Path, tmp_path: Path, show: str) -> None:
    store = FolderObjectStore(tmp_path / "store")
    os.utime(source / "a.txt", ns=(10**18, 10**18))  # long ago: the next save need not read it
    digest = store.put_tree(HostileFolder(source)).digest
    _other_bytes(tmp_path / "store")
    assert len(store.examine()[1]) == 3, "all but the empty one"
    with pytest.raises(Damaged, match="is damaged"):
        getattr(store, show)(digest, tmp_path / "shown")
    assert [path.name for path in tmp_path.iterdir() if "shown" in path.name] == []
    assert store.put_tree(HostileFolder(source)).digest == digest, "the next save stores them anew"
    getattr(store, show)(digest, tmp_path / "shown")
    assert content(tmp_path / "shown") == content(source)
    assert store.examine() == (4, ())


def test_the_same_file_is_stored_anew_where_its_object_is_damaged(source: Path, tmp_path: Path) -> None:
    store = FolderObjectStore(tmp_path / "store")
    store.put_tree(HostileFolder(source))
    _other_bytes(tmp_path / "store")
    shutil.copytree(source, tmp_path / "other")  # whose files no save has seen yet
    store.copy_tree(store.put_tree(HostileFolder(tmp_path / "other")).digest, tmp_path / "shown")
    assert content(tmp_path / "shown") == content(source)


def test_a_list_of_files_that_says_something_else_is_damaged(source: Path, tmp_path: Path) -> None:
    store = FolderObjectStore(tmp_path / "store")
    digest = store.put_tree(HostileFolder(source)).digest
    tree = tmp_path / "store" / "trees" / f"{digest}.json"
    tree.chmod(0o600)
    tree.write_bytes(tree.read_bytes().replace(b"a.txt", b"b.txt"))
    with pytest.raises(Damaged):
        store.summary(digest)
    assert store.put_tree(HostileFolder(source)).digest == digest
    assert store.summary(digest).files == 4


def _change_a_byte(stored: Path, *, later: bool) -> None:
    """As many bytes as before; `later`: at another time than the file says."""
    before = stored.stat()
    stored.chmod(0o644)
    stored.write_bytes(bytes(byte ^ 1 for byte in stored.read_bytes()))
    stored.chmod(0o444)
    if not later:
        os.utime(stored, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_what_was_read_and_has_not_changed_is_not_read_again(source: Path, tmp_path: Path) -> None:
    store = FolderObjectStore(tmp_path / "store")
    digest = store.put_tree(HostileFolder(source)).digest
    target = tmp_path / "target"
    for path in (tmp_path / "store" / "objects").glob("??/*"):
        os.utime(path, ns=(10**18, 10**18))  # long ago
    store.link_tree(digest, target)
    stored = tmp_path / "store" / "objects" / store.files(digest)["a.txt"].content[:2]
    stored = stored / store.files(digest)["a.txt"].content
    _change_a_byte(stored, later=False)
    store.check_linked(digest, target)  # rot: only who reads everything sees it
    assert store.examine()[1] == (stored.name,)
    with pytest.raises(Damaged, match=r"a\.txt"):
        FolderObjectStore(tmp_path / "store").copy_tree(digest, tmp_path / "other")
    assert store.put_tree(HostileFolder(source)).digest == digest


def test_a_change_after_a_file_was_read_is_found(source: Path, tmp_path: Path) -> None:
    store = FolderObjectStore(tmp_path / "store")
    digest = store.put_tree(HostileFolder(source)).digest
    target = tmp_path / "target"
    for path in (tmp_path / "store" / "objects").glob("??/*"):
        os.utime(path, ns=(10**18, 10**18))
    store.link_tree(digest, target)
    store.check_linked(digest, target)
    _change_a_byte(target / "inner" / "b.txt", later=True)
    with pytest.raises(Damaged, match=r"b\.txt"):
        store.check_linked(digest, target)


def test_one_call_reads_no_more_than_it_may(source: Path, tmp_path: Path) -> None:
    store = FolderObjectStore(tmp_path / "store")
    (source / "large.bin").write_bytes(bytes(100_000))
    digest = store.put_tree(HostileFolder(source)).digest
    store.link_tree(digest, tmp_path / "target")
    _change_a_byte(tmp_path / "target" / "large.bin", later=True)
    store.check_linked(digest, tmp_path / "target", most_bytes=1000)
    with pytest.raises(Damaged, match=r"large\.bin"):
        store.check_linked(digest, tmp_path / "target", most_bytes=1_000_000)
