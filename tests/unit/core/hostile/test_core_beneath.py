"""Writing where somebody else may put links."""

from pathlib import Path

import pytest

from openmo.core.errors import Conflict, InvalidInput, NotFound
from openmo.core.hostile.beneath import place_link, read_beneath, remove_link, write_beneath


def test_a_link_appears_with_its_folders_and_is_replaced(tmp_path: Path) -> None:
    place_link(tmp_path, "modules/openmo/iris/1.0.0", Path("/one"))
    place_link(tmp_path, "modules/openmo/iris/1.0.0", Path("/two"))
    assert (tmp_path / "modules/openmo/iris/1.0.0").readlink() == Path("/two")
    assert [path.name for path in (tmp_path / "modules/openmo/iris").iterdir()] == ["1.0.0"]


@pytest.mark.parametrize("taken", ["file", "folder"])
def test_what_is_no_link_is_never_replaced_by_one(tmp_path: Path, taken: str) -> None:
    entry = tmp_path / "datasets" / "x"
    entry.parent.mkdir()
    entry.write_text("mine") if taken == "file" else entry.mkdir()
    with pytest.raises(Conflict, match="rename it"):
        place_link(tmp_path, "datasets/x", Path("/target"))
    remove_link(tmp_path, "datasets/x")
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
        place_link(root, "way/new", Path("/target"))
    with pytest.raises(Conflict):
        write_beneath(root, "way/file", b"x")
    with pytest.raises(NotFound):
        read_beneath(root, "way/file")
    remove_link(root, "way/link")
    assert {path.name for path in outside.iterdir()} == {"file", "link"}
    assert (outside / "file").read_text() == "precious"


def test_a_link_at_the_end_is_replaced_by_what_is_written_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("keep me")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "file").symlink_to(tmp_path / "precious")
    with pytest.raises(NotFound):
        read_beneath(tmp_path / "root", "file")
    write_beneath(tmp_path / "root", "file", b"new")
    assert (tmp_path / "precious").read_text() == "keep me"
    assert read_beneath(tmp_path / "root", "file") == b"new"


def test_a_folder_in_the_way_of_a_file_is_a_conflict(tmp_path: Path) -> None:
    (tmp_path / "name").mkdir()
    with pytest.raises(Conflict, match="folder"):
        write_beneath(tmp_path, "name", b"x")
    with pytest.raises(NotFound):
        read_beneath(tmp_path, "name")
    assert [path.name for path in tmp_path.iterdir()] == ["name"]


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "a\\b", "\0"])
def test_paths_out_of_the_root_are_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(InvalidInput):
        place_link(tmp_path, path, Path("/t"))
    with pytest.raises(InvalidInput):
        write_beneath(tmp_path, path, b"")
