"""The modules panel, by hand in a real browser on a real JupyterLab: from a search to a call in the notebook."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from support.browser import chromium
from support.lab_platform import PlatformDouble, running_platform
from support.lab_server import SIGN_IN, LabServer, install_wheel, running_lab
from support.up_process import wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

LOAD_MS = 60_000
CALL = "result = run('openmo/iris_classifier/1.0.0', conf)"
REFUSAL = {
    "title": "Busy",
    "status": 503,
    "detail": "The database is busy.",
    "code": "busy",
    "type": "urn:openmo:error:busy",
}


@pytest.fixture(scope="module")
def module_platform() -> Iterator[PlatformDouble]:
    with running_platform() as double:
        yield double


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, module_platform: PlatformDouble) -> Iterator[LabServer]:
    environment = install_wheel(tmp_path_factory.mktemp("wheel")) | module_platform.variables()
    with running_lab(tmp_path_factory.mktemp("lab"), environment) as server:
        yield server


@pytest.fixture
def platform(module_platform: PlatformDouble) -> PlatformDouble:
    module_platform.modules.imports.clear()
    module_platform.modules.favourites.clear()
    module_platform.modules.requirements.clear()
    module_platform.modules.drafts.clear()
    module_platform.modules.failure = None
    return module_platform


@pytest.fixture
def page(platform: PlatformDouble) -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.set_default_timeout(LOAD_MS)
        yield page


def open_panel(page: Page, lab: LabServer, *cells: str) -> Locator:
    """The panel beside a notebook with these cells."""
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made: list[dict[str, Any]] = [
        {"cell_type": "code", "id": f"c{index}", "metadata": {}, "outputs": [], "execution_count": None, "source": text}
        for index, text in enumerate(cells)
    ]
    notebook = {"cells": made, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}
    (lab.root / "a.ipynb").write_text(json.dumps(notebook))
    page.goto(f"{lab.url}/lab/tree/a.ipynb?reset&token={SIGN_IN}")
    page.locator(".jp-Notebook .cm-content").first.wait_for(timeout=LOAD_MS)
    page.locator(".jp-SideBar [data-id=openmo-modules]").click()
    panel = page.get_by_role("region", name="Modules")
    panel.wait_for()
    return panel


def sources(page: Page) -> Locator:
    return page.locator(".jp-Notebook .jp-CodeCell .cm-content")


def picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"modules-{name}.png")


def test_by_keyboard_from_a_search_to_a_call_and_back_in_one_step(
    page: Page, lab: LabServer, platform: PlatformDouble
) -> None:
    panel = open_panel(page, lab, "x = 1", "y = 2")
    box = panel.get_by_role("searchbox")
    box.focus()
    page.keyboard.type("iris")
    expect(panel.get_by_role("listitem")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(panel.get_by_role("button", name="iris_classifier")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    page.keyboard.press("Enter")
    tab = page.locator(".openmo-Module")
    expect(tab.get_by_role("heading", name="Iris classifier")).to_be_visible()
    tab.get_by_label("sepal_length").fill("6")
    tab.get_by_role("button", name="Insert code").focus()
    page.keyboard.press("Enter")
    expect(tab.get_by_text("Inserted into a.ipynb.")).to_be_visible()
    expect(sources(page)).to_have_count(4)
    expect(sources(page).nth(0)).to_contain_text("client = Client()")
    expect(sources(page).nth(2)).to_contain_text(CALL)
    expect(sources(page).nth(2)).to_contain_text("'sepal_length': 6.0,")
    assert platform.modules.imports == ["openmo/iris_classifier/1.0.0"]
    picture(page, "inserted")
    page.keyboard.press("z")
    expect(sources(page)).to_have_text(["x = 1", "y = 2"])
    assert page.evaluate("window.hacked") is None


def test_an_import_is_moved_and_taken_out_with_a_way_back_and_a_method_becomes_a_job(
    page: Page, lab: LabServer, platform: PlatformDouble
) -> None:
    platform.modules.imports.append("openmo/iris_classifier/0.9.0")
    platform.modules.requirements += ["humanize>=4", "numpy<2"]
    panel = open_panel(page, lab, "run('openmo/iris_classifier/0.9.0')")
    panel.get_by_role("button", name="Imported here").click()
    panel.get_by_role("button", name="Update openmo/iris_classifier/0.9.0 to 1.0.0").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("ins")).to_have_text("run('openmo/iris_classifier/1.0.0')")
    picture(page, "update")
    dialog.get_by_role("button", name="Update").click()
    expect(panel.get_by_role("button", name="Remove openmo/iris_classifier/1.0.0 from this project")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    old = panel.get_by_role("button", name="Remove openmo/iris_classifier/0.9.0 from this project")
    old.click()
    expect(panel.get_by_role("status")).to_contain_text("imports no module yet")
    page.get_by_role("button", name="Undo").last.click()
    expect(old).to_be_visible()
    assert platform.modules.imports == ["openmo/iris_classifier/0.9.0"]
    panel.get_by_role("button", name="All", exact=True).click()
    panel.get_by_role("button", name="iris_classifier").first.click()
    tab = page.locator(".openmo-Module")
    expect(tab.get_by_text("Imported here: 0.9.0")).to_be_visible()
    expect(tab.locator(".openmo-Module-lacking")).to_contain_text("This project lacks: humanize>=4")
    expect(tab.get_by_label("Run in its own environment")).to_be_checked()  # numpy is there in another version
    tab.get_by_label("sepal_length").fill("99")
    tab.get_by_role("button", name="Run as job").click()
    expect(tab.get_by_label("sepal_length")).to_be_focused()
    assert platform.modules.drafts == []
    tab.get_by_label("sepal_length").fill("6")
    with page.expect_popup():  # the double has another address, which no page frames
        tab.get_by_role("button", name="Run as job").click()
    expect(tab.get_by_text("Job run_iris_classifier-7 is created.")).to_be_visible()
    expect(tab.get_by_role("button", name="run_iris_classifier-7")).to_be_visible()
    expect(tab.get_by_role("link", name="Flowers")).to_be_visible()
    picture(page, "job")
    (draft,) = platform.modules.drafts
    assert (draft["values"], draft["own_environment"]) == ({"sepal_length": "6"}, True)


@pytest.mark.deep("what it walks is tested in moduleSearch.test.ts and test_lab_modules_server.py")
def test_what_goes_wrong_is_said_where_it_is_and_changes_nothing(
    page: Page, lab: LabServer, platform: PlatformDouble
) -> None:
    panel = open_panel(page, lab, "")
    panel.get_by_role("button", name="iris_classifier").wait_for()  # else the first list is still on its way
    platform.modules.failure = REFUSAL
    panel.get_by_role("button", name="Mine").click()
    expect(panel.get_by_role("alert")).to_contain_text("The database is busy.")
    platform.modules.failure = None
    panel.get_by_role("button", name="Try again").click()
    expect(panel.get_by_role("alert")).to_be_hidden()
    panel.get_by_role("searchbox").fill("no such thing")
    expect(panel.get_by_role("status")).to_contain_text("No module matches.")
    panel.get_by_role("searchbox").fill("iris")
    panel.get_by_role("button", name="iris_classifier").click()
    tab = page.locator(".openmo-Module")
    tab.get_by_label("petal_width").fill("99")
    tab.get_by_role("button", name="Insert code").click()
    expect(tab.get_by_role("alert")).to_contain_text("petal_width")
    expect(tab.get_by_label("petal_width")).to_be_focused()
    expect(tab.locator("[aria-invalid=true]")).to_have_count(1)
    picture(page, "refused")
    assert platform.modules.imports == []
    expect(sources(page)).to_have_count(1)
    tab.get_by_role("button", name="Favourite").click()
    expect(panel.locator(".openmo-ModuleRow .openmo-mod-favourite")).to_have_count(1)
    # JupyterLab writes down what is open some time after it was opened, and knows nothing of it before.
    saved = f"{lab.url}/lab/api/workspaces/default"
    wait_for(lambda: "openmo-module-openmo-iris_classifier" in page.request.get(saved).text())
    page.reload()
    expect(page.locator(".openmo-Module").get_by_role("heading", name="Iris classifier")).to_be_visible()
