"""The pages in a real browser, over the real services: nothing is blocked, nothing overflows, everything is live."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect
from support.browsed_site import Served
from support.browser import chromium
from support.checkout import ROOT
from support.doses import CHINESE_TWIN, dose
from support.identity import MemoryIdentity
from support.job_launches import wait_until
from support.platform import HANDLER, Platform
from support.served_pages import served_pages

from openmo.core.visibility import Visibility
from openmo.db.engine import Database

pytestmark = [pytest.mark.e2e]

BASE = "/projects/ada/digits"
PAGES = [
    "/",
    "/workspace",
    "/projects/new",
    "/datasets",
    "/datasets/openmo/iris",
    "/datasets/openmo/iris/versions",
    "/datasets/openmo/iris/diff",
    "/modules",
    "/modules/openmo/iris_classifier",
    BASE,
    f"{BASE}/files",
    f"{BASE}/files/train.py",
    f"{BASE}/files/coding_here.ipynb",
    f"{BASE}/use",
    f"{BASE}/jobs?new=1",
    f"{BASE}/jobs/1",
    f"{BASE}/settings",
    f"{BASE}/deploy",
    f"{BASE}/app",
    f"{BASE}/app/calls",
    f"{BASE}/app/log",
    f"{BASE}/app/settings",
    "/api",
    "/notices",
    "/status",
    "/no/such/page",
]


AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => [one.id, one.nodes[0].html])"""
LOOKS = (("light", 1280, "en"), ("dark", 390, "zh-CN"), ("dark", 1280, "en"), ("light", 390, "zh-CN"))


@pytest.fixture
def served(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Served]:
    """On SQLite alone: what a browser sees does not depend on the database."""
    database = Database(f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'openmo.sqlite')}")
    platform = Platform(database, tmp_path / "data")
    platform.samples()
    project = platform.project(
        files={"handler.py": HANDLER, "train.py": "print(1)\n", "README.md": "# Digits\n"}, visibility=Visibility.PUBLIC
    )
    platform.submit(project)
    platform.apps.deploy(platform.actor("ada"), project)
    identity = MemoryIdentity()
    with served_pages(platform.app(identity, hosts=("127.0.0.1",))) as url:
        yield Served(url, platform, identity)
    database.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), (390, "zh-CN")])
def test_no_page_is_blocked_or_wider_than_its_window(
    served: Served, browser: Browser, width: int, language: str
) -> None:
    page = served.page(browser, width=width, language=language)
    for path in PAGES:
        page.goto(served.url + path, wait_until="load")
        assert page.evaluate("document.documentElement.lang") == language
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{path} is {over} px wider than its window"
    assert served.complaints == []


