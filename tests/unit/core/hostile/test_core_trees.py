"""Folders go, whatever somebody's code has left in them."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from openmo.core.hostile.trees import remove_tree

NOBODY = 65534


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that any account may write to; pytest's own ones are closed to others."""
    path = Path(tempfile.mkdtemp(prefix="openmo-trees-", dir="/tmp"))
    path.chmod(0o777)
    yield path
    shutil.rmtree(path, ignore_errors=True)


def _as_somebody(act: object) -> int:
    """The exit status of a child that is not root, whom no file mode would stop."""
    child = os.fork()
    if child == 0:
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(NOBODY)
                os.setuid(NOBODY)
            act()  # type: ignore[operator]
        except BaseException:  # noqa: BLE001 (the child ends here, whatever happened)
            os._exit(2)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_folders_that_their_owner_may_not_write_go_too(folder: Path) -> None:
    """As an unpacked archive leaves them, or a handler that means it."""
    doomed, outside = folder / "doomed", folder / "outside"

    def walk() -> None:
        outside.mkdir()
        (outside / "kept").write_text("x")
        outside.chmod(0o555)
        below = doomed / "a" / "b"
        below.mkdir(parents=True)
        (below / "file").write_text("x")
        (doomed / "link").symlink_to(outside)
        for path in (below, below.parent, doomed):
            path.chmod(0o500)
        remove_tree(doomed)

    assert _as_somebody(walk) == 0
    assert not doomed.exists()
    assert (outside / "kept").exists()
    assert outside.stat().st_mode & 0o777 == 0o555, "what a link leads to is left alone"


def test_what_is_nested_deeper_than_python_goes_is_removed(folder: Path) -> None:
    doomed = folder / "doomed"
    doomed.mkdir()
    parent = os.open(doomed, os.O_RDONLY)
    for _ in range(sys.getrecursionlimit() + 200):
        os.mkdir("d", dir_fd=parent)
        below = os.open("d", os.O_RDONLY, dir_fd=parent)
        os.close(parent)
        parent = below
    os.close(parent)
    remove_tree(doomed)
    assert not doomed.exists()


def test_what_is_no_folder_goes_and_what_is_not_there_is_no_error(folder: Path) -> None:
    (folder / "file").write_text("x")
    (folder / "link").symlink_to("nowhere")
    for name in ("file", "link", "absent"):
        remove_tree(folder / name)
    assert [*folder.iterdir()] == []
