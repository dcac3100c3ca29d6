"""What every object store promises of files that are taken in, and of trees that are made of others."""

from pathlib import Path

import pytest
from support.files import write_files

from openmo.core.errors import InvalidInput
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


def test_an_adopted_file_is_stored_without_a_copy(tmp_path: Path) -> None:
    store = FolderObjectStore(tmp_path / "store")
    sent = tmp_path / "sent"
    sent.write_bytes(b"sent")
    stored = store.adopt(sent)
    tree = store.change_tree(None, {"a/b.bin": stored}, removed=lambda _: False)
    store.link_tree(tree.digest, tmp_path / "shown")
    assert (tmp_path / "shown" / "a" / "b.bin").stat().st_ino == sent.stat().st_ino
    assert store.adopt(sent) == stored
    assert store.examine() == (1, ())
    assert [path.name for path in (tmp_path / "store" / "objects").iterdir()] == [stored.content[:2]]


def test_a_damaged_object_gives_way_to_an_adopted_file(tmp_path: Path) -> None:
    store = FolderObjectStore(tmp_path / "store")
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(b"sent")
    stored = store.adopt(tmp_path / "one")
    (tmp_path / "one").chmod(0o600)
    (tmp_path / "one").write_bytes(b"torn")
    assert store.adopt(tmp_path / "two") == stored
    assert store.examine() == (1, ())


def test_a_changed_tree_is_the_tree_with_its_changes(store: ObjectStore, source: Path, tmp_path: Path) -> None:
    base = store.put_tree(HostileFolder(source))
    (tmp_path / "sent").write_bytes(b"four")
    stored = store.adopt(tmp_path / "sent")
    removed = store.change_tree(
        base.digest, {"inner/b.txt": stored, "new/c.txt": stored}, removed=lambda path: path.startswith("inner/deep")
    )
    store.link_tree(removed.digest, tmp_path / "changed")
    assert content(tmp_path / "changed") == {
        "a.txt": "one",
        "empty.txt": "",
        "inner/b.txt": "four",
        "new/c.txt": "four",
    }
    assert (tmp_path / "changed" / "nothing").is_dir()
    assert not (tmp_path / "changed" / "inner" / "deep").exists()
    assert (removed.files, removed.bytes) == (4, 11)
    assert store.put_tree(HostileFolder(tmp_path / "changed")).digest == removed.digest
    assert store.change_tree(base.digest, {}, removed=lambda _: False).digest == base.digest


def test_a_path_is_no_file_and_folder_at_once(store: ObjectStore, source: Path, tmp_path: Path) -> None:
    base = store.put_tree(HostileFolder(source))
    (tmp_path / "sent").write_bytes(b"four")
    stored = store.adopt(tmp_path / "sent")
    for path in ("a.txt/below", "inner"):
        with pytest.raises(InvalidInput, match="a file and a folder at once"):
            store.change_tree(base.digest, {path: stored}, removed=lambda _: False)
    replaced = store.change_tree(base.digest, {"inner": stored}, removed=lambda path: path.startswith("inner/"))
    store.link_tree(replaced.digest, tmp_path / "replaced")
    assert (tmp_path / "replaced" / "inner").read_text() == "four"
