"""A module from nothing to a published version in JupyterLab: the panel *Publish* on a real OpenMo."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from support.installation import Installation

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

SLOW_MS = 180_000


@dataclass(frozen=True, kw_only=True)
class Words:
    """What pages and panel say."""

    tag: str
    start: str
    publish: str
    begun: str
    kind: str
    test: str
    run: str
    onward: str
    published: str


ENGLISH = Words(
    tag="en",
    start="Start coding",
    publish="Publish",
    begun="1. The module: Toolkit · run",
    kind="Toolkit",
    test="Test",
    run="Run: Run",
    onward="Next",
    published="The module is published",
)
CHINESE = Words(
    tag="zh-CN",
    start="开始编程",
    publish="发布",
    begun="1. 模块：工具 · run",
    kind="工具",
    test="测试",
    run="运行：运行",
    onward="下一步",
    published="模块已发布",
)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(ENGLISH, id="en"),
        pytest.param(CHINESE, id="zh-CN", marks=pytest.mark.deep("the same walk in the other language")),
    ],
)
def test_a_module_is_begun_tried_and_published(signed_in: Page, openmo: Installation, words: Words) -> None:
    name = f"publish-panel-{words.tag.lower()}"
    module = name.replace("-", "_")
    openmo.cli("project", "create", name, "--kind", "module")
    url = str(openmo.status()["url"]).rstrip("/")
    page = signed_in
    page.goto(f"{url}/language/{words.tag}?back=/projects/ada/{name}")
    page.get_by_role("button", name=words.start).first.click()
    page.wait_for_url("**/lab/tree/coding_here.ipynb**", timeout=SLOW_MS)
    page.locator(".jp-Notebook").wait_for(timeout=SLOW_MS)
    expect(page.locator(".jp-SideBar [data-id=openmo-deploy]")).to_have_count(0)
    page.locator(".jp-SideBar [data-id=openmo-publish]").click()
    panel = page.get_by_role("region", name=words.publish)
    panel.get_by_role("button", name=words.kind).click(timeout=SLOW_MS)
    expect(panel.get_by_text(words.begun)).to_be_visible(timeout=SLOW_MS)
    panel.get_by_role("button", name=words.test).click()
    panel.get_by_label("text").fill("to be or not")
    panel.get_by_role("button", name=words.run).click()
    expect(panel.locator(".openmo-Publish-outputs")).to_contain_text(re.compile(r"words\s*4"), timeout=SLOW_MS)
    panel.get_by_role("button", name=words.onward).click()
    panel.get_by_role("button", name=words.publish, exact=True).click()
    expect(panel.get_by_role("heading", name=words.published)).to_be_visible(timeout=SLOW_MS)
    expect(panel.get_by_text(f"ada/{module}/0.1.0")).to_be_visible()
    page.goto(f"{url}/modules/ada/{module}")
    expect(page.get_by_text("0.1.0").first).to_be_visible()
