"""A log of a hundred megabytes in a real browser: walked, searched, timed and followed, in both languages."""

import shutil
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from support.browser import chromium, chromium_path
from support.doses import CHINESE_TWIN
from support.identity import MemoryIdentity
from support.platform import Platform
from support.processes import wait_for
from support.served_pages import served_pages

from openmo.db.engine import Database
from openmo.execution.memory import MemoryExecutor
from openmo.web.security import SESSION_COOKIE

pytestmark = [pytest.mark.e2e, pytest.mark.skipif(chromium_path() is None, reason="There is no Chromium here.")]

LINES = 1_000_000
FAILS_AT = 700_000
TIMEOUT_MS = 30_000


def line(number: int) -> bytes:
    return b"line %07d \x1b[32mloss\x1b[0m 0.5 <b>%s</b>\n" % (number, b"x" * 60)


def write_log(folder: Path) -> None:
    with (folder / "log").open("wb") as log:
        for start in range(1, LINES + 1, 100_000):
            text = b"".join(line(number) for number in range(start, start + 100_000))
            if start <= FAILS_AT < start + 100_000:
                wrong = line(FAILS_AT)
                text = text.replace(wrong, wrong + b"Traceback (most recent call last):\nValueError: no rows\n")
            log.write(text)
        size = log.tell()
    records = [(size // 2, 1_700_000_000.25), (size, 1_700_003_600.5)]
    (folder / "log.times").write_bytes(b"".join(struct.pack("<Qd", *record) for record in records))


@dataclass
class LogPage:
    """The page of a job, and the job that prints."""

    page: Page
    executor: MemoryExecutor
    folder: Path

    @property
    def rows(self) -> Locator:
        return self.page.locator(".log-text > div")

    def at_end(self) -> bool:
        script = "node => node.scrollHeight - node.scrollTop - node.clientHeight < 30"
        return bool(self.page.locator(".log-text").evaluate(script))

    def sees(self, text: str) -> None:
        expect(self.rows.filter(has_text=text).first).to_be_in_viewport(timeout=TIMEOUT_MS)


@pytest.fixture(params=["en", pytest.param("zh-CN", marks=CHINESE_TWIN)])
def shown(request: pytest.FixtureRequest, tmp_path: Path, migrated_sqlite: Path) -> Iterator[LogPage]:
    database = Database(f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'openmo.sqlite')}")
    platform = Platform(database, tmp_path / "data")
    project = platform.project(files={"train.py": "print(1)\n"})
    job = platform.submit(project)
    platform.runner().step()
    folder = platform.launcher.folder(job)
    write_log(folder)
    identity = MemoryIdentity()
    app = platform.app(identity, hosts=("127.0.0.1",))
    with served_pages(app) as url, chromium() as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 1600}, locale=request.param)
        context.add_cookies([{"name": SESSION_COOKIE, "value": identity.token("ada"), "url": url}])
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        complaints: list[str] = []
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(f"{url}/projects/ada/digits/jobs/1")
        assert isinstance(platform.executor, MemoryExecutor)
        yield LogPage(page, platform.executor, folder)
        assert complaints == []
    database.close()


def test_a_huge_log_is_walked_searched_and_followed(shown: LogPage) -> None:
    page, text = shown.page, shown.page.locator(".log-text")
    is_chinese = page.locator("html").get_attribute("lang") == "zh-CN"
    page.locator(".log").scroll_into_view_if_needed()
    # The end first; what is printed comes.
    shown.sees(f"line {LINES:07d}")
    shown.executor.emit(shown.folder, b"newest\r10%\r20%\n")
    shown.sees("20%est")
    # Anywhere: by the bar, by the keyboard, by a line's number.
    box = page.locator(".log-scroll").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 7, box["y"] + box["height"] / 2)
    expect(shown.rows.filter(has_text="line 05").or_(shown.rows.filter(has_text="line 04")).first).to_be_attached()
    assert shown.rows.count() <= 1000
    shown.executor.emit(shown.folder, b"one\ntwo\nthree\n")
    expect(page.locator(".follow")).to_have_text("3 行新内容" if is_chinese else "3 new lines")
    text.press("g")
    shown.sees("line 0000001")
    page.locator("[data-log-search]").fill(":654321")
    page.keyboard.press("Enter")
    shown.sees("line 0654321")
    # Wheeling fetches what comes next.
    text.hover()

    def wheeled() -> int:
        page.mouse.wheel(0, 4000)
        return shown.rows.filter(has_text="line 0655").count()

    wait_for(wheeled)
    assert shown.rows.count() <= 1000
    # A search across the colours, and on to the next match.
    page.locator("[data-log-search]").fill("0777777 LOSS 0.5")
    shown.sees("line 0777777")
    expect(page.locator(".log mark").first).to_be_visible()
    expect(page.locator("[data-log-count]")).to_have_text("第 1 处，共 1 处" if is_chinese else "1 of 1")
    page.locator("[data-log-search]").fill("three")
    shown.sees("three")
    _walks_errors(shown)
    # Full height and back; then the end again.
    text.press("z")
    expect(page.locator(".log.full")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".log.full")).to_have_count(0)
    text.press("f")
    wait_for(shown.at_end)
    shown.executor.emit(shown.folder, b"the very last\n")
    shown.sees("the very last")


def _walks_errors(shown: LogPage) -> None:
    """The first error, the next one, and the time at which it was printed."""
    page, text = shown.page, shown.page.locator(".log-text")
    text.press("e")
    shown.sees("Traceback (most recent call last):")
    expect(page.locator(".hit-row")).to_contain_text("Traceback")
    text.press("n")
    expect(page.locator(".hit-row")).to_contain_text("ValueError")
    text.press("t")
    expect(shown.rows.filter(has_text="ValueError").first).to_have_attribute("data-time", "2023-11-14 23:13:20.500")
    assert page.locator(".log-text b, .log-text script").count() == 0
