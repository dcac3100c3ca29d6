"""The deploy panel, by hand in a real browser on a real JupyterLab: from cells to a release, forth and back."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support.browser import chromium
from support.lab_platform import PlatformDouble, running_platform
from support.lab_server import SIGN_IN, LabServer, install_wheel, running_lab

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

CLIENT = "from modules import json_parser, Client\nclient = Client(api_key='')"
HANDLER = """def handle(conf):
    length = conf['length']  # value_type: float # description: petal length in cm
    note = conf['note']
    return {'class': species(length)}  # value_type: str # description: species"""
CELLS = (
    CLIENT,
    "import json\n%matplotlib inline",
    "unrelated = 1\nprint(unrelated)",
    "names = json.load(open('data/names.json'))\nfor name in names:\n    pass",
    "def species(length):\n    return names[0] if length < 2 else names[1]",
    HANDLER,
)
"""Everything that the wizard has something to say about."""
LOAD_MS = 60_000
TRACEBACK = "Traceback (most recent call last):\n  ...\nKeyError: 'note'"


@pytest.fixture(scope="module")
def platform() -> Iterator[PlatformDouble]:
    with running_platform() as double:
        yield double


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, platform: PlatformDouble) -> Iterator[LabServer]:
    environment = install_wheel(tmp_path_factory.mktemp("wheel")) | platform.variables()
    with running_lab(tmp_path_factory.mktemp("lab"), environment) as server:
        platform.app.workspace = server.root
        yield server


@pytest.fixture
def page(platform: PlatformDouble) -> Iterator[Page]:
    platform.app.releases.clear()
    platform.app.failure = None
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(LOAD_MS)
        yield page


@contextmanager
def chinese(lab: LabServer) -> Iterator[None]:
    address = "/lab/api/settings/@jupyterlab/translation-extension:plugin"
    with lab.client() as client:
        client.put(address, json={"raw": json.dumps({"locale": "zh_CN"})}).raise_for_status()
        try:
            yield
        finally:
            client.put(address, json={"raw": "{}"}).raise_for_status()


def open_panel(page: Page, lab: LabServer, *cells: str, name: str = "app.ipynb", label: str = "Deploy") -> Locator:
    """The panel beside a notebook with these cells."""
    for file in ("handler.py", "app_spec.yml"):
        (lab.root / file).unlink(missing_ok=True)
    (lab.root / "data").mkdir(exist_ok=True)
    (lab.root / "data" / "names.json").write_text('["setosa", "other"]')
    (lab.root / name).write_text(json.dumps(notebook(*cells)))
    page.goto(f"{lab.url}/lab/tree/{name}?reset&token={SIGN_IN}")
    page.locator(".jp-Notebook .cm-content").first.wait_for(timeout=LOAD_MS)
    page.locator(".jp-SideBar [data-id=openmo-deploy]").click()
    panel = page.get_by_role("region", name=label)
    panel.wait_for()
    return panel


def notebook(*cells: str) -> dict[str, Any]:
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made: list[dict[str, Any]] = [
        {"cell_type": "code", "id": f"c{index}", "metadata": {}, "outputs": [], "execution_count": None, "source": text}
        for index, text in enumerate(cells)
    ]
    return {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"deploy-{name}.png")


def test_from_cells_to_a_release_and_its_page(page: Page, lab: LabServer, platform: PlatformDouble) -> None:
    panel = open_panel(page, lab, *CELLS)
    picture(page, "1-start")
    panel.get_by_role("button", name="Prepare files").click()

    expect(panel.get_by_role("heading", name="Choose cells")).to_be_focused()
    boxes = panel.get_by_role("checkbox")
    assert [boxes.nth(index).is_checked() for index in range(6)] == [True, True, False, True, True, True]
    expect(panel.get_by_text("Cell 5 · defines species")).to_be_visible()
    picture(page, "2-cells")
    panel.get_by_role("button", name="Next").click()

    expect(panel.get_by_text("%matplotlib inline works in notebooks only and is turned off.")).to_be_visible()
    expect(panel.get_by_text("The type of note was guessed.")).to_be_visible()
    expect(panel.get_by_text("This loop runs at every start of the app.")).to_be_visible()
    expect(panel.locator("li.openmo-mod-warning code", has_text="for name in names:")).to_be_visible()
    picture(page, "3-code")
    panel.get_by_role("button", name="Next").click()

    note = panel.get_by_role("group", name="note")
    expect(note).to_contain_text("please check")
    note.get_by_label("Default").fill("none")
    length = panel.get_by_role("group", name="length")
    length.get_by_label("Range").fill("0-10")
    length.get_by_label("Default").fill("1.4")
    expect(panel.get_by_label("app_spec.yml")).to_contain_text("default_value: 1.4")
    picture(page, "4-spec")
    panel.get_by_role("button", name="Write files").click()

    expect(panel.get_by_label("Version")).to_have_value("1.0.0")
    assert "def species" in (lab.root / "handler.py").read_text()
    assert "unrelated" not in (lab.root / "handler.py").read_text()
    assert "value_range: 0-10" in (lab.root / "app_spec.yml").read_text()
    expect(panel.get_by_label("data/names.json")).to_be_checked()
    expect(panel.get_by_label("app.ipynb")).not_to_be_checked()
    panel.get_by_label("Notes (optional)").fill("first")
    picture(page, "5-files")
    panel.get_by_role("button", name="Deploy").click()

    expect(panel.get_by_role("heading", name="The app is live")).to_be_visible()
    (draft,) = platform.app.releases
    assert (draft["version"], draft["channel"], draft["notes"]) == ("1.0.0", "release", "first")
    assert draft["files"] == ["app_spec.yml", "data/names.json", "handler.py"]
    picture(page, "6-result")
    with page.expect_popup() as popup:  # the double is another origin, so its page does not open inside
        panel.get_by_role("button", name="Test").click()
    assert popup.value.url.startswith(f"{platform.url}/projects/ada/digits")


