"""A module and a dataset of others, found on their pages, used in a notebook; a cell that takes too long is stopped."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect
from support.installation import Installation

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.timeout(900),
    pytest.mark.deep("a walk in two languages"),
]

SLOW_MS = 180_000
MODULE = "openmo/iris_classifier"
FLOWER = "{'sepal_length': 5.1, 'sepal_width': 3.5, 'petal_length': 1.4, 'petal_width': 0.2}"


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the pages say."""

    tag: str
    search: str
    add: str
    start: str


ENGLISH = Words(tag="en", search="Search modules", add="Import", start="Start coding")
CHINESE = Words(tag="zh-CN", search="搜索模块", add="导入", start="开始编程")


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=lambda words: words.tag)
def test_a_module_of_others_predicts_in_a_notebook(signed_in: Page, openmo: Installation, words: Words) -> None:
    name = f"module-{words.tag.lower()}"
    openmo.cli("project", "create", name)
    url = str(openmo.status()["url"]).rstrip("/")
    page = signed_in
    page.goto(f"{url}/language/{words.tag}?back=/projects/ada/{name}")
    _import_module(page, name, words)
    openmo.cli("dataset", "import", name, "openmo/iris")
    page.goto(f"{url}/projects/ada/{name}")
    expect(page.locator("aside")).to_contain_text(MODULE)
    page.get_by_role("button", name=words.start).first.click()
    page.wait_for_url("**/lab/tree/coding_here.ipynb**", timeout=SLOW_MS)
    page.locator(".jp-Notebook").wait_for(timeout=SLOW_MS)
    expect(page.locator("#jp-main-statusbar")).to_contain_text(re.compile("Idle|空闲"), timeout=SLOW_MS)
    _run(page, 0, "")
    call = f"run('{MODULE}/1.0.0', {FLOWER}), open('datasets/openmo-iris/iris.csv').readline()"
    expect(_run(page, 1, call)).to_contain_text("([0], ", timeout=SLOW_MS)
    endless = _run(page, 2, "print('begun', flush=True)\nwhile True: pass")
    expect(endless).to_contain_text("begun", timeout=SLOW_MS)
    page.locator(".jp-NotebookPanel-toolbar [data-command='notebook:interrupt-kernel']").first.click()
    expect(endless).to_contain_text("KeyboardInterrupt", timeout=SLOW_MS)


def _import_module(page: Page, name: str, words: Words) -> None:
    """By the link on the project's page, the search, and the module's own page."""
    page.locator(f"aside a[href^='/modules?project=ada/{name}'], aside a[href*='modules?project=ada%2F{name}']").click()
    page.get_by_role("searchbox", name=words.search).fill("iris")
    page.locator(f"a[href^='/modules/{MODULE}']").first.click()
    expect(page.locator("main .code-block").filter(has_text=f"{MODULE}/1.0.0").first).to_be_visible()
    page.get_by_role("button", name=words.add, exact=True).click()
    page.wait_for_url(f"**/projects/ada/{name}/files/modules")


def _run(lab: Page, number: int, code: str) -> Locator:
    """Runs the cell of that number, with this code where there is some; its output."""
    cell = lab.locator(".jp-Notebook .jp-CodeCell").nth(number)
    cell.locator(".cm-content").click(timeout=SLOW_MS)
    if code:
        lab.keyboard.press("Control+A")
        lab.keyboard.insert_text(code)
    lab.keyboard.press("Shift+Enter")
    return cell.locator(".jp-OutputArea")
