"""A job's log over the REST API: parts, rows, places, finds and downloads, whatever is asked for."""

import gzip
import json
import struct
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from support.asgi import Answer, Client, bearer
from support.identity import MemoryIdentity
from support.platform import Platform

from openmo.execution.executor import Exit, ExitKind
from openmo.execution.memory import MemoryExecutor

LOG = (
    b"".join(b"line %d\n" % number for number in range(1, 1001))
    + "训练 \x1b[31mred\nstill red\x1b[0m <script>alert(1)</script>\n".encode()
    + b"\xff\xfe\x00 10%\r 20%\r100%\r\n"
    + b"Traceback (most recent call last):\nValueError: no rows\n"
    + b"z" * 100_000
)


class Page:
    """One job's log, as its owner's programs see it."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        project = platform.project(files={"train.py": ""})
        self.job = platform.submit(project)
        self.runner = platform.runner()
        self.runner.step()
        self.folder = platform.launcher.folder(self.job)
        identity = MemoryIdentity()
        self.client = Client(platform.app(identity))
        self.ada, self.bob = bearer(identity.token("ada")), bearer(identity.token("bob"))
        self.path = "/api/v1/projects/ada/digits/jobs/1/log"

    def write(self, data: bytes) -> None:
        (self.folder / "log").write_bytes(data)

    def end(self) -> None:
        assert isinstance(self.platform.executor, MemoryExecutor)
        now = self.platform.clock.now().timestamp()
        self.platform.executor.finish(self.folder, Exit(kind=ExitKind.EXITED, code=0, ended_at=now))
        self.runner.step()

    def ask(self, path: str, *, headers: dict[str, str] | None = None, **query: Any) -> Answer:
        return self.client.get(f"{self.path}{path}?{urlencode(query)}", headers=headers or self.ada)

    def get(self, path: str, **query: Any) -> Any:
        answer = self.ask(path, **query)
        assert answer.status == 200, answer.text
        return answer.json


@pytest.fixture
def page(platform: Platform) -> Iterator[Page]:
    platform.account("bob")
    page = Page(platform)
    page.write(LOG)
    yield page
    page.client.close()


def test_a_window_says_what_it_holds(page: Page) -> None:
    begin = page.get("/rows", at=0, after=3)
    assert [row["text"] for row in begin["rows"]] == ["line 1", "line 2", "line 3"]
    assert (begin["start"], begin["end"], begin["size"], begin["hole"]) == (0, 21, len(LOG), None)
    assert (begin["line"], begin["lines"]) == (1, 1006)
    end = page.get("/rows", before=2)
    assert [row["kind"] for row in end["rows"]] == ["part", "part", "open"]
    assert end["end"] == len(LOG)
    middle = page.get("/rows", at=LOG.index(b"still"), before=1, after=2)
    assert [row["text"] for row in middle["rows"]] == [
        "训练 \x1b[31mred",
        "still red\x1b[0m <script>alert(1)</script>",
        "100%10%",
    ]
    assert (middle["line"], middle["colours"]) == (1001, "")
    assert page.get("/rows", at=LOG.index(b"still"), after=1)["colours"] == "\x1b[31m"


def test_places_are_found_by_line_by_count_and_by_time(page: Page) -> None:
    records = ((700, 1000.0), (7000, 2000.0), (len(LOG), 3000.0))
    (page.folder / "log.times").write_bytes(b"".join(struct.pack("<Qd", *record) for record in records))
    assert page.get("/place", line=500)["offset"] == LOG.index(b"line 500\n")
    assert page.get("/place", line=10**15)["offset"] == len(LOG)
    assert page.get("/place", tail=2)["offset"] == LOG.index(b"ValueError")
    assert page.get("/place", tail=100_000)["offset"] == 0
    assert page.get("/place", tail=0)["offset"] == len(LOG)
    assert page.get("/place", since="1970-01-01T00:16:40Z")["offset"] == 0
    assert page.get("/place", since="1970-01-01T00:20:00Z")["offset"] == 700
    assert page.get("/place", since="1970-01-01T02:00:00Z")["offset"] == len(LOG)
    assert [row["time"] for row in page.get("/rows", at=699, before=1, after=2, times=True)["rows"]] == [
        1000,
        1000,
        2000,
    ]
    for wrong in (
        {},
        {"line": 0},
        {"tail": -1},
        {"tail": 10**9},
        {"line": 1, "tail": 1},
        {"since": "2026-01-01T00:00:00"},
    ):
        assert page.ask("/place", **wrong).status == 422


def test_a_search_goes_both_ways_and_on(page: Page) -> None:
    found = page.get("/search", text="line 99", limit=4)
    assert [LOG[row["start"] : row["end"]] for row in found["rows"]] == [
        b"line 99\n", b"line 990\n", b"line 991\n", b"line 992\n",
    ]  # fmt: skip
    assert found["next"] == LOG.index(b"line 993\n")
    back = page.get("/search", text="LINE 99", ignore_case=True, start=LOG.index(b"line 990\n"), back=True)
    assert back["rows"][0]["start"] == LOG.index(b"line 99\n")
    assert page.get("/search", text="line 99")["rows"][0]["text"] == ""
    assert page.get("/search", text="训练 red", with_text=True)["rows"][0]["text"] == "训练 \x1b[31mred"
    assert page.get("/search", text="20%") == {
        "rows": [],
        "next": None,
        "resume": LOG.rindex(b"z" * 10) // 16384 * 16384,
        "size": len(LOG),
    }
    first = page.get("/search", errors=True, with_text=True)
    assert first["rows"][0]["text"] == "Traceback (most recent call last):"


def test_what_cannot_be_asked_is_refused(page: Page) -> None:
    for text in ("", "x" * 201, "a\nb", "\x00"):
        assert page.ask("/search", text=text).status == 422
    for limit in (0, 1001):
        assert page.ask("/search", text="a", limit=limit).status == 422
    for query in ({"before": 1001}, {"after": -1}, {"at": 1 << 63}, {"at": "x"}):
        assert page.ask("/rows", **query).status == 422


def test_others_learn_nothing(page: Page) -> None:
    for path in ("", "/rows", "/place", "/search", "/download", "/stream"):
        assert page.ask(path, headers=page.bob, text="line", line=1).status == 404
        assert page.client.get(page.path + path).status in (401, 404)


def test_a_hollow_log_says_so_everywhere(page: Page) -> None:
    page.write(b"begin\n" + bytes(100_000) + b"line\nend\n")
    (page.folder / "log.hole").write_text(json.dumps({"start": 6, "end": 100_006}))
    assert [row["kind"] for row in page.get("/rows", at=0)["rows"]] == ["line", "hole", "line", "line"]
    assert page.get("/rows", before=3)["rows"][0]["text"] == "begin"
    assert page.get("/rows", at=50_000)["hole"] == {"start": 6, "end": 100_006}
    assert page.get("/search", text="end")["rows"][0]["start"] == 100_011
    assert page.get("/rows", before=9)["lines"] == 3
    whole = "begin\n\n… 100,000 bytes in the middle of this log were dropped …\nline\nend\n"
    assert page.ask("/download").text == whole
    assert gzip.decompress(page.ask("/download", gzip=True).body).decode() == whole
    page.end()
    assert page.ask("/download").text == whole


def test_the_whole_log_is_downloaded_while_it_runs_and_after(page: Page) -> None:
    running = page.ask("/download")
    assert running.body == LOG
    assert 'filename="digits-job-1.log"' in running.headers["content-disposition"]
    assert gzip.decompress(page.ask("/download", gzip=True).body) == LOG
    page.end()
    ended = page.ask("/download")
    assert (ended.body, ended.headers["content-length"]) == (LOG, str(len(LOG)))
    page.write(b"")
    assert page.ask("/download").body == b""


def test_the_index_of_lines_may_be_lost_or_broken(page: Page) -> None:
    page.write(b"x\n" * 2_000_000)
    for broken in (None, b"", b"nonsense" * 4, (page.folder / "log").read_bytes()[:100]):
        index = page.folder / "log.lines"
        if broken is None:
            index.unlink(missing_ok=True)
        else:
            index.write_bytes(broken)
        assert page.get("/place", line=1_500_000)["offset"] == 2_999_998
        assert page.get("/rows", before=1)["lines"] == 2_000_000


def test_a_reader_of_sizes_learns_how_much_came(page: Page) -> None:
    page.write(b"one\ntwo\n")
    page.end()
    answer = page.client.get(f"{page.path}/stream?from=4&text=false", headers=page.ada, until=b"event: end")
    assert b'event: grown\ndata: {"size":8,"lines":1}' in answer.body
    assert answer.body.rstrip().endswith(b'event: end\ndata: {"end":8}')
    assert b"event: log" not in answer.body
