"""A log read through windows is the log: the same rows, line numbers and finds as a reader of all of it has."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.doses import dose

from openmo.jobs.log import lines as log_lines
from openmo.jobs.log import rows as log_rows
from openmo.jobs.log import search as log_search
from openmo.jobs.log.errors import is_error
from openmo.jobs.log.file import LogFile, OpenLog
from openmo.jobs.log.lines import LineIndex
from openmo.jobs.log.rows import Row, RowKind, rows, window
from openmo.jobs.log.search import ErrorQuery, TextQuery, search, search_back
from openmo.jobs.log.text import visible

BLOCK = 64
PIECES = st.sampled_from([
    b"\n", b"\n", b"\r\n", b"\r", b"a", b"x" * 70, b"\x00", b"\xff\xe8\xae", "训练🎉é".encode(),
    b"\x1b[", b"\x1b[31m", b"\x1b[0m", b"\x1b]0;t", b"loss: 0.5", b"Loss: 0.5", b"lo\x1b[1mss: 0", b" 10%\r 20%\r",
    b"Traceback (most recent call last):\n", b"ValueError: no\n",
])  # fmt: skip
LOGS = st.lists(PIECES, max_size=60).map(b"".join)


@pytest.fixture(autouse=True, scope="module")
def _small_blocks() -> Iterator[None]:
    """The borders that are kilobytes apart come every few bytes, as constants of the modules."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(log_rows, "BLOCK", BLOCK)
        patch.setattr(log_rows, "_READ", 4 * BLOCK)
        patch.setattr(log_rows, "_MAX_DISTANCE", 4 * BLOCK)
        patch.setattr(log_rows, "_STEP_BACK", 2 * BLOCK)
        patch.setattr(log_rows, "_KEPT_BLOCKS", 8)
        patch.setattr(log_search, "BLOCK", BLOCK)
        patch.setattr(log_search, "_CHUNK", 3 * BLOCK)
        patch.setattr(log_search, "_FIRST_BACK", BLOCK)
        patch.setattr(log_lines, "BLOCK", BLOCK)
        yield


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("log")


def write(folder: Path, data: bytes, hole: tuple[int, int] | None = None) -> LogFile:
    (folder / "log").write_bytes(data if hole is None else data[: hole[0]] + bytes(hole[1] - hole[0]) + data[hole[1] :])
    (folder / "log.hole").unlink(missing_ok=True)
    if hole is not None:
        (folder / "log.hole").write_text(json.dumps({"start": hole[0], "end": hole[1]}))
    return LogFile(folder)