def test_a_cell_that_is_mended_meanwhile_counts_and_a_hand_written_file_is_asked_about(
    page: Page, lab: LabServer, platform: PlatformDouble
) -> None:
    panel = open_panel(page, lab, "low = 1", "def handle(conf):\n    return {'y': conf['x'] + low + hihg}")
    (lab.root / "handler.py").write_text("# by hand\n")
    panel.get_by_role("button", name="Prepare files").click()
    panel.get_by_role("button", name="Next").click()
    expect(panel.get_by_text("hihg is not defined.")).to_be_visible()
    panel.get_by_role("button", name="Back").click()
    # A cell before the others, and the mistake mended: nothing of it is saved yet.
    page.locator(".jp-Notebook .cm-content").nth(0).click()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    cells = page.locator(".jp-Notebook .cm-content")
    expect(cells).to_have_count(3)
    cells.nth(2).click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("def handle(conf):\n    return {'y': conf['x'] + low}")
    panel.get_by_role("button", name="Next").click()
    expect(panel.locator("pre, .openmo-Deploy-code").first).to_contain_text("low = 1")
    expect(panel.get_by_text("is not defined")).to_have_count(0)
    panel.get_by_role("button", name="Next").click()
    panel.get_by_role("button", name="Write files").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(panel.get_by_role("button", name="Write files")).to_be_focused()
    assert (lab.root / "handler.py").read_text() == "# by hand\n"
    panel.get_by_role("button", name="Write files").click()
    page.get_by_role("dialog").get_by_role("button", name="Replace").click()
    expect(panel.get_by_label("Version")).to_have_value("1.0.0")
    assert "+ low}" in (lab.root / "handler.py").read_text()


def test_every_step_goes_back_and_keeps_what_was_typed(page: Page, lab: LabServer, platform: PlatformDouble) -> None:
    panel = open_panel(page, lab, *CELLS)
    panel.get_by_role("button", name="Prepare files").click()
    panel.get_by_role("checkbox").nth(4).uncheck()
    panel.get_by_role("button", name="Next").click()
    expect(panel.get_by_text("species is not defined. Tick the cell that defines it.")).to_be_visible()
    panel.get_by_role("button", name="Back").click()
    expect(panel.get_by_role("checkbox").nth(4)).not_to_be_checked()
    panel.get_by_role("checkbox").nth(4).check()
    panel.get_by_role("button", name="Next").click()
    expect(panel.get_by_role("heading", name="Look at the code")).to_be_visible()
    panel.get_by_role("button", name="Next").click()
    panel.get_by_role("group", name="length").get_by_label("Description").fill("typed")
    panel.get_by_role("button", name="Back").click()
    panel.get_by_role("button", name="Next").click()
    expect(panel.get_by_role("group", name="length").get_by_label("Description")).to_have_value("typed")
    panel.get_by_role("group", name="length").get_by_label("Default").fill("much")
    expect(panel.get_by_role("alert")).to_contain_text("The default of 'length' does not fit")
    panel.get_by_role("button", name="Write files").click()
    expect(panel.get_by_role("alert")).to_contain_text("The default of 'length' does not fit")
    assert not (lab.root / "handler.py").exists()


def test_a_release_that_fails_its_check_shows_its_traceback_and_can_be_tried_again(
    page: Page, lab: LabServer, platform: PlatformDouble
) -> None:
    panel = open_panel(page, lab, *CELLS)
    (lab.root / "handler.py").write_text("def handle(conf):\n    return {}\n")
    platform.app.failure = {
        "title": "The app does not work yet",
        "status": 422,
        "detail": "The app's handler failed: KeyError: 'note'",
        "code": "release_check_failed",
        "log": TRACEBACK,
    }
    panel.get_by_role("button", name="Deploy").click()
    panel.get_by_role("radio", name="Development").check()
    expect(panel.get_by_label("Version")).to_be_hidden()
    panel.get_by_role("button", name="Deploy").click()
    expect(panel.get_by_role("alert")).to_contain_text("nothing was published. The app's handler failed")
    expect(panel.locator("pre.openmo-Deploy-log")).to_have_text(TRACEBACK)
    picture(page, "7-failed")
    platform.app.failure = None
    panel.get_by_role("button", name="Deploy").click()
    expect(panel.get_by_role("heading", name="Your development version is ready")).to_be_visible()
    assert platform.app.releases[0]["channel"] == "dev"


