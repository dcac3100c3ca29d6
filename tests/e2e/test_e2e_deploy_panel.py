"""From the template's notebook to a live app without leaving JupyterLab, on a whole installation."""

import contextlib

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from support.installation import Installation
from support.screenshots import keep_picture

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

SLOW_MS = 180_000
NAME = "panel-iris"


def test_the_iris_notebook_becomes_an_app_that_is_tried_beside_it(signed_in: Page, openmo: Installation) -> None:
    openmo.cli("project", "create", NAME, "--template", "iris-app")
    url = openmo.status()["url"]
    lab = _start_coding(signed_in, url)
    panel = _open_panel(lab)
    _prepare(panel)
    _deploy(panel)
    panel.get_by_role("button", name="Test").click()
    frame = lab.locator("iframe[src*='/use?embed=app']")
    expect(frame).to_have_attribute("title", "Test the app")
    app = frame.content_frame
    expect(app.locator(".topbar")).to_have_count(0)
    for name in ("sepal_length", "sepal_width", "petal_length", "petal_width"):
        app.get_by_label(name).first.fill("1.5")
    app.get_by_role("button", name="Run").click()
    expect(app.locator("[data-result] .result-item").first).to_contain_text("setosa", timeout=SLOW_MS)
    keep_picture(lab, "test")


def test_an_app_that_does_not_start_is_not_published(signed_in: Page, openmo: Installation) -> None:
    workspace = openmo.workspace(NAME)
    source = (workspace / "handler.py").read_text()
    (workspace / "handler.py").write_text("import a_package_that_is_not_there\n" + source)
    url = openmo.status()["url"]
    panel = _open_panel(_start_coding(signed_in, url))
    panel.get_by_role("button", name="Deploy").click()
    expect(panel.get_by_label("Version")).to_have_value("1.1.0")
    panel.get_by_role("button", name="Deploy").click()
    expect(panel.get_by_role("alert")).to_contain_text("nothing was published", timeout=SLOW_MS)
    expect(panel.locator("pre.openmo-Deploy-log")).to_contain_text("ModuleNotFoundError")
    keep_picture(signed_in, "refused")
    releases = signed_in.request.get(f"{url}/api/v1/projects/ada/{NAME}/releases").json()["items"]
    assert [release["version"] for release in releases] == ["1.0.0"]


def _start_coding(page: Page, url: str) -> Page:
    page.goto(f"{url}/projects/ada/{NAME}")
    page.get_by_role("button", name="Start coding").first.click()
    return page


def _open_panel(lab: Page) -> Locator:
    lab.wait_for_url("**/lab/tree/coding_here.ipynb**", timeout=SLOW_MS)
    lab.locator(".jp-Notebook .cm-content").first.wait_for(timeout=SLOW_MS)
    panel = lab.get_by_role("region", name="Deploy")
    for _ in range(5):  # JupyterLab may show it by itself at the moment of the click, which then hides it
        if panel.is_visible():
            break
        lab.locator(".jp-SideBar [data-id=openmo-deploy]").click()
        with contextlib.suppress(PlaywrightTimeout):
            panel.wait_for(timeout=10_000)
    panel.wait_for()
    return panel


def _prepare(panel: Locator) -> None:
    panel.get_by_role("button", name="Prepare files").click()
    expect(panel.get_by_role("heading", name="Choose cells")).to_be_visible()
    panel.get_by_role("button", name="Next").click()
    expect(panel.get_by_role("heading", name="Look at the code")).to_be_visible()
    expect(panel.locator("li.openmo-mod-error")).to_have_count(0)
    panel.get_by_role("button", name="Next").click()
    panel.get_by_role("group", name="petal_width").get_by_label("Default").fill("0.2")
    expect(panel.get_by_label("app_spec.yml")).to_contain_text("default_value: 0.2")
    panel.get_by_role("button", name="Write files").click()
    # The template's own handler.py was not made from cells.
    panel.page.get_by_role("dialog").get_by_role("button", name="Replace").click()


def _deploy(panel: Locator) -> None:
    expect(panel.get_by_label("Version")).to_have_value("1.0.0")
    panel.get_by_role("button", name="Deploy").click()
    expect(panel.get_by_role("heading", name="The app is live")).to_be_visible(timeout=SLOW_MS)
