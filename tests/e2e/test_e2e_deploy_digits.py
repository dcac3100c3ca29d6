"""The digits notebook, in Chinese: train in its cells, make it an app by the panel, read a digit beside it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FrameLocator, Locator, Page, expect
from support.digit_pictures import held_out_seven
from support.installation import Installation
from support.screenshots import keep_picture

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

SLOW_MS = 180_000
NAME = "panel-digits"
CELLS_OF_TRAINING = (0, 1, 3)
"""Among the code cells: the client, the pictures, the training that saves the model. Between them only plots."""
HANDLER = "# 由手写而成\n"


@pytest.mark.deep("the wizard's longest walk, with a training; the iris walk is its light dose")
def test_the_digits_notebook_becomes_an_app(browser: Browser, openmo: Installation) -> None:
    openmo.cli("project", "create", NAME, "--template", "train-digits")
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    context.set_default_timeout(SLOW_MS)
    page = context.new_page()
    page.goto(str(openmo.status()["sign_in_link"]))
    page.wait_for_url("**/workspace")
    lab = _start_coding(page, openmo.status()["url"])
    for cell in CELLS_OF_TRAINING:
        _run(lab, cell)
    panel = _open_panel(lab)
    _prepare(panel, openmo.workspace(NAME))
    _deploy(panel)
    app = _test(lab, panel)
    assert _read_a_digit(app, held_out_seven(openmo)) == "7"
    keep_picture(lab, "digits-zh")
    _see_the_failure_of_a_call(lab, panel, app)
    _edit_by_hand(panel, openmo.workspace(NAME))
    context.close()


def _start_coding(page: Page, url: str) -> Page:
    page.goto(f"{url}/projects/ada/{NAME}")
    page.get_by_role("button", name="开始编程").first.click()
    page.wait_for_url("**/lab/tree/coding_here.ipynb**")
    page.locator(".jp-Notebook").wait_for()
    expect(page.locator("#jp-main-statusbar")).to_contain_text(re.compile("空闲|Idle"))
    return page


def _run(lab: Page, number: int) -> None:
    """Runs the code cell of that number and waits for its end."""
    cell = lab.locator(".jp-CodeCell").nth(number)
    cell.locator(".jp-InputArea-editor").click()
    expect(cell.locator(".cm-editor")).to_have_class(re.compile("cm-focused"))
    lab.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-InputPrompt")).to_have_text(f"[{CELLS_OF_TRAINING.index(number) + 1}]:")


def _open_panel(lab: Page) -> Locator:
    lab.locator(".jp-SideBar [data-id=openmo-deploy]").click()
    panel = lab.get_by_role("region", name="部署")
    panel.wait_for()
    return panel


def _prepare(panel: Locator, workspace: Path) -> None:
    panel.get_by_role("button", name="准备文件").click()
    panel.get_by_role("button", name="下一步").click()
    expect(panel.locator("li.openmo-mod-error")).to_have_count(0)
    panel.get_by_role("button", name="下一步").click()
    panel.get_by_role("group", name="image").get_by_label("描述").fill("一张数字图片")
    expect(panel.get_by_label("app_spec.yml")).to_contain_text("description: 一张数字图片")
    panel.get_by_role("button", name="写入文件").click()
    panel.page.get_by_role("dialog").get_by_role("button", name="替换").click()  # the template's own handler.py
    expect(panel.get_by_role("textbox", name="版本")).to_have_value("1.0.0")
    assert "from digit_reader import DigitReader" in (workspace / "handler.py").read_text("utf-8")


def _deploy(panel: Locator) -> None:
    for file in ("handler.py", "app_spec.yml", "digit_reader.py"):
        expect(panel.get_by_role("checkbox", name=file)).to_be_checked()
    expect(panel.get_by_role("checkbox", name="results/model.npz")).to_be_checked()
    expect(panel.get_by_role("checkbox", name="train.py")).not_to_be_checked()
    panel.get_by_role("button", name="部署").click()
    expect(panel.get_by_role("heading", name="应用已上线")).to_be_visible()


def _test(lab: Page, panel: Locator) -> FrameLocator:
    panel.get_by_role("button", name="测试").click()
    return lab.frame_locator("iframe[src*='/use']")


def _read_a_digit(app: FrameLocator, image: bytes) -> str:
    app.locator('input[type="file"]').first.set_input_files(
        {"name": "seven.png", "mimeType": "image/png", "buffer": image}
    )
    expect(app.locator("[data-file-note]").first).to_contain_text("seven.png")
    app.get_by_role("button", name="运行").click()
    result = app.locator("[data-result] .result-item").filter(has_text="digit").first
    return str(result.locator(".value-number").inner_text()).strip()


def _see_the_failure_of_a_call(lab: Page, panel: Locator, app: FrameLocator) -> None:
    """What only begins like a picture fails in the handler; its owner reads of it beside the notebook."""
    broken = b"\x89PNG\r\n\x1a\n but nothing behind"
    app.locator('input[type="file"]').first.set_input_files(
        {"name": "broken.png", "mimeType": "image/png", "buffer": broken}
    )
    app.get_by_role("button", name="运行").click()
    expect(app.locator("[data-result]")).to_contain_text("UnidentifiedImageError")
    panel.get_by_role("button", name="调用与错误").click()
    calls = lab.frame_locator("iframe[src*='/app/calls']")
    expect(calls.locator(".call-list")).to_contain_text("UnidentifiedImageError")
    for around in (".topbar", ".footer", ".tabs", ".subtabs", "h1"):
        expect(calls.locator(around)).to_be_hidden()
    test, listed = (lab.locator(".lm-TabBar-tab", has_text=text) for text in ("测试应用", "应用的调用"))
    assert (
        test.locator("xpath=..")
        .evaluate_handle("box => box")
        .evaluate("(box, other) => box === other.parentElement", listed.element_handle())
    ), "the pages of an app share one place beside the notebook"
    keep_picture(lab, "digits-failure-zh")


def _edit_by_hand(panel: Locator, workspace: Path) -> None:
    """What was written into the files since is what the next release would hold."""
    handler, spec = workspace / "handler.py", workspace / "app_spec.yml"
    handler.write_text(HANDLER + handler.read_text("utf-8"), "utf-8")
    spec.write_text(spec.read_text("utf-8").replace("一张数字图片", "手写数字"), "utf-8")
    panel.get_by_role("button", name="重新开始").click()
    panel.get_by_role("button", name="部署").click()
    expect(panel.get_by_role("textbox", name="版本")).to_have_value("1.1.0")
    panel.get_by_role("button", name="部署").click()
    expect(panel.get_by_role("heading", name="应用已上线")).to_be_visible()
    assert handler.read_text("utf-8").startswith(HANDLER)
