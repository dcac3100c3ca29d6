"""Paths: whatever is asked for and wherever links lead, what is found lies inside."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmo.core.errors import Conflict, InvalidInput, NotFound
from openmo.core.hostile.beneath import closing
from openmo.core.hostile.files import list_folder, read_inside
from openmo.core.hostile.folder import HostileFolder
from openmo.core.hostile.paths import relative_path

PARTS = st.sampled_from(["a", "b", "up", "out", "abs", "x", "..", ".", "", "~", "...", "a ", "%2e%2e", "\\", "\0"])
PATHS = st.lists(PARTS, max_size=6).map("/".join)
TARGETS = st.sampled_from(
    ["..", "../..", "a", "../a", "/", "/etc", "up/..", "up/../..", ".", "b/..", "loop", "a/../.."]
)
LINKS = st.dictionaries(st.sampled_from(["up", "out", "abs", "a/up", "a/out", "a/b", "loop"]), TARGETS, max_size=5)


@pytest.fixture(scope="module")
def ground() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder).resolve()


def world(ground: Path, links: dict[str, str]) -> Path:
    """A root with files and links, and something precious beside it."""
    shutil.rmtree(ground / "w", ignore_errors=True)
    root = ground / "w" / "root"
    (root / "a").mkdir(parents=True)
    (root / "a" / "x").write_text("inside")
    (root / "x").write_text("inside")
    (ground / "w" / "x").write_text("outside")
    (ground / "w" / "a").mkdir()
    for name, target in links.items():
        (root / name).symlink_to(target)
    return root


@given(st.text(st.characters(), max_size=60) | PATHS)
def test_a_path_that_is_accepted_stays_below_its_root(text: str) -> None:
    try:
        path = relative_path(text)
    except InvalidInput:
        return
    assert not path.is_absolute()
    assert ".." not in path.parts
    assert Path(os.path.normpath(Path("/root") / path)).is_relative_to("/root")


@given(links=LINKS, path=PATHS)
def test_what_is_found_lies_inside(ground: Path, links: dict[str, str], path: str) -> None:
    root = world(ground, links)
    try:
        reached = HostileFolder(root).reach(relative_path(path))
    except (InvalidInput, OSError):
        return
    with closing(reached.descriptor):
        found = Path(f"/proc/self/fd/{reached.descriptor}").readlink()
    assert found == (root / relative_path(path)).resolve(), "it is what the kernel finds there"
    assert found == root or root in found.parents


@given(links=LINKS, path=PATHS)
def test_what_is_read_lies_inside(ground: Path, links: dict[str, str], path: str) -> None:
    root = world(ground, links)
    reads: tuple[Callable[[], bytes], ...] = (
        lambda: read_inside(HostileFolder(root), path, limit=100)[0],
        lambda: HostileFolder(root).read(path),
    )
    for read in reads:
        try:
            assert read() == b"inside"
        except (InvalidInput, NotFound):
            continue
    try:
        assert "outside" not in {entry.name for entry in list_folder(HostileFolder(root), path)}
    except (InvalidInput, NotFound):
        return


@given(links=LINKS, path=PATHS)
def test_what_is_written_lies_inside(ground: Path, links: dict[str, str], path: str) -> None:
    root = world(ground, links)
    before = outside(ground)
    writes: tuple[Callable[[], None], ...] = (
        lambda: HostileFolder(root).write(path, b"new"),
        lambda: HostileFolder(root).place_link(path, Path("/target")),
        lambda: HostileFolder(root).remove_link(path),
    )
    for write in writes:
        try:
            write()
        except (InvalidInput, NotFound, Conflict, FileNotFoundError):
            continue
    assert outside(ground) == before


def outside(ground: Path) -> list[tuple[str, str]]:
    """All that lies beside the root."""
    found = [path for path in (ground / "w").rglob("*") if "root" not in path.relative_to(ground / "w").parts]
    return sorted((str(path), path.read_text() if path.is_file() else "") for path in found)
