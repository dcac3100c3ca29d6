"""*Export as Python*, *Create job* and the notices, by hand in a real browser on a real JupyterLab."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from support.browser import chromium
from support.lab_platform import PlatformDouble, running_platform
from support.lab_server import SIGN_IN, LabServer, install_wheel, running_lab

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

LOAD_MS = 60_000
NOTEBOOK = {
    "cells": [{"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": None, "source": "1"}],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.fixture(scope="module")
def platform() -> Iterator[PlatformDouble]:
    with running_platform() as double:
        yield double


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, platform: PlatformDouble) -> Iterator[LabServer]:
    environment = install_wheel(tmp_path_factory.mktemp("wheel")) | platform.variables()
    with running_lab(tmp_path_factory.mktemp("lab"), environment) as server:
        yield server


@pytest.fixture
def page() -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(20_000)
        yield page
        if folder := os.environ.get("SCREENSHOTS"):
            page.screenshot(path=Path(folder) / f"{os.environ['PYTEST_CURRENT_TEST'].split('::')[1].split()[0]}.png")


def open_file(page: Page, lab: LabServer, path: str) -> None:
    page.goto(f"{lab.url}/lab/tree/{path}?reset&token={SIGN_IN}")
    page.locator(".jp-MainAreaWidget:visible .jp-Toolbar").first.wait_for(timeout=LOAD_MS)


def test_export_saves_the_notebook_writes_the_script_and_opens_it(
    page: Page, lab: LabServer, platform: PlatformDouble
) -> None:
    (lab.root / "iris.ipynb").write_text(json.dumps(NOTEBOOK))
    open_file(page, lab, "iris.ipynb")
    page.locator(".jp-Notebook .cm-content").first.click()
    page.keyboard.type("2 + ")
    page.get_by_role("button", name="Export as Python").click()
    expect(page.locator(".jp-FileEditor:visible .cm-content")).to_contain_text('print("exported")')
    assert (lab.root / "iris.py").read_text().endswith(platform.source)
    sent = next(body for _, path, body in platform.calls if path.endswith("/export"))
    assert sent is not None
    assert "2 + " in sent["notebook"]["cells"][0]["source"]


def test_export_asks_before_it_overwrites_and_refreshes_the_open_editor(
    page: Page, lab: LabServer, platform: PlatformDouble
) -> None:
    (lab.root / "asks.ipynb").write_text(json.dumps(NOTEBOOK))
    (lab.root / "asks.py").write_text("mine = 1\n")
    open_file(page, lab, "asks.ipynb")
    export = page.get_by_role("button", name="Export as Python")
    export.click()
    page.get_by_role("button", name="Keep the script").click()
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    expect(export).not_to_have_attribute("aria-pressed", re.compile(".*"))  # it does something, and is no switch
    assert (lab.root / "asks.py").read_text() == "mine = 1\n"
    export.click()
    page.get_by_role("button", name="Overwrite", exact=True).click()
    expect(page.locator(".jp-FileEditor:visible .cm-content")).to_contain_text('print("exported")')
    platform.source = 'print("again")\n'
    page.get_by_role("tab", name="asks.ipynb").click()
    export.click()
    expect(page.locator(".jp-FileEditor:visible .cm-content")).to_contain_text('print("again")')


def test_create_job_saves_the_script_and_a_notice_tells_its_end(
    page: Page, lab: LabServer, platform: PlatformDouble
) -> None:
    (lab.root / "train.py").write_text("print(1)\n")
    open_file(page, lab, "train.py")
    page.locator(".jp-FileEditor .cm-content").click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("import json\n")
    page.get_by_role("button", name="Create Job").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Arguments (optional)").fill("--name 'two words")
    dialog.get_by_role("button", name="Create").click()
    expect(dialog.get_by_role("alert")).to_have_text("The arguments have a quote that is not closed.")
    dialog.get_by_label("Arguments (optional)").press("End")
    page.keyboard.type("'")
    dialog.get_by_label("Name (optional)").fill("first run")
    dialog.get_by_role("button", name="Create").click()
    expect(page.get_by_text("Job first run is created.")).to_be_visible()
    assert (lab.root / "train.py").read_text().startswith("import json\n")
    assert platform.jobs.items[0]["args"] == ["--name", "two words"]
    platform.jobs.end(0, "failed", "exit code 1")
    expect(page.get_by_text("Job first run failed: exit code 1")).to_be_visible()
    with page.expect_popup() as popup:  # the platform of this test is of another origin, which cannot be framed
        page.get_by_role("button", name="Open log").last.click()
    popup.value.wait_for_load_state()
    assert popup.value.url.startswith(f"{platform.url}/projects/ada/digits%201/jobs/")


def test_a_refused_job_keeps_what_was_typed(page: Page, lab: LabServer, platform: PlatformDouble) -> None:
    (lab.root / "refused.py").write_text("print(1)\n")
    platform.jobs.items.clear()
    open_file(page, lab, "refused.py")
    page.get_by_role("button", name="Create Job").click()
    page.get_by_label("Name (optional)").fill("kept")
    expect(page.get_by_role("radio", name="GPU")).to_be_disabled()
    expect(page.get_by_text("This installation has no GPU.")).to_be_visible()
    page.get_by_role("radio", name="CPU").press("Enter")
    page.get_by_text("More: resources").press("Enter")
    page.get_by_role("button", name="Add: Secrets").press("Enter")
    page.get_by_label("Name of the variable").fill("KEY")
    page.get_by_label("Value of the variable").fill("hunter2")
    page.get_by_label("Value of the variable").press("Enter")
    expect(page.get_by_label("Value of the variable")).to_have_attribute("type", "password")
    platform.refusal = {"title": "Quota reached", "status": 422, "detail": "10 jobs are waiting.", "code": "quota"}
    page.get_by_role("dialog").get_by_role("button", name="Create").click()
    expect(page.get_by_role("alert")).to_have_text("10 jobs are waiting.")
    platform.refusal = None
    expect(page.get_by_label("Name (optional)")).to_have_value("kept")
    expect(page.get_by_label("Value of the variable")).to_have_value("hunter2")
    page.get_by_label("Name (optional)").press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert [job["name"] for job in platform.jobs.items] == ["kept"], "Enter elsewhere in the dialog makes no job"
    platform.jobs.items.clear()


def test_the_panel_is_used_by_keyboard(page: Page, lab: LabServer, platform: PlatformDouble) -> None:
    (lab.root / "many.py").write_text("print(1)\n")
    platform.jobs.items.clear()
    for number in range(3):
        platform.jobs.add({"name": f"run {number + 1}", "script": "many.py", "device": "cpu", "gpus": 0, "args": []})
    for index, state in enumerate(("succeeded", "failed")):
        platform.jobs.end(index + 1, state, "Exit code 1: ValueError" if state == "failed" else "")
    open_file(page, lab, "many.py")
    page.locator(".jp-SideBar [data-id=openmo-jobs]").click()
    panel = page.get_by_role("region", name="Jobs")
    expect(panel.get_by_role("listitem")).to_have_count(3)
    expect(panel.get_by_text("Exit code 1: ValueError")).to_be_visible()
    panel.get_by_role("button", name="run 3").focus()
    page.keyboard.press("ArrowDown")
    expect(panel.get_by_role("button", name="run 2")).to_be_focused()
    page.keyboard.press("Delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(panel.get_by_role("listitem")).to_have_count(2)
    expect(panel.get_by_role("button", name="run 2")).to_have_count(0)
    panel.get_by_role("button", name="Select several").click()
    panel.get_by_role("button", name="All ended").click()
    expect(panel.get_by_text("1 selected")).to_be_visible()
    platform.jobs.add({"name": "from the web", "script": "many.py", "device": "gpu", "gpus": 2, "args": []})
    expect(panel.get_by_text("many.py · GPU × 2")).to_be_visible(timeout=5_000)


def test_only_a_python_file_has_the_button(page: Page, lab: LabServer) -> None:
    (lab.root / "notes.txt").write_text("no script\n")
    open_file(page, lab, "notes.txt")
    page.locator(".jp-FileEditor:visible").wait_for()
    expect(page.get_by_role("button", name="Create Job")).to_have_count(0)


def test_all_of_it_speaks_chinese(page: Page, lab: LabServer) -> None:
    (lab.root / "train.py").write_text("print(1)\n")
    with lab.client() as client:
        settings = {"raw": json.dumps({"locale": "zh_CN"})}
        client.put("/lab/api/settings/@jupyterlab/translation-extension:plugin", json=settings).raise_for_status()
        try:
            open_file(page, lab, "train.py")
            page.get_by_role("button", name="创建任务").click()
            expect(page.get_by_label("参数（可选）")).to_be_visible()
        finally:
            client.put(
                "/lab/api/settings/@jupyterlab/translation-extension:plugin", json={"raw": "{}"}
            ).raise_for_status()