def borders(data: bytes, base: int) -> list[int]:
    """Where rows begin in a kept part of a log, told from all of its bytes."""
    found = {base} | {base + at + 1 for at, byte in enumerate(data[:-1]) if byte == 10}
    for end in range(-(-base // BLOCK) * BLOCK + BLOCK, base + len(data), BLOCK):
        before = data[end - BLOCK - base : end - base]
        if b"\n" not in before:
            found.add(end - log_rows._torn(before[-32:]))
    return sorted(found)


def cut(data: bytes, hole: tuple[int, int] | None) -> list[tuple[int, int, bytes]]:
    """All rows, also those that are left out."""
    parts = [(0, data)] if hole is None else [(0, data[: hole[0]]), (hole[1], data[hole[1] :])]
    found: list[tuple[int, int, bytes]] = []
    for number, (base, part) in enumerate(parts):
        if number == 1 and hole is not None:
            found.append((*hole, b""))
        begins = borders(part, base) if part else []
        ends = [*begins[1:], base + len(part)] if part else []
        found += [(begin, end, part[begin - base : end - base]) for begin, end in zip(begins, ends, strict=True)]
    return found


def reference(data: bytes, hole: tuple[int, int] | None) -> list[tuple[int, int, bytes]]:
    found = cut(data, hole)
    return [row for row, after in zip(found, [*found[1:], None], strict=False) if not hidden(row, after)]


def hidden(row: tuple[int, int, bytes], after: tuple[int, int, bytes] | None) -> bool:
    is_cut = (
        after is not None and not row[2].endswith(b"\n") and after[2] != b"" and row[1] == after[0] and row[2] != b""
    )
    return is_cut and after is not None and row[0] // BLOCK % 8 != 0 and b"\r" in after[2].rstrip(b"\r\n")


def as_read(found: "list[Row] | tuple[Row, ...]") -> list[tuple[int, int, bytes]]:
    return [(row.start, row.end, row.data) for row in found]


def holes(data: st.DataObject, size: int) -> tuple[int, int] | None:
    if size < 2 or not data.draw(st.booleans()):
        return None
    start = data.draw(st.integers(0, size - 1))
    return start, data.draw(st.integers(start + 1, size))


@settings(max_examples=dose(25, 80))
@given(data=st.data(), log=LOGS)
def test_any_window_is_a_part_of_the_whole(folder: Path, data: st.DataObject, log: bytes) -> None:
    hole = holes(data, len(log))
    expected = reference(log, hole)
    with write(folder, log, hole).opened() as opened:
        assert as_read(list(rows(opened, 0))) == expected
        at = data.draw(st.integers(0, len(log) + 3))
        before, after = data.draw(st.integers(0, 12)), data.draw(st.integers(0, 12))
        part = window(opened, at, before=before, after=after)
        seen = as_read(part.rows)
        middle = max((row[0] for row in cut(log, hole) if row[0] <= at), default=0)
        earlier, later = [row for row in expected if row[0] < middle], [row for row in expected if row[0] >= middle]
        assert seen == earlier[max(len(earlier) - before, 0) :] + later[:after]
        assert part.start <= min([row[0] for row in seen], default=part.start)
        assert b"".join(row[2] for row in expected if part.start <= row[0] < part.end) == b"".join(
            row[2] for row in seen
        )


@settings(max_examples=dose(25, 50))
@given(data=st.data(), log=LOGS)
def test_a_log_that_grows_keeps_its_rows(folder: Path, data: st.DataObject, log: bytes) -> None:
    """But for the last two, which a reader asks for again."""
    whole = {row[0]: row for row in reference(log, None)}
    for size in data.draw(st.lists(st.integers(0, len(log)), min_size=1, max_size=4)):
        with write(folder, log[:size], None).opened() as opened:
            for row in as_read(list(rows(opened, 0)))[:-2]:
                assert whole.get(row[0]) == row


def test_a_window_reads_no_more_than_its_part_of_a_progress_bar(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nearly all rows of such a log are left out, so that a window looks for others far around it."""
    monkeypatch.setattr(log_rows, "_KEPT_BLOCKS", 1 << 20)
    monkeypatch.setattr(log_rows, "_SCAN_LIMIT", 100 * BLOCK)
    read = 0
    with write(folder, b"\r 10%|#        |" * (1000 * BLOCK // 16), None).opened() as opened:
        original = opened.read

        def counted(start: int, end: int) -> bytes:
            nonlocal read
            read += end - start
            return original(start, end)

        monkeypatch.setattr(opened, "read", counted)
        window(opened, opened.size // 2, before=100, after=0)
    assert read < 20 * 100 * BLOCK


@settings(max_examples=dose(25, 80))
@given(data=st.data(), log=LOGS)
def test_line_numbers_are_those_of_who_counts(folder: Path, data: st.DataObject, log: bytes) -> None:
    (folder / "log.lines").unlink(missing_ok=True)
    for size in [*sorted(data.draw(st.lists(st.integers(0, len(log)), max_size=3))), len(log)]:
        hole = holes(data, size)
        kept = bytearray(log[:size])
        if hole is not None:
            kept[hole[0] : hole[1]] = bytes(hole[1] - hole[0])
        with write(folder, log[:size], hole).opened() as opened:
            index = LineIndex(folder / "log.lines")
            while not index.extend(opened, seconds=0):
                pass
            at = data.draw(st.integers(0, size))
            assert index.line_at(opened, at) == 1 + kept[:at].count(b"\n")
            line = data.draw(st.integers(1, kept.count(b"\n") + 3))
            begins = [0, *(at + 1 for at, byte in enumerate(kept) if byte == 10)]
            assert index.offset_of(opened, line) == (begins[line - 1] if line <= len(begins) else size)
            assert index.total(opened) == kept.count(b"\n") + (size > 0 and kept[-1] != 10)
        if hole is not None:
            return


def everything(opened: OpenLog, query: "TextQuery | ErrorQuery", *, limit: int, back: bool) -> list[int]:
    found: list[int] = []
    at: int | None = opened.size if back else 0
    while at is not None:
        part = (search_back if back else search)(opened, query, at, limit=limit, seconds=0)
        starts = [row.start for row in part.rows]
        assert starts == sorted(starts)
        found = starts + found if back else found + starts
        assert part.next is None or (part.next < at if back else part.next > at)
        at = part.next
    return found


@settings(max_examples=dose(25, 80))
@given(data=st.data(), log=LOGS, limit=st.integers(1, 5), back=st.booleans())
def test_a_search_finds_what_can_be_read(
    folder: Path, data: st.DataObject, log: bytes, limit: int, *, back: bool
) -> None:
    hole = holes(data, len(log))
    text = data.draw(st.sampled_from(["loss: 0", "LOSS", "a", "训练", "É", "20%", "x" * 30]))
    query = TextQuery(text, ignore_case=text.isupper())
    expected = [
        row[0]
        for row in reference(log, hole)
        if query.accepts(visible(row[2].decode("utf-8", "replace"))) and could_be_printed(text, row[2])
    ]
    with write(folder, log, hole).opened() as opened:
        assert everything(opened, query, limit=limit, back=back) == expected
        errors = [row[0] for row in reference(log, hole) if is_error(visible(row[2].decode("utf-8", "replace")))]
        assert everything(opened, ErrorQuery(), limit=limit, back=back) == errors


def could_be_printed(text: str, row: bytes) -> bool:
    """Not only composed of two texts, one written over the other, which no search looks for."""
    plain = "".join(visible(part) + "\n" for part in row.decode("utf-8", "replace").split("\r"))
    return text.lower() in plain.lower()


def test_the_kinds_of_rows(folder: Path) -> None:
    log = b"one\n" + b"y" * 300 + b"\nlast"
    with write(folder, log).opened() as opened:
        kinds = [row.kind for row in rows(opened, 0)]
    assert kinds[0] is RowKind.LINE
    assert set(kinds[1:-2]) == {RowKind.PART}
    assert kinds[-2:] == [RowKind.LINE, RowKind.OPEN]
