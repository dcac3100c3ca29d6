"""What a worker keeps on disk is seen, however it hides it."""

import os
from pathlib import Path

import pytest

from openmo.core.hostile.folder import HostileFolder
from openmo.serving.forked.disk import DiskBounds, overfull

BOUNDS = DiskBounds(bytes=1 << 20, entries=100)


@pytest.mark.parametrize("size", [0, 1 << 19])
def test_what_is_within_bounds_stays(tmp_path: Path, size: int) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "file").write_bytes(bytes(size))
    assert overfull([HostileFolder(tmp_path), HostileFolder(tmp_path / "gone")], BOUNDS) == []


def test_bytes_and_entries_count_in_folders_too(tmp_path: Path) -> None:
    large, many = tmp_path / "large", tmp_path / "many"
    for folder in (large, many):
        (folder / "in").mkdir(parents=True)
    (large / "in" / "file").write_bytes(bytes(2 << 20))
    for number in range(101):
        (many / "in" / str(number)).touch()
    folders = [HostileFolder(large), HostileFolder(many)]
    assert overfull(folders, BOUNDS) == folders


def test_what_is_nested_too_deep_to_be_looked_at_is_too_much(tmp_path: Path) -> None:
    inner = os.open(tmp_path, os.O_RDONLY)
    for _ in range(120):  # each step from within the one before: no path is longer than a name
        os.mkdir("n" * 250, dir_fd=inner)
        outer, inner = inner, os.open("n" * 250, os.O_RDONLY, dir_fd=inner)
        os.close(outer)
    os.close(inner)
    folder = HostileFolder(tmp_path)
    assert overfull([folder], BOUNDS) == [folder]
