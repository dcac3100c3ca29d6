"""The tutorial's pictures: walks the loop on a running server, as the tutorial tells it, and photographs each step.

Run as: python tools/tutorial_images.py SIGN_IN_LINK OUT, once on a fresh data folder. The walk is the same as in
tests/e2e/test_e2e_loop.py; each language gets a project of its own.
"""

import argparse
import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect, sync_playwright

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
SLOW_MS = 120_000
KERNEL_READY = re.compile(r"\| (Idle|空闲)")
SIZE = {"width": 1280, "height": 800}


@dataclass(frozen=True)
class Words:
    """What the walk presses, in one language."""

    tag: str
    title: str
    name: str
    template: str
    create: str
    start: str
    export: str
    job: str
    create_job: str
    succeeded: str
    jobs: str
    charts: str
    deploy: str
    run: str


ENGLISH = Words(
    tag="en",
    title="My digits",
    name="my-digits",
    template="Train digits",
    create="Create project",
    start="Start coding",
    export="Export as Python",
    job="Create Job",
    create_job="Create",
    succeeded="Succeeded",
    jobs="Jobs",
    charts="Open charts",
    deploy="Deploy",
    run="Run",
)
CHINESE = Words(
    tag="zh-CN",
    title="我的手写数字",
    name="my-digits-zh",
    template="训练手写数字",
    create="创建项目",
    start="开始编程",
    export="导出为 Python",
    job="创建任务",
    create_job="创建",
    succeeded="成功",
    jobs="任务",
    charts="打开图表",
    deploy="部署",
    run="运行",
)


class Walk:
    """One language's walk."""

    def __init__(self, page: Page, site: str, words: Words, out: Path) -> None:
        self.page = page
        self.site = site
        self.words = words
        self.out = out / words.tag
        self.out.mkdir(parents=True, exist_ok=True)
        self.base = ""

    def shoot(self, name: str) -> None:
        self.page.screenshot(path=self.out / f"{name}.png", animations="disabled")

    def new_project(self) -> None:
        page, words = self.page, self.words
        page.goto(f"{self.site}/workspace")
        self.shoot("workspace")
        page.goto(f"{self.site}/projects/new")
        page.get_by_role("radio", name=words.template).check()
        page.locator("#title").fill(words.title)
        page.locator("#name").fill(words.name)
        self.shoot("new-project")
        page.get_by_role("button", name=words.create).click()
        page.wait_for_url(f"**/{words.name}")
        self.base = page.url
        self.shoot("overview")

    def lab(self) -> None:
        page, words = self.page, self.words
        page.get_by_role("button", name=words.start).first.click()
        page.wait_for_url("**/lab/tree/**", timeout=SLOW_MS)
        page.locator(".jp-Notebook").wait_for(timeout=SLOW_MS)
        # A cell that is run before the kernel answers is not run at all.
        expect(page.locator("#jp-main-statusbar")).to_contain_text(KERNEL_READY, timeout=SLOW_MS)
        page.locator(".jp-CodeCell").nth(0).locator(".jp-InputArea-editor").click()
        for number in (1, 2, 3):
            page.keyboard.press("Shift+Enter")
            # Between code cells stand text cells, which Shift+Enter passes too.
            while page.locator(".jp-MarkdownCell.jp-mod-active, .jp-MarkdownCell.jp-mod-selected").count():
                page.keyboard.press("Shift+Enter")
            prompt = page.locator(".jp-CodeCell .jp-InputPrompt", has_text=f"[{number}]:")
            expect(prompt.first).to_be_visible(timeout=SLOW_MS)
        page.locator(".jp-OutputArea-output img").first.wait_for(timeout=SLOW_MS)
        self.shoot("notebook")
        page.get_by_role("button", name=words.export).click()
        page.get_by_role("tab", name="coding_here.py").wait_for()
        page.locator(".jp-FileEditor:visible .cm-line").first.wait_for()
        self.shoot("export")
        page.locator(".jp-DirListing-item", has_text="train.py").dblclick()
        page.get_by_role("tab", name="train.py").wait_for()
        page.locator(".jp-FileEditor:visible .cm-line").first.wait_for()
        page.get_by_role("button", name=words.job).and_(page.locator(":visible")).first.click()
        page.get_by_role("dialog").wait_for()
        self.shoot("create-job")
        page.get_by_role("dialog").get_by_role("button", name=words.create_job, exact=True).click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        self.jobs_panel()

    def jobs_panel(self) -> None:
        page, words = self.page, self.words
        page.locator(".jp-SideBar [data-id=openmo-jobs]").click()
        row = page.get_by_role("region", name=words.jobs, exact=True).get_by_role("listitem").first
        row.get_by_role("button", name=words.charts).click()
        page.frame_locator("iframe[src*='embed']").locator("[data-charts] canvas").first.wait_for(timeout=SLOW_MS)
        expect(row).to_contain_text(words.succeeded, ignore_case=True, timeout=SLOW_MS)
        self.shoot("jobs-panel")

    def job(self) -> None:
        page = self.page
        page.goto(f"{self.base}/jobs/1")
        page.get_by_text(self.words.succeeded).first.wait_for(timeout=SLOW_MS)
        page.reload()
        page.locator("[data-charts] canvas").first.wait_for()
        self.shoot("job")

    def app(self) -> None:
        page, words = self.page, self.words
        page.goto(f"{self.base}/deploy")
        self.shoot("deploy")
        page.locator("form").get_by_role("button", name=words.deploy).click()
        page.get_by_text("1.0.0").first.wait_for()
        page.goto(f"{self.base}/use")
        picture: FilePayload = {"name": "seven.png", "mimeType": "image/png", "buffer": self.seven()}
        page.locator("[data-drop] input[type=file]").set_input_files(picture)
        page.get_by_role("button", name=words.run).click()
        page.locator("[data-result] .value-number").first.wait_for(timeout=SLOW_MS)
        self.shoot("app")

    def owner(self) -> None:
        page = self.page
        page.goto(f"{self.base}/app")
        page.locator("main h2, main table").first.wait_for()
        self.shoot("manage-app")

    def seven(self) -> bytes:
        """A picture of the dataset that the training keeps for its test."""
        archive = self.page.request.get(f"{self.site}/api/v1/datasets/openmo/digits/files/digits.zip").body()
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            names = (name for name in sorted(opened.namelist()) if name.startswith("7/") and name.endswith(".png"))
            return opened.read(next(name for name in names if int(Path(name).stem) % 5 == 0))


def new_context(browser: Browser, words: Words) -> BrowserContext:
    context = browser.new_context(viewport=SIZE, locale=words.tag, color_scheme="light")  # type: ignore[arg-type]
    context.set_default_timeout(30_000)
    return context


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("link")
    parser.add_argument("out", type=Path)
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    options = parser.parse_args()
    parts = urlsplit(options.link)
    site = f"{parts.scheme}://{parts.netloc}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=ARGUMENTS)
        first = new_context(browser, ENGLISH)
        page = first.new_page()
        page.goto(options.link)
        page.wait_for_url("**/workspace")
        state = first.storage_state()
        for words in (ENGLISH, CHINESE):
            context = browser.new_context(storage_state=state, viewport=SIZE, locale=words.tag)  # type: ignore[arg-type]
            context.set_default_timeout(30_000)
            walk = Walk(context.new_page(), site, words, options.out)
            for step in (walk.new_project, walk.lab, walk.job, walk.app, walk.owner):
                step()
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
