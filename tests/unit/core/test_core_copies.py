"""Copies of our own folders."""

from pathlib import Path

import pytest
from support.disks import small_disk

from openmo.core.copies import copy_folder
from openmo.core.space import storage_full


def test_contents_alone_are_copied_and_what_is_not_wanted_stays(tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    for path, text in {"a.txt": "a", "inner/b.txt": "b", "inner/left": "x", "left/c": "x"}.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(text)
    (source / "a.txt").chmod(0o444)  # as in an installed package
    target.mkdir()
    (target / "own").write_text("mine")
    copy_folder(source, target, without=("left",))
    found = {path.relative_to(target).as_posix(): path.read_text() for path in target.rglob("*") if path.is_file()}
    assert found == {"a.txt": "a", "inner/b.txt": "b", "own": "mine"}
    assert (target / "a.txt").stat().st_mode & 0o200


@pytest.mark.parametrize("path", ["file", "folder/file", "folder/deeper/file"])
def test_a_full_disk_is_found_by_its_number_wherever_the_copy_ends(tmp_path: Path, path: str) -> None:
    source, disk = tmp_path / "source", tmp_path / "disk"
    (source / path).parent.mkdir(parents=True, exist_ok=True)
    (source / path).write_bytes(b"x" * (1 << 20))
    with small_disk(disk, "256k"), pytest.raises(OSError, match="space") as raised:
        copy_folder(source, disk / "target")
    assert storage_full(raised.value) is not None
