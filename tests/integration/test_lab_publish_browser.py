"""The publish panel, by hand in a real browser on a real JupyterLab: from nothing, and from cells, to a version."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support.browser import chromium
from support.lab_platform import PROJECT, TOKEN, PlatformDouble, running_platform
from support.lab_server import SIGN_IN, LabServer, install_wheel, running_lab

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

CELLS = (
    "scale = 2",
    "print('unrelated')",
    """def predict(conf):
    x = conf['x']  # value_type: float # description: where to look
    note = conf['note']
    return {'y': x * scale}  # value_type: float # description: twice""",
)
LOAD_MS = 60_000
MADE = ("main.py", "module_spec.yml", "README.md", "test.ipynb")
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAf"
    "FcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="
)
BUILDING = {
    "title": "Its environment is being built again",
    "status": 503,
    "detail": "Its environment is being built again.",
    "code": "environment_building",
    "type": "urn:openmo:error:environment_building",
    "retry_after": 0.2,
}
UNCHANGED = {
    "title": "Nothing has changed",
    "status": 409,
    "detail": "Nothing has changed since 0.1.0: these are its very files.",
    "code": "module_unchanged",
    "type": "urn:openmo:error:module_unchanged",
    "unchanged_since": "0.1.0",
}
FAILED = {
    "title": "The module does not work yet",
    "status": 422,
    "detail": "The module did not pass its check, so nothing was published.",
    "code": "module_check_failed",
    "type": "urn:openmo:error:module_check_failed",
    "errors": [],
}
PROBLEM = {
    "code": "method_failed",
    "message": "run failed: KeyError: 'text'.",
    "remedy": "Mend it.",
    "file": "main.py",
    "line": 4,
}


@pytest.fixture(scope="module")
def platform() -> Iterator[PlatformDouble]:
    with running_platform() as double:
        yield double


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, platform: PlatformDouble) -> Iterator[LabServer]:
    environment = install_wheel(tmp_path_factory.mktemp("wheel")) | {
        "OPENMO_API_URL": platform.url,
        "OPENMO_PROJECT": PROJECT,
        "OPENMO_PROJECT_KIND": "module",
        "OPENMO_PUBLIC_URL": platform.url,
        "JUPYTERHUB_API_TOKEN": TOKEN,
    }
    with running_lab(tmp_path_factory.mktemp("lab"), environment) as server:
        platform.publishing.workspace = server.root
        yield server


@pytest.fixture
def page(platform: PlatformDouble, lab: LabServer) -> Iterator[Page]:
    double = platform.publishing
    double.versions.clear()
    double.failures.clear()
    double.report, double.trial = {}, {}
    for name in MADE:
        (lab.root / name).unlink(missing_ok=True)
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


