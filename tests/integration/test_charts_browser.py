"""Charts and comparisons in a real browser, in both languages: zoom refines, choices are kept, runs are averaged."""

import json
import math
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from support.browser import TIMEOUT_MS, chromium
from support.doses import CHINESE_TWIN
from support.identity import MemoryIdentity
from support.platform import Platform
from support.served_pages import served_pages

from openmo.db.engine import Database
from openmo.execution.executor import Exit, ExitKind
from openmo.execution.memory import MemoryExecutor
from openmo.jobs.values import Job
from openmo.projects.values import Project
from openmo.web.security import SESSION_COOKIE

pytestmark = [pytest.mark.e2e]

HOSTILE = "<img src=x onerror=alert(1)>"
BASE = "/projects/ada/digits/jobs"


@dataclass(frozen=True)
class Words:
    elapsed: str
    log: str
    table: str
    show_all: str
    smoothing: str
    compare: str
    mean: str
    format: str


WORDS = {
    "en": Words(
        elapsed="Elapsed",
        log="Log scale",
        table="Table",
        show_all="Show all",
        smoothing="Smoothing",
        compare="Compare",
        mean="Mean ± deviation",
        format="0 metrics in the log so far.",
    ),
    "zh-CN": Words(
        elapsed="已用时间",
        log="对数刻度",
        table="表格",
        show_all="显示全部",
        smoothing="平滑",
        compare="比较",
        mean="均值 ± 标准差",
        format="日志中目前有 0 个指标。",
    ),
}


class Lab:
    """A served project of ada's, and jobs that printed."""

    def __init__(self, platform: Platform, project: Project) -> None:
        self.platform, self.project = platform, project
        self.identity = MemoryIdentity()
        self.url = ""

    def job(self, text: str, *args: str) -> Job:
        executor, job = self.platform.executor, self.platform.submit(self.project, args=args)
        assert isinstance(executor, MemoryExecutor)
        runner, folder = self.platform.runner(), self.platform.launcher.folder(job)
        runner.step()
        executor.emit(folder, text.encode())
        executor.finish(folder, Exit(kind=ExitKind.EXITED, code=0, ended_at=self.platform.clock.now().timestamp()))
        runner.step()
        return self.platform.job(job)


def printed(metric: str, values: list[float]) -> str:
    return "".join(json.dumps({"metric": metric, "value": y, "step": x}) + "\n" for x, y in enumerate(values))


@pytest.fixture
def lab(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Lab]:
    """On SQLite alone: what a browser draws does not depend on the database."""
    database = Database(f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'openmo.sqlite')}")
    platform = Platform(database, tmp_path / "data")
    made = Lab(platform, platform.project(files={"train.py": ""}))
    app = platform.app(made.identity, hosts=("127.0.0.1",))
    with served_pages(app) as made.url:
        yield made
    database.close()


@pytest.fixture(params=["en", pytest.param("zh-CN", marks=CHINESE_TWIN)])
def page(request: pytest.FixtureRequest, lab: Lab) -> Iterator[Page]:
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale=request.param)
        context.add_cookies([{"name": SESSION_COOKIE, "value": lab.identity.token("ada"), "url": lab.url}])
        made = context.new_page()
        made.set_default_timeout(TIMEOUT_MS)
        complaints: list[str] = []
        made.on("pageerror", lambda error: complaints.append(str(error)))
        yield made
        assert complaints == []


@pytest.fixture
def words(page: Page, request: pytest.FixtureRequest) -> Words:
    return WORDS[request.node.callspec.params["page"]]


def drag(page: Page, name: str, start: float, end: float) -> None:
    """The pointer draws over that part of the chart's width."""
    over = page.get_by_label(name, exact=True).locator(".u-over")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + box["width"] * start, middle)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, middle, steps=4)
    page.mouse.up()
    page.mouse.move(2, 2)


