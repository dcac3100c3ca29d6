"""Writing where somebody else may put links."""

from pathlib import Path

import pytest

from openmo.core.errors import Conflict, InvalidInput, NotFound
from openmo.core.hostile.folder import HostileFolder


def test_a_link_appears_with_its_folders_and_is_replaced(tmp_path: Path) -> None:
    HostileFolder(tmp_path).place_link("modules/openmo/iris/1.0.0", Path("/one"))
    HostileFolder(tmp_path).place_link("modules/openmo/iris/1.0.0", Path("/two"))
    assert (tmp_path / "modules/openmo/iris/1.0.0").readlink() == Path("/two")
    assert [path.name for path in (tmp_path / "modules/openmo/iris").iterdir()] == ["1.0.0"]


@pytest.mark.parametrize("taken", ["file", "folder"])
def test_what_is_no_link_is_never_replaced_by_one(tmp_path: Path, taken: str) -> None:
    entry = tmp_path / "datasets" / "x"
    entry.parent.mkdir()
    entry.write_text("mine") if taken == "file" else entry.mkdir()
    with pytest.raises(Conflict, match="rename it"):
        HostileFolder(tmp_path).place_link("datasets/x", Path("/target"))
    HostileFolder(tmp_path).remove_link("datasets/x")
    assert entry.exists()
    assert [path.name for path in entry.parent.iterdir()] == ["x"]


def test_links_on_the_way_are_refused(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (outside / "file").write_text("precious")
    (outside / "link").symlink_to("file")
    (root / "way").symlink_to(outside)
    with pytest.raises(Conflict, match="way"):
        HostileFolder(root).place_link("way/new", Path("/target"))
    with pytest.raises(Conflict):
        HostileFolder(root).write("way/file", b"x")
    with pytest.raises(NotFound):
        HostileFolder(root).read("way/file")
    HostileFolder(root).remove_link("way/link")
    assert {path.name for path in outside.iterdir()} == {"file", "link"}
    assert (outside / "file").read_text() == "precious"


def test_a_link_at_the_end_is_replaced_by_what_is_written_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("keep me")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "file").symlink_to(tmp_path / "precious")
    with pytest.raises(NotFound):
        HostileFolder(tmp_path / "root").read("file")
    HostileFolder(tmp_path / "root").write("file", b"new")
    assert (tmp_path / "precious").read_text() == "keep me"
    assert HostileFolder(tmp_path / "root").read("file") == b"new"


def test_a_folder_in_the_way_of_a_file_is_a_conflict(tmp_path: Path) -> None:
    (tmp_path / "name").mkdir()
    with pytest.raises(Conflict, match="folder"):
        HostileFolder(tmp_path).write("name", b"x")
    with pytest.raises(NotFound):
        HostileFolder(tmp_path).read("name")
    assert [path.name for path in tmp_path.iterdir()] == ["name"]


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "a\\b", "\0"])
def test_paths_out_of_the_root_are_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(InvalidInput):
        HostileFolder(tmp_path).place_link(path, Path("/t"))
    with pytest.raises(InvalidInput):
        HostileFolder(tmp_path).write(path, b"")
