"""The documented walk with somebody else's module: from an empty project to its answer, without leaving JupyterLab."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from support.doses import CHINESE_TWIN
from support.installation import Installation
from support.lab_panels import open_modules
from support.screenshots import keep_picture

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

SLOW_MS = 180_000
CALL = "result = run('openmo/iris_classifier/1.0.0', conf)"


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the pages say."""

    tag: str
    start: str
    panel: str
    search: str
    insert: str
    inserted: str


ENGLISH = Words(
    tag="en",
    start="Start coding",
    panel="Modules",
    search="Search modules",
    insert="Insert code: Run",
    inserted="Inserted into coding_here.ipynb.",
)
CHINESE = Words(
    tag="zh-CN",
    start="开始编程",
    panel="模块",
    search="搜索模块",
    insert="插入代码：运行",
    inserted="已插入 coding_here.ipynb。",
)


@pytest.mark.parametrize(
    "words", [ENGLISH, pytest.param(CHINESE, marks=CHINESE_TWIN)], ids=lambda words: getattr(words, "tag", "")
)
def test_a_module_is_found_inserted_and_run(signed_in: Page, openmo: Installation, words: Words) -> None:
    name = f"panel-module-{words.tag.lower()}"
    openmo.cli("project", "create", name)
    lab = _start_coding(signed_in, openmo, name, words)
    panel = open_modules(lab, words.panel)
    expect(lab.locator(".jp-SideBar [data-id='extensionmanager.main-view']")).to_have_count(0)
    panel.get_by_role("searchbox", name=words.search).fill("iris")
    panel.get_by_role("button", name=re.compile("iris_classifier")).click()
    keep_picture(lab, f"module-{words.tag}")
    lab.get_by_role("button", name=words.insert).click()
    expect(lab.get_by_text(words.inserted)).to_be_visible(timeout=SLOW_MS)
    cells = lab.locator(".jp-Notebook .jp-CodeCell")
    expect(cells.nth(1).locator(".cm-content")).to_contain_text(CALL)
    lab.keyboard.press("Shift+Enter")  # the first cell, which makes the client, was not run by hand
    expect(cells.nth(1).locator(".jp-OutputArea-output")).to_contain_text("[0]", timeout=SLOW_MS)
    keep_picture(lab, f"result-{words.tag}")
    assert (openmo.workspace(name) / "modules/openmo/iris_classifier/1.0.0/main.py").is_file()


def _start_coding(page: Page, openmo: Installation, name: str, words: Words) -> Page:
    url = str(openmo.status()["url"]).rstrip("/")
    page.goto(f"{url}/language/{words.tag}?back=/projects/ada/{name}")
    page.get_by_role("button", name=words.start).first.click()
    page.wait_for_url("**/lab/tree/coding_here.ipynb**", timeout=SLOW_MS)
    page.locator(".jp-Notebook .cm-content").first.wait_for(timeout=SLOW_MS)
    return page