def test_a_chart_is_zoomed_smoothed_and_read(page: Page, lab: Lab, words: Words, tmp_path: Path) -> None:
    curve = [math.sin(x / 900) + (5 if x == 7_777 else 0) for x in range(20_000)]
    job = lab.job(printed("loss", curve) + printed("acc", [0.0, 0.5, -1.0]) + printed(HOSTILE, [1.0, 2.0]))
    page.goto(f"{lab.url}{BASE}/{job.number}")
    card = page.get_by_label("loss", exact=True)
    expect(card.locator(".plot-read")).to_contain_text("20000")
    expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()

    with page.expect_response(lambda answer: "start=" in answer.url) as asked:
        drag(page, "loss", 0.38, 0.40)
    refined = asked.value.json()
    assert refined["raw"]
    assert max(refined["y"]) == max(curve)
    expect(card.locator(".plot-read")).to_have_text("")
    card.get_by_role("button", name=words.show_all).click()
    expect(card.locator(".plot-read")).to_contain_text("20000")

    plot = card.locator(".plot")
    plot.focus()
    page.keyboard.press("Home")
    expect(card.locator(".plot-read")).to_contain_text("0")
    page.keyboard.press("End")
    expect(card.locator(".plot-read")).to_contain_text("19,999")
    expect(card.locator(".plot-read")).to_have_attribute("aria-live", "polite")
    with page.expect_response(lambda answer: "start=" in answer.url):
        page.keyboard.press("+")
    page.keyboard.press("Escape")

    page.get_by_label(words.smoothing).fill("0.9")
    page.get_by_role("button", name=words.log).click()
    expect(page.get_by_label("acc", exact=True).locator(".plot-read")).to_contain_text("2")
    with page.expect_download() as saved:
        card.locator("summary").click()
        card.get_by_role("button", name="PNG").click()
    assert saved.value.suggested_filename == "loss.png"
    saved.value.save_as(tmp_path / "loss.png")
    assert (tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")
    page.get_by_role("button", name=words.elapsed).click()
    page.get_by_role("button", name=words.table).click()
    expect(page.get_by_label("acc", exact=True).locator("tbody tr")).to_have_count(3)
    page.reload()
    expect(page.get_by_label(words.smoothing)).to_have_value("0.9")
    expect(page.get_by_role("button", name=words.log)).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("button", name=words.elapsed)).to_have_attribute("aria-pressed", "true")


def test_a_silent_job_says_how_metrics_are_printed(page: Page, lab: Lab, words: Words) -> None:
    job = lab.job("{'metric': 'loss', 'value': 1}\n")
    page.goto(f"{lab.url}{BASE}/{job.number}")
    expect(page.get_by_text(words.format)).to_be_visible()
    expect(page.locator("[data-malformed] code")).to_have_text("{'metric': 'loss', 'value': 1}")


@pytest.mark.parametrize("page", ["en"], indirect=True)
def test_hundreds_of_metrics_are_drawn_where_one_looks(page: Page, lab: Lab) -> None:
    job = lab.job("".join(printed(f"layer{at}/grad", [1.0, 2.0]) for at in range(400)))
    page.goto(f"{lab.url}{BASE}/{job.number}")
    expect(page.locator(".chart-card")).to_have_count(400)
    expect(page.locator("[data-charts] canvas").first).to_be_visible()
    assert page.locator("[data-charts] canvas").count() < 40
    page.locator("[data-filter]").fill("r399/ GRAD")
    expect(page.locator(".chart-card:visible")).to_have_count(1)
    expect(page.get_by_label("layer399/grad", exact=True).locator("canvas")).to_be_visible()


def test_three_runs_beside_each_other(page: Page, lab: Lab, words: Words) -> None:
    for seed, level in ((1, 1.0), (2, 3.0)):
        lab.job(printed("loss", [level, level / 2]), "--lr", "0.1", "--seed", str(seed))
    lab.job(printed("loss", [9.0, 8.0]), "--lr", "0.2")
    page.goto(f"{lab.url}{BASE}")
    for box in page.locator("#jobs input[name=number]").all():
        box.check()
    page.get_by_role("button", name=words.compare).click()
    page.wait_for_url("**/jobs/compare?n=3,2,1")
    rows = page.locator("[data-table] tbody tr")
    expect(rows).to_have_count(3)
    expect(page.locator("[data-table] th.differs")).to_have_count(2)
    page.locator("[data-table] th.differs button").first.click()
    expect(rows.last).to_contain_text("0.2")
    card = page.get_by_label("loss", exact=True)
    card.locator(".plot").focus()
    expect(card.locator("canvas")).to_be_visible()  # drawn when it comes into view
    page.keyboard.press("Home")
    expect(card.locator(".told")).to_have_count(3)
    with page.expect_response(lambda answer: "grouped=true" in answer.url) as asked:
        page.get_by_role("button", name=words.mean).click()
    assert [group["mean"] for group in asked.value.json()["groups"]] == [[9, 8], [2, 1]]
    card.locator(".plot").focus()
    page.keyboard.press("Home")
    expect(card.locator(".told")).to_have_count(2)
    lab.platform.jobs.delete(
        lab.platform.actor("ada"), lab.platform.jobs.get(lab.platform.actor("ada"), lab.project, 3)
    )
    page.reload()
    expect(rows).to_have_count(2)
    expect(page.locator("[data-gone]")).to_contain_text("#3")
