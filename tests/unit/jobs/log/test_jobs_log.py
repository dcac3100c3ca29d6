"""Reading logs that grow, hold any bytes, and may be hollow."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmo.jobs.log.file import LogFile
from openmo.jobs.running.tracebacks import last_error

TEXT = "训练 done é 🎉\n"


def log_of(folder: Path, data: bytes) -> LogFile:
    (folder / "log").write_bytes(data)
    return LogFile(folder)


@pytest.mark.parametrize("limit", [1, 4, 5, 7, 100])
def test_reading_on_from_each_end_gives_every_character_once(tmp_path: Path, limit: int) -> None:
    log, text, start = log_of(tmp_path, TEXT.encode() * 10), "", 0
    while (chunk := log.read(start, limit)).end > start:
        assert chunk.start == start
        text, start = text + chunk.text, chunk.end
    assert text == TEXT * 10
    assert chunk.size == start


def test_a_character_that_is_being_written_waits_for_its_rest(tmp_path: Path) -> None:
    whole, text, start = TEXT.encode(), "", 0
    log = log_of(tmp_path, b"")
    for written in range(len(whole) + 1):
        (tmp_path / "log").write_bytes(whole[:written])
        while (chunk := log.read(start, 1000, growing=True)).end > start:
            text, start = text + chunk.text, chunk.end
    assert text == TEXT


def test_half_a_character_at_the_end_of_an_ended_log_is_shown_as_such(tmp_path: Path) -> None:
    log = log_of(tmp_path, b"abc\xe8\xae")
    assert log.read(0, 100).end == 3
    assert log.read(3, 100).text == "\ufffd"
    assert log.read(3, 100).end == 5
    assert log.read(3, 100, growing=True).end == 3


@given(data=st.binary(max_size=60), limit=st.integers(1, 20))
def test_any_bytes_are_read_to_their_end(tmp_path_factory: pytest.TempPathFactory, data: bytes, limit: int) -> None:
    log, start, rounds = log_of(tmp_path_factory.mktemp("log"), data), 0, 0
    while (chunk := log.read(start, limit)).end > start:
        start, rounds = chunk.end, rounds + 1
        assert rounds <= len(data)
    assert start == len(data)


def test_a_hollow_middle_is_said_so_and_skipped(tmp_path: Path) -> None:
    log = log_of(tmp_path, b"begin" + b"\0" * 1000 + b"end")
    (tmp_path / "log.hole").write_text(json.dumps({"start": 5, "end": 1005}))
    first = log.read(0, 100)
    assert (first.text, first.end) == ("begin", 5)
    gap = log.read(5, 100)
    assert "1,000 bytes in the middle" in gap.text
    assert gap.end == 1005
    assert log.read(500, 100).end == 1005
    assert log.read(1005, 100).text == "end"
    (tmp_path / "log.hole").write_text("{half a rec")
    assert log.read(0, 100).start == 0


def test_starts_outside_of_the_log_are_moved_to_its_ends(tmp_path: Path) -> None:
    log = log_of(tmp_path, b"0123456789")
    assert log.read(-3, 100).text == "789"
    assert log.read(-1000, 100).text == "0123456789"
    beyond = log.read(10**20, 100)
    assert (beyond.text, beyond.start, beyond.end) == ("", 10, 10)
    assert log.tail(4) == "6789"


def test_no_log_yet_is_an_empty_one(tmp_path: Path) -> None:
    log = LogFile(tmp_path)
    assert (log.size(), log.read(5, 10).end, log.tail()) == (0, 0, "")


@pytest.mark.parametrize(
    ("tail", "error"),
    [
        ("Traceback\n  File x\nValueError: bad", "ValueError: bad"),
        ("torch.cuda.OutOfMemoryError: CUDA out of memory\nbye", "torch.cuda.OutOfMemoryError: CUDA out of memory"),
        ("KeyboardInterrupt\n", "KeyboardInterrupt"),
        ("\x1b[1;31mRuntimeError\x1b[0m: colour", "RuntimeError: colour"),
        ("[rank1]: ValueError: bad", "ValueError: bad"),
        ("10%\r20%\rValueError: bad\n\x1b]0;title\x07\x1b[2K done", "ValueError: bad"),
        ("all fine\nan error: no", ""),
        ("MeanSquaredError: 0.25", ""),
        ("", ""),
        ("ValueError: " + "x" * 1000, ("ValueError: " + "x" * 1000)[:300]),
    ],
)
def test_the_last_error_is_found(tail: str, error: str) -> None:
    assert last_error(tail) == error