def test_every_control_has_a_name(served: Served, browser: Browser) -> None:
    page = served.page(browser)
    nameless = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary")]
        .filter((one) => !(one.labels?.length || one.textContent.trim() || one.getAttribute("aria-label")))
        .map((one) => one.outerHTML)"""
    for path in PAGES:
        page.goto(served.url + path)
        assert page.evaluate(nameless) == [], path


@pytest.mark.parametrize(("theme", "width", "language"), dose(LOOKS[1:2], LOOKS))
def test_nothing_serious_stands_in_the_way_of_keyboards_and_screen_readers(
    served: Served, browser: Browser, theme: Literal["light", "dark"], width: int, language: str
) -> None:
    page = served.page(browser, width=width, language=language)
    page.emulate_media(color_scheme=theme)
    axe = AXE.read_text(encoding="utf-8")
    for path in PAGES:
        page.goto(served.url + path, wait_until="load")
        page.evaluate(axe)
        assert page.evaluate(SERIOUS) == [], path


def test_the_mode_is_kept_and_follows_the_system_before(served: Served, browser: Browser) -> None:
    page = served.page(browser)
    page.emulate_media(color_scheme="dark")
    page.goto(served.url)
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.locator("[data-theme-toggle]").click()
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.reload()
    expect(root).to_have_attribute("data-bs-theme", "light")


def test_a_job_that_ends_is_shown_where_one_looks(served: Served, browser: Browser) -> None:
    page = served.page(browser)
    page.goto(f"{served.url}{BASE}/jobs/1")
    expect(page.locator("#job-head .state")).to_have_text("Pending")
    elsewhere = served.page(browser)
    elsewhere.goto(f"{served.url}/datasets")
    elsewhere.wait_for_load_state("load")
    page.get_by_role("button", name="Terminate").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.locator("#job-head .state")).to_have_text("Pending")
    page.get_by_role("button", name="Terminate").click()
    page.get_by_role("dialog").get_by_role("button", name="Terminate").click()
    expect(page.get_by_role("button", name="Stopping")).to_be_disabled()
    served.platform.runner().step()
    expect(page.locator("#job-head .state")).to_have_text("Terminated")
    expect(page.locator("#active-jobs")).to_be_hidden()
    expect(elsewhere.locator(".toast-item")).to_contain_text("was terminated")
    assert served.complaints == []


def test_the_list_of_jobs_changes_under_ones_hands(served: Served, browser: Browser) -> None:
    platform, ada = served.platform, served.platform.actor("ada")
    project = platform.projects.by_name("ada", "digits")
    second = platform.submit(project, name="second")
    page = served.page(browser)
    page.goto(f"{served.url}{BASE}/jobs")
    compare = page.get_by_role("button", name="Compare")
    expect(compare).to_be_disabled()
    boxes = page.locator("#jobs input[name=number]")
    for box in (boxes.nth(1), boxes.nth(0)):
        box.check()
    expect(compare).to_be_enabled()
    platform.submit(project, name="third")
    platform.jobs.terminate(ada, second)
    platform.runner().step()
    expect(page.locator("#job-2 .state")).to_have_text("Terminated")
    expect(page.locator("#jobs tbody tr")).to_have_count(3)
    expect(page.locator("#job-2 input[name=number]")).to_be_focused()
    assert [box.is_checked() for box in boxes.all()] == [False, True, True]
    expect(compare).to_be_enabled()
    platform.jobs.delete(ada, platform.job(second))
    page.evaluate("document.body.dispatchEvent(new Event('openmo-job'))")  # no event tells of a deleted job
    expect(page.locator("#jobs tbody tr")).to_have_count(2)
    expect(compare).to_be_disabled()
    assert served.complaints == []


def test_the_first_call_can_be_copied_also_after_the_page_has_looked_again(served: Served, browser: Browser) -> None:
    page = served.page(browser)
    page.goto(f"{served.url}{BASE}/app/calls")
    sample = page.locator("#first-call")
    expect(sample).to_contain_text(f"{served.url}/run/ada/digits")
    sample.evaluate("one => one.closest('#calls').dataset.old = 'yes'")
    page.evaluate("document.querySelector('#calls').dispatchEvent(new Event('openmo-look'))")
    expect(page.locator("#calls:not([data-old])")).to_have_count(1)
    expect(sample).to_contain_text(f"{served.url}/run/ada/digits")


def _pop_ups(*tabs: Page) -> int:
    return sum(tab.locator(".toast-item").count() for tab in tabs)


@pytest.mark.parametrize(("width", "language"), [(1280, "en"), pytest.param(390, "zh-CN", marks=CHINESE_TWIN)])
def test_the_bell_tells_of_jobs_that_ended(served: Served, browser: Browser, width: int, language: str) -> None:
    english = language == "en"
    page = served.page(browser, width=width, language=language)
    other = page.context.new_page()
    for tab, path in ((page, "/datasets"), (other, "/modules")):
        tab.goto(served.url + path)
        expect(tab.locator("[data-unread]")).to_be_hidden()
    project = served.platform.projects.by_name("ada", "digits")
    for _ in range(2):
        job = served.platform.submit(project)
        served.platform.jobs.terminate(served.platform.actor("ada"), job)
    served.platform.runner().step()
    for tab in (page, other):
        expect(tab.locator("[data-unread]")).to_have_text("2")
    wait_until(lambda: _pop_ups(page, other) >= 2)
    assert _pop_ups(page, other) == 2, "each pops up on one page alone"

    page.reload()
    bell = page.locator(".notices > summary")
    expect(bell).to_have_attribute("aria-label", "Notices: 2 unread" if english else "通知：2 条未读")
    bell.focus()
    page.keyboard.press("Enter")
    first = page.locator(".notice-item").first
    expect(first).to_contain_text("was terminated" if english else "已被终止")
    expect(first).to_contain_text("Stopped by ada" if english else "由 ada 终止")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.keyboard.press("Escape")
    expect(page.locator(".notices")).not_to_have_attribute("open", "")
    expect(bell).to_be_focused()
    bell.click()
    first.get_by_role("link").click()
    page.wait_for_url(f"**{BASE}/jobs/*")
    for tab in (page, other):
        expect(tab.locator("[data-unread]")).to_have_text("1")

    other.locator(".notices > summary").click()
    other.get_by_role("button", name="Mark all as read" if english else "全部标为已读").click()
    for tab in (page, other):
        expect(tab.locator("[data-unread]")).to_be_hidden()
    expect(other.locator(".notice-item.unread")).to_have_count(0)
    other.get_by_role("link", name="All notices" if english else "所有通知").click()
    expect(other.locator(".notice-item")).to_have_count(2)
    served.platform.jobs.delete(served.platform.actor("ada"), served.platform.job(job))
    expect(other.locator(".notice-item")).to_have_count(1)
    assert served.complaints == []


def test_the_name_follows_the_title_until_it_is_edited(served: Served, browser: Browser) -> None:
    page = served.page(browser)
    page.goto(f"{served.url}/projects/new")
    page.get_by_label("Title").fill("My First App!")
    name = page.get_by_label("Name in addresses")
    expect(name).to_have_value("my-first-app")
    name.fill("own")
    page.get_by_label("Title").fill("Another")
    expect(name).to_have_value("own")
    page.get_by_role("button", name="Create project").click()
    page.wait_for_url("**/projects/ada/own")


def test_search_narrows_the_list_while_typing(served: Served, browser: Browser) -> None:
    page = served.page(browser)
    page.goto(f"{served.url}/datasets")
    expect(page.locator(".item-card")).to_have_count(2)
    page.get_by_label("Search datasets").type("iris")
    expect(page.locator(".item-card")).to_have_count(1)
    assert page.url.endswith("/datasets?q=iris")


def test_the_form_says_what_is_missing_and_writes_the_call(served: Served, browser: Browser) -> None:
    page = served.page(browser)
    page.goto(f"{served.url}{BASE}/use")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("[data-error]")).to_have_text("This input is required.")
    page.get_by_label("a", exact=True).fill("3")
    expect(page.locator("[data-error]")).to_be_hidden()
    expect(page.locator("#call-code")).to_contain_text('{"a":3}')
    page.get_by_role("tab", name="Python").click()
    expect(page.locator("#call-code")).to_contain_text('json={"a": 3}')


def test_an_example_is_saved_and_the_form_stays(served: Served, browser: Browser) -> None:
    page = served.page(browser)
    page.goto(f"{served.url}{BASE}/use")
    page.get_by_label("a", exact=True).fill("3")
    page.get_by_role("button", name="Save as example").click()
    name = page.get_by_label("Its name")
    name.fill("three")
    page.route(f"**{BASE}/use/examples", lambda route: route.abort())
    name.press("Enter")
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("cannot be reached")
    expect(name).to_have_value("three")
    page.unroute(f"**{BASE}/use/examples")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#examples input[name=title]")).to_have_value("three")
    expect(page.locator(".toast-item")).to_contain_text("The example is saved.")
    expect(page.get_by_label("a", exact=True)).to_have_value("3")


def test_menus_open_and_close_by_keyboard(served: Served, browser: Browser) -> None:
    page = served.page(browser)
    page.goto(served.url)
    page.keyboard.press("Tab")
    expect(page.locator(".skip-link")).to_be_focused()
    language = page.locator("details.menu:not(.notices)").first
    language.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="简体中文")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("link", name="简体中文")).to_be_hidden()
    expect(language.locator("summary")).to_be_focused()