def test_the_inserted_function_is_one_that_can_be_prepared(page: Page, lab: LabServer) -> None:
    panel = open_panel(page, lab, CLIENT, "")
    page.locator(".jp-Notebook .cm-content").nth(1).click()
    panel.get_by_role("button", name="Insert handle function").click()
    expect(page.locator(".jp-Notebook .cm-content").nth(1)).to_contain_text("def handle(conf):")
    panel.get_by_role("button", name="Prepare files").click()
    panel.get_by_role("button", name="Next").click()
    expect(panel.get_by_text("No problems found.")).to_be_visible()
    panel.get_by_role("button", name="Next").click()
    expect(panel.get_by_role("group", name="x", exact=True).get_by_label("Type")).to_have_value("float")
    expect(panel.get_by_role("group", name="y", exact=True)).to_be_visible()


def test_a_cell_that_holds_something_is_left_alone(page: Page, lab: LabServer) -> None:
    panel = open_panel(page, lab, CLIENT)
    page.locator(".jp-Notebook .cm-content").first.click()
    panel.get_by_role("button", name="Insert handle function").click()
    expect(page.locator(".jp-Notebook .cm-content").nth(1)).to_contain_text("def handle(conf):")
    expect(page.locator(".jp-Notebook .cm-content").first).to_contain_text("Client(api_key='')")


def test_a_second_handle_is_not_inserted(page: Page, lab: LabServer) -> None:
    panel = open_panel(page, lab, CLIENT)
    for _ in range(2):
        panel.get_by_role("button", name="Insert handle function").click()
    expect(page.get_by_text("has a handle function already")).to_be_visible()
    expect(page.locator(".jp-Notebook .cm-content", has_text="def handle(conf):")).to_have_count(1)


def test_the_wizard_begins_with_handle_and_is_there_again_after_a_reload(page: Page, lab: LabServer) -> None:
    panel = open_panel(page, lab, "x = 1")
    expect(page.locator("#openmo-project-link a")).to_have_attribute("href", re.compile("/projects/ada/digits%201$"))
    insert, prepare = (panel.get_by_role("button", name=name) for name in ("Insert handle function", "Prepare files"))
    prepare.click()
    expect(panel.get_by_role("alert")).to_contain_text("No cell of this notebook defines handle(conf)")
    expect(insert).to_have_class(re.compile("jp-mod-accept"))
    insert.click()
    expect(prepare).to_have_class(re.compile("jp-mod-accept"))
    prepare.click()
    boxes = panel.get_by_role("checkbox")
    expect(boxes).to_have_count(2)
    boxes.first.check()
    page.reload()
    expect(panel.get_by_role("heading", name="Choose cells")).to_be_visible()
    expect(boxes.first).to_be_checked()


def test_it_can_be_walked_by_keyboard(page: Page, lab: LabServer) -> None:
    panel = open_panel(page, lab, *CELLS)
    page.keyboard.press("Control+Shift+C")
    page.locator(".lm-CommandPalette-input").fill("Deploy as App")
    page.keyboard.press("Enter")
    panel.get_by_role("button", name="Prepare files").focus()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("heading", name="Choose cells")).to_be_focused()
    page.keyboard.press("Tab")
    expect(panel.get_by_role("checkbox").first).to_be_focused()
    page.keyboard.press("Space")
    expect(panel.get_by_role("checkbox").first).not_to_be_checked()


def test_all_of_it_speaks_chinese(page: Page, lab: LabServer) -> None:
    with chinese(lab):
        panel = open_panel(page, lab, *CELLS, label="部署")
        picture(page, "zh-1-start")
        panel.get_by_role("button", name="准备文件").click()
        expect(panel.get_by_text("单元格 5 · 定义 species")).to_be_visible()
        picture(page, "zh-2-cells")
        panel.get_by_role("button", name="下一步").click()
        expect(panel.get_by_text("%matplotlib inline 只能在笔记本中使用，已停用。")).to_be_visible()
        picture(page, "zh-3-code")
        panel.get_by_role("button", name="下一步").click()
        expect(panel.get_by_role("group", name="note")).to_contain_text("请检查")
        picture(page, "zh-4-spec")
        panel.get_by_role("button", name="写入文件").click()
        expect(panel.get_by_role("textbox", name="版本")).to_be_visible()
        picture(page, "zh-5-files")
        panel.get_by_role("button", name="部署").click()
        expect(panel.get_by_role("heading", name="应用已上线")).to_be_visible()
        picture(page, "zh-6-result")
