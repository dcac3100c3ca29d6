"""Where handlers run: what a release has, and room to write that is new for every call."""

from pathlib import Path

import pytest

from openmo.serving.inside import work_folder
from openmo.serving.inside.work_folder import WorkFolder


@pytest.fixture
def release(tmp_path: Path) -> Path:
    folder = tmp_path / "release"
    (folder / "results" / "runs").mkdir(parents=True)
    (folder / "model.bin").write_text("model")
    (folder / "results" / "kept.txt").write_text("kept")
    (folder / "results" / "runs" / "1.txt").write_text("one")
    return folder


def test_results_are_copies_and_all_else_is_the_release(release: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work_folder.make(work, release)
    (work / "results" / "kept.txt").write_text("new")
    (work / "results" / "runs" / "2.txt").write_text("two")
    assert (release / "results" / "kept.txt").read_text() == "kept"
    assert sorted(path.name for path in (release / "results" / "runs").iterdir()) == ["1.txt"]
    assert (work / "model.bin").is_symlink()


def test_a_release_without_results_has_room_for_them(release: Path, tmp_path: Path) -> None:
    (release / "results").rename(tmp_path / "elsewhere")
    work_folder.make(tmp_path / "work", release)
    (tmp_path / "work" / "results" / "out.txt").write_text("1")


def test_large_results_are_read_where_they_are(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_folder, "_MAX_COPIES", 5)
    work_folder.make(tmp_path / "work", release)
    links = [path for path in (tmp_path / "work" / "results").rglob("*.txt") if path.is_symlink()]
    assert [path.name for path in links] == ["1.txt"]
    assert links[0].read_text() == "one"


def test_the_next_call_finds_nothing_of_the_one_before(release: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work_folder.make(work, release)
    folder = WorkFolder(work, release)
    before = sorted(str(path) for path in work.rglob("*"))
    untouched = (work / "results" / "kept.txt").stat().st_ino
    (work / "out.png").write_text("x")
    (work / "made").mkdir()
    folder.tidy()
    assert (work / "results" / "kept.txt").stat().st_ino == untouched, "nothing was written there"
    (work / "results" / "kept.txt").write_text("another person's")
    (work / "results" / "runs" / "2.txt").write_text("two")
    folder.tidy()
    assert sorted(str(path) for path in work.rglob("*")) == before
    assert (work / "results" / "kept.txt").read_text() == "kept"
