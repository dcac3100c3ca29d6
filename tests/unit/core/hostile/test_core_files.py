"""Looking at somebody's folder."""

import os
from pathlib import Path

import pytest

from openmo.core.errors import NotFound
from openmo.core.hostile.files import TEXT_LIMIT, list_folder, read_inside, read_readme, view_file
from openmo.core.hostile.folder import HostileFolder


def test_folders_come_first_and_hidden_entries_not_at_all(tmp_path: Path) -> None:
    for name in ("b.txt", "A.txt", ".hidden"):
        (tmp_path / name).touch()
    for name in ("z", "Y", ".git"):
        (tmp_path / name).mkdir()
    assert [entry.name for entry in list_folder(HostileFolder(tmp_path))] == ["Y", "z", "A.txt", "b.txt"]
    assert [entry.is_folder for entry in list_folder(HostileFolder(tmp_path))] == [True, True, False, False]


def test_links_into_what_is_imported_are_shown_as_imports(tmp_path: Path) -> None:
    zone, root = tmp_path / "zone", tmp_path / "root"
    (zone / "inner").mkdir(parents=True)
    (zone / "inner" / "data.csv").write_text("1")
    root.mkdir()
    (root / "good").symlink_to(zone / "inner")
    (root / "bad").symlink_to(tmp_path)
    (root / "gone").symlink_to(zone / "nowhere")
    (entry,) = list_folder(HostileFolder(root), also=(zone,))
    assert (entry.name, entry.is_import, entry.is_folder) == ("good", True, True)
    assert [one.path for one in list_folder(HostileFolder(root), "good", also=(zone,))] == ["good/data.csv"]
    assert read_inside(HostileFolder(root), "good/data.csv", limit=9, also=(zone,))[0] == b"1"
    with pytest.raises(NotFound):
        list_folder(HostileFolder(root), "good")


@pytest.mark.parametrize(
    ("name", "data", "kind", "text"),
    [
        ("a.py", b"x = 1", "text", "x = 1"),
        ("README.md", b"# Hi", "markdown", "# Hi"),
        ("n.ipynb", b"{}", "notebook", "{}"),
        ("p.PNG", b"\x89PNG", "image", ""),
        ("b.bin", b"\xff\xfe", "binary", ""),
        ("c.txt", b"nul\0", "binary", ""),
        ("empty", b"", "text", ""),
        ("ünï.txt", "手".encode(), "text", "手"),
        ("big.ipynb", b" " * (TEXT_LIMIT + 1), "too_large", ""),
    ],
)
def test_files_are_shown_by_what_they_hold(tmp_path: Path, name: str, data: bytes, kind: str, text: str) -> None:
    (tmp_path / name).write_bytes(data)
    view = view_file(HostileFolder(tmp_path), name)
    assert (view.kind, view.text, view.truncated) == (kind, text, False)


def test_a_long_text_is_cut_between_characters(tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("a" + "手" * TEXT_LIMIT)
    view = view_file(HostileFolder(tmp_path), "long.txt")
    assert view.kind == "text"
    assert view.truncated
    assert set(view.text) == {"a", "手"}


@pytest.mark.parametrize("path", ["folder", "", "pipe", "absent", "socket"])
def test_only_regular_files_are_read(tmp_path: Path, path: str) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotFound):
        read_inside(HostileFolder(tmp_path), path, limit=10)
    before = open_files()
    with pytest.raises(NotFound):
        view_file(HostileFolder(tmp_path), path)
    assert open_files() == before


def test_a_readme_is_found_in_any_usual_spelling_and_may_be_broken(tmp_path: Path) -> None:
    assert read_readme(HostileFolder(tmp_path)) == ""
    (tmp_path / "README").write_bytes(b"caf\xe9")
    assert read_readme(HostileFolder(tmp_path)) == "caf\ufffd"
    (tmp_path / "README.md").symlink_to("/etc/passwd")
    assert read_readme(HostileFolder(tmp_path)) == "caf\ufffd"


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
