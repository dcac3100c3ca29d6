"""Login cookies that were signed out stay out, also of a Hub that starts later."""

from pathlib import Path

import pytest

from openmo.hub.endings import EndedSignIns


def test_what_was_signed_out_is_remembered_over_restarts(tmp_path: Path) -> None:
    file = tmp_path / "ended"
    ended = EndedSignIns(file)
    assert not ended.has_ended("one")
    ended.end("one")
    ended.end("two")
    later = EndedSignIns(file)
    assert [later.has_ended(each) for each in ("one", "two", "three", "")] == [True, True, False, False]
    assert "one" not in file.read_text(), "the file tells nobody a cookie"
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_would_have_ended_by_itself_is_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "ended"
    EndedSignIns(file).end("old")
    monkeypatch.setattr("openmo.hub.endings.unix_now", lambda: 4e9)
    EndedSignIns(file).end("new")
    assert len(file.read_text().splitlines()) == 1


@pytest.mark.parametrize("content", [b"\xff\x00", b"a", b"a b\n1 2 3\n", b""])
def test_a_damaged_file_ends_nothing_and_is_made_anew(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "ended"
    file.write_bytes(content)
    ended = EndedSignIns(file)
    assert not ended.has_ended("one")
    ended.end("one")
    assert EndedSignIns(file).has_ended("one")


def test_where_the_file_cannot_be_written_it_holds_until_the_restart(tmp_path: Path) -> None:
    ended = EndedSignIns(tmp_path / "no-folder" / "ended")
    ended.end("one")
    assert ended.has_ended("one")
