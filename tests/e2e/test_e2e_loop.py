"""The whole loop by hand: from a sign-in link to an app that reads a digit."""

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from support.digit_pictures import held_out_seven
from support.installation import Installation

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

SLOW_MS = 180_000


def test_from_the_sign_in_link_to_an_app_that_reads_a_digit(signed_in: Page, openmo: Installation) -> None:
    url = openmo.status()["url"]
    _make_project(signed_in, url)
    lab = _start_coding(signed_in)
    _run_first_cells(lab)
    _export_as_python(lab)
    _create_job(lab)
    _watch_the_chart_grow(signed_in, url)
    _deploy(signed_in, url)
    assert _read_a_digit(signed_in, held_out_seven(openmo)) == "7"


def _make_project(page: Page, url: str) -> None:
    page.goto(f"{url}/projects/new")
    page.get_by_role("radio", name="Train digits").check()
    page.get_by_label("Title").fill("My digits")
    expect(page.get_by_label("Name in addresses")).to_have_value("my-digits")
    page.get_by_role("button", name="Create project").click()
    page.wait_for_url("**/projects/ada/my-digits")


def _start_coding(page: Page) -> Page:
    """JupyterLab at coding_here.ipynb, its kernel ready."""
    page.get_by_role("button", name="Start coding").first.click()
    page.wait_for_url("**/lab/tree/coding_here.ipynb**", timeout=SLOW_MS)
    page.locator(".jp-Notebook").wait_for(timeout=SLOW_MS)
    expect(page.locator("#jp-main-statusbar")).to_contain_text("Python 3 | Idle", timeout=SLOW_MS)
    return page


def _run_first_cells(lab: Page) -> None:
    """The client cell, and the cell that unpacks the pictures."""
    cells = lab.locator(".jp-CodeCell")
    for number in (0, 1):
        cells.nth(number).locator(".jp-InputArea-editor").click()
        lab.keyboard.press("Control+Enter")
        prompt = cells.nth(number).locator(".jp-InputPrompt")
        expect(prompt).to_have_text(f"[{number + 1}]:", timeout=SLOW_MS)
    expect(cells.nth(1).locator(".jp-OutputArea")).to_contain_text("1,797")


def _export_as_python(lab: Page) -> None:
    lab.get_by_role("button", name="Export as Python").click()
    lab.get_by_role("tab", name="coding_here.py").wait_for()


def _create_job(lab: Page) -> None:
    """From train.py's own toolbar."""
    _open(lab, "train.py")
    lab.get_by_role("button", name="Create Job").and_(lab.locator(":visible")).first.click()
    lab.get_by_role("button", name="Create", exact=True).click()
    expect(lab.get_by_text("Job train-1 is created.").first).to_be_visible()


def _open(lab: Page, name: str) -> None:
    """By the file browser, whose list is drawn anew whenever a file appears: a click in that moment is lost."""
    for _ in range(5):
        lab.locator(".jp-DirListing-item", has_text=name).first.dblclick()
        try:
            lab.get_by_role("tab", name=name).wait_for(timeout=20_000)
        except PlaywrightTimeout:
            continue
        return
    raise AssertionError(f"{name} did not open.")


def _watch_the_chart_grow(page: Page, url: str) -> None:
    """The job's page: points arrive while it runs, and all thirty epochs are there in the end."""
    page.goto(f"{url}/projects/ada/my-digits/jobs/1")
    expect(page.locator("[data-charts] canvas").first).to_be_visible(timeout=SLOW_MS)
    seen = _points(page, url)
    head = page.locator("#job-head")  # a toast may tell of another job of ada's, which a test beside this one runs
    expect(head.get_by_text("Succeeded")).to_be_visible(timeout=SLOW_MS)
    assert 0 < seen <= _points(page, url) == 30
    expect(page.get_by_role("log")).to_contain_text("Test accuracy")


def _points(page: Page, url: str) -> int:
    answer = page.request.get(f"{url}/api/v1/projects/ada/my-digits/jobs/1/metrics").json()
    return next(int(metric["count"]) for metric in answer["metrics"] if metric["name"] == "accuracy")


def _deploy(page: Page, url: str) -> None:
    page.goto(f"{url}/projects/ada/my-digits/deploy")
    page.locator("form").get_by_role("button", name="Deploy").click()
    expect(page.get_by_text("1.0.0").first).to_be_visible()
    page.goto(f"{url}/projects/ada/my-digits/use")


def _read_a_digit(page: Page, image: bytes) -> str:
    page.locator('input[type="file"][data-value]').set_input_files(
        {"name": "seven.png", "mimeType": "image/png", "buffer": image}
    )
    page.get_by_role("button", name="Run", exact=True).click()
    result = page.locator("[data-result] .result-item").filter(has_text="digit").first
    return str(result.locator(".value-number").inner_text(timeout=SLOW_MS)).strip()