def open_panel(page: Page, lab: LabServer, *cells: str, label: str = "Publish") -> Locator:
    """The panel beside a notebook with these cells."""
    (lab.root / "a.ipynb").write_text(json.dumps(notebook(*cells)))
    page.goto(f"{lab.url}/lab/tree/a.ipynb?reset&token={SIGN_IN}")
    page.locator(".jp-Notebook .cm-content").first.wait_for(timeout=LOAD_MS)
    page.locator(".jp-SideBar [data-id=openmo-publish]").click()
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
    """Of each step, wide and narrow, where somebody wants to look at them."""
    if folder := os.environ.get("SCREENSHOTS"):
        for width in (700, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            page.screenshot(path=Path(folder) / f"publish-{name}-{width}.png")


def test_from_nothing_to_a_tried_and_published_version(page: Page, lab: LabServer, platform: PlatformDouble) -> None:
    panel = open_panel(page, lab, "x = 1")
    expect(page.locator(".jp-SideBar [data-id=openmo-deploy]")).to_have_count(0)
    panel.get_by_role("button", name="Toolkit").wait_for()
    picture(page, "1-start")
    panel.get_by_role("button", name="Toolkit").click()
    expect(page.get_by_role("tab", name="main.py")).to_be_visible()
    expect(panel.get_by_text("1. The module: Toolkit · run")).to_be_visible()
    assert (lab.root / "module_spec.yml").exists()
    picture(page, "2-begun")

    platform.publishing.failures.append(BUILDING)
    platform.publishing.trial = {
        "output": {"words": 3, "map": PIXEL},
        "types": {"map": "img"},
        "files": [{"output": "map", "name": "map.png", "content_type": "image/png", "bytes": 70, "url": "/x"}],
        "log": "counting\n",
    }
    panel.get_by_role("button", name="Test").click()
    expect(panel.get_by_role("heading", name="Test", exact=True)).to_be_focused()
    panel.get_by_label("text").fill("to be or not")
    panel.get_by_role("button", name="Run: Run").click()
    expect(panel.get_by_role("img", name="map.png")).to_be_visible()
    expect(panel.get_by_text("counting")).to_be_visible()
    assert platform.calls[-1][2] == {
        "method": "run",
        "values": {"text": "to be or not"},
        "files": ["README.md", "main.py", "module_spec.yml"],
        "inline_files": True,
    }
    picture(page, "3-test")
    panel.get_by_role("button", name="Next").click()
    publish(page, panel, platform)
    picture(page, "6-result")


def publish(page: Page, panel: Locator, platform: PlatformDouble) -> None:
    """From the form, past a problem and a question, to the version."""
    expect(panel.get_by_label("Version", exact=True)).to_have_value("0.1.0")
    panel.get_by_label("Category").select_option("text")
    panel.get_by_label("Tags (optional)").fill("words")
    picture(page, "4-version")
    platform.publishing.report = {"ok": False, "problems": [PROBLEM]}
    panel.get_by_role("button", name="Check").click()
    expect(panel.get_by_text("run failed: KeyError: 'text'. Mend it.")).to_be_visible()
    picture(page, "5-problem")
    panel.get_by_role("button", name="main.py, line 4").click()
    expect(page.locator("#jp-main-statusbar")).to_contain_text("Ln 4, Col 1")
    platform.publishing.failures += [FAILED]
    panel.get_by_role("button", name="Publish", exact=True).click()
    expect(panel.get_by_role("alert")).to_contain_text("so nothing was published")
    platform.publishing.report = {}
    platform.publishing.failures += [UNCHANGED]
    panel.get_by_role("button", name="Publish", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Nothing has changed since 0.1.0.")
    dialog.get_by_role("button", name="Publish again").click()
    expect(panel.get_by_role("heading", name="The module is published")).to_be_visible()
    expect(panel.get_by_text("ada/digits_1/0.1.0")).to_be_visible()
    (draft,) = platform.publishing.versions
    assert (draft["category"], draft["tags"], draft["again"], draft["dev"]) == ("text", ["words"], True, False)


def test_cells_become_files_that_are_asked_about_and_taken_back(
    page: Page, lab: LabServer, platform: PlatformDouble
) -> None:
    panel = open_panel(page, lab, *CELLS)
    (lab.root / "main.py").write_text("# by hand\n")
    panel.get_by_role("button", name="Prepare files").click()
    boxes = panel.get_by_role("checkbox")
    expect(panel.get_by_text("Cell 3 · defines predict, which the module offers")).to_be_visible()
    assert [boxes.nth(index).is_checked() for index in range(3)] == [True, False, True]
    picture(page, "7-cells")
    panel.get_by_role("button", name="Next").click()
    expect(panel.get_by_label("main.py")).to_contain_text("return predict(conf)")
    picture(page, "8-code")
    panel.get_by_role("button", name="Next").click()
    expect(panel.get_by_role("group", name="note")).to_contain_text("please check")
    panel.get_by_role("group", name="x", exact=True).get_by_label("Range").fill("0-10")
    expect(panel.get_by_label("module_spec.yml")).to_contain_text("value_range: 0-10")
    picture(page, "9-spec")
    panel.get_by_role("button", name="Write files").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert (lab.root / "main.py").read_text() == "# by hand\n"
    panel.get_by_role("button", name="Write files").click()
    page.get_by_role("dialog").get_by_role("button", name="Replace").click()
    expect(panel.get_by_role("heading", name="Test", exact=True)).to_be_visible()
    assert "class digits_1:" in (lab.root / "main.py").read_text()
    panel.get_by_role("button", name="Back").click()
    panel.get_by_role("button", name="Undo").click()
    expect(panel.get_by_role("button", name="Undo")).to_have_count(0)
    assert (lab.root / "main.py").read_text() == "# by hand\n"
    assert not (lab.root / "module_spec.yml").exists()


def test_a_notebook_that_offers_nothing_is_said_so(page: Page, lab: LabServer) -> None:
    panel = open_panel(page, lab, "x = 1")
    panel.get_by_role("button", name="Prepare files").click()
    expect(panel.get_by_role("alert")).to_contain_text("No cell of this notebook defines train(conf)")


@pytest.mark.deep("the English walk shows that it works; this one that all of it is translated")
def test_all_of_it_speaks_chinese(page: Page, lab: LabServer, platform: PlatformDouble) -> None:
    with chinese(lab):
        panel = open_panel(page, lab, *CELLS, label="发布")
        picture(page, "zh-1-start")
        panel.get_by_role("button", name="准备文件").click()
        expect(panel.get_by_text("单元格 3 · 定义模块提供的 predict")).to_be_visible()
        picture(page, "zh-2-cells")
        panel.get_by_role("button", name="下一步").click()
        picture(page, "zh-3-code")
        panel.get_by_role("button", name="下一步").click()
        picture(page, "zh-4-spec")
        panel.get_by_role("button", name="写入文件").click()
        expect(panel.get_by_role("heading", name="测试", exact=True)).to_be_visible()
        picture(page, "zh-5-test")
        panel.get_by_role("button", name="下一步").click()
        expect(panel.get_by_role("textbox", name="版本")).to_be_visible()
        picture(page, "zh-6-version")
        panel.get_by_role("button", name="发布", exact=True).click()
        expect(panel.get_by_role("heading", name="模块已发布")).to_be_visible()
        picture(page, "zh-7-result")
