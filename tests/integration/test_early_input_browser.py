"""Readers are faster than scripts: what they type, choose and send before those come is kept, and done once."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, FilePayload, Page, Route, expect
from support.browsed_site import Served
from support.browser import chromium
from support.identity import MemoryIdentity
from support.platform import Platform
from support.served_pages import served_pages

from openmo.db.engine import Database

pytestmark = [pytest.mark.e2e]

BASE = "/projects/ada/early"
USE = f"{BASE}/use"
FOUR = ("sepal length", "sepal width", "petal length", "petal width")
HANDLER = "def handle(conf):\n    return {'told': str(conf)}\n"
SPEC = {
    "input": {
        **{name: {"value_type": "float", "default_value": 5.1, "value_range": "0-10"} for name in FOUR},
        "count": {"value_type": "int", "default_value": 3},
        "day": {"value_type": "datetime", "default_value": "2026-01-31"},
        "colour": {"value_type": "str", "default_value": "red", "value_range": ["red", "green", "blue"]},
        "loud": {"value_type": "bool", "default_value": False},
        "words": {"value_type": "str", "default_value": "none"},
        "toolkit_param_1": {"name": "petal count", "value_type": "int", "default_value": 2},
        "list": {"value_type": "[int]", "default_value": [1, 2]},
        "photo": {"value_type": "img", "optional": True},
        "rows": {"value_type": "dataframe", "optional": True},
    },
    "output": {"told": {"value_type": "str"}},
}


class Held:
    """Scripts of the page that do not come before they are let go."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._routes: list[Route] = []
        self._open = False
        for name in ("main", "app", "job"):
            page.route(f"**/static/dist/{name}.js*", self._hold)

    def _hold(self, route: Route) -> None:
        if self._open:
            route.continue_()
        else:
            self._routes.append(route)

    def let_go(self) -> None:
        """The scripts are there, and have done what they do at first."""
        self._open = True
        for route in self._routes:
            route.continue_()
        self._page.wait_for_load_state("domcontentloaded")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, migrated_sqlite: Path) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("early")
    database = Database(f"sqlite:///{shutil.copy(migrated_sqlite, folder / 'openmo.sqlite')}")
    platform = Platform(database, folder / "data")
    project = platform.project("ada", "early", files={"handler.py": HANDLER, "app_spec.yml": json.dumps(SPEC)})
    platform.apps.deploy(platform.actor("ada"), project)
    identity = MemoryIdentity()
    with served_pages(platform.app(identity, hosts=("127.0.0.1",))) as url:
        yield Served(url, platform, identity)
    database.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def page(served: Served, browser: Browser) -> Iterator[Page]:
    page = served.page(browser)
    yield page
    assert served.complaints == []
    page.context.close()


def _answer_calls(page: Page) -> list[str]:
    """What the page sends to the app, call by call."""
    sent: list[str] = []

    def answer(route: Route) -> None:
        sent.append(route.request.post_data_buffer.decode(errors="replace") if route.request.post_data_buffer else "")
        route.fulfill(json={"output": {"told": f"call {len(sent)}"}, "duration_ms": 1, "release": "1.0.0"})

    page.route("**/run/ada/early", answer)
    return sent


def _fill(page: Page) -> None:
    """Each control of the form, sliders and numbers by turns."""
    page.get_by_label(f"Slider for {FOUR[0]}").fill("1.5")
    page.get_by_label(FOUR[1], exact=True).fill("1.5")
    page.get_by_label(f"Slider for {FOUR[2]}").fill("9")
    page.get_by_label(FOUR[2], exact=True).fill("1.5")
    page.get_by_label(FOUR[3], exact=True).fill("9")
    page.get_by_label(f"Slider for {FOUR[3]}").fill("1.5")
    page.get_by_label("count", exact=True).fill("7")
    page.get_by_label("day", exact=True).fill("2024-02-29")
    page.get_by_label("colour", exact=True).select_option("blue")
    page.get_by_label("loud", exact=True).check()
    page.get_by_label("words", exact=True).fill("typed early")
    page.get_by_label("petal count", exact=True).fill("6")
    page.get_by_label("list", exact=True).fill("4, 5")


TYPED = {
    **dict.fromkeys(FOUR, 1.5),
    "count": 7,
    "day": "2024-02-29",
    "colour": "blue",
    "loud": True,
    "words": "typed early",
    "petal count": 6,
    "list": [4, 5],
}


def test_what_was_typed_and_sent_before_the_script_came_is_what_the_app_gets(served: Served, page: Page) -> None:
    sent = _answer_calls(page)
    held = Held(page)
    page.goto(served.url + USE, wait_until="commit")
    _fill(page)
    page.get_by_role("button", name="Run").click()
    page.get_by_role("button", name="Run").click()
    assert sent == []
    held.let_go()
    expect(page.locator("[data-result]")).to_contain_text("call 1")
    assert [json.loads(body) for body in sent] == [TYPED]
    for name in FOUR:
        expect(page.get_by_label(f"Slider for {name}")).to_have_value("1.5")


def test_a_link_with_inputs_does_not_replace_what_was_typed(served: Served, page: Page) -> None:
    sent = _answer_calls(page)
    held = Held(page)
    shared = {**dict.fromkeys(FOUR, 8), "count": 8, "words": "of the link"}
    page.goto(f"{served.url}{USE}?{urlencode({'inputs': json.dumps(shared)})}", wait_until="commit")
    page.get_by_label(f"Slider for {FOUR[0]}").fill("1.5")
    page.get_by_label("count", exact=True).fill("9")
    page.get_by_label("count", exact=True).fill("3")  # as the default, and yet typed
    held.let_go()
    expect(page.get_by_label("words", exact=True)).to_have_value("of the link")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("[data-result]")).to_contain_text("call 1")
    got = json.loads(sent[0])
    assert (got[FOUR[0]], got[FOUR[1]], got["count"], got["words"]) == (1.5, 8, 3, "of the link")


def test_files_that_were_chosen_early_are_taken(served: Served, page: Page) -> None:
    sent = _answer_calls(page)
    held = Held(page)
    page.goto(served.url + USE, wait_until="commit")
    png = FilePayload(name="early.png", mimeType="image/png", buffer=b"\x89PNG\r\n\x1a\n" + bytes(20))
    page.get_by_label("photo", exact=True).set_input_files(png)
    table = FilePayload(name="early.csv", mimeType="text/csv", buffer=b"a,b\n1,2\n")
    page.locator("[data-grid-file]").set_input_files(table)
    held.let_go()
    expect(page.locator("[data-file-note]")).to_contain_text("early.png")
    expect(page.locator("[data-grid-note]")).to_contain_text("1 rows")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("[data-result]")).to_contain_text("call 1")
    assert "early.png" in sent[0]
    assert '"a"' in sent[0]


@pytest.mark.parametrize("way", ["reload", "back"])
def test_what_the_browser_puts_back_is_what_counts(served: Served, page: Page, way: str) -> None:
    sent = _answer_calls(page)
    shared = urlencode({"inputs": json.dumps(dict.fromkeys(FOUR, 8))})
    page.goto(f"{served.url}{USE}?{shared}", wait_until="load")
    _fill(page)
    if way == "reload":
        page.reload()
    else:
        page.goto(served.url, wait_until="load")
        page.go_back(wait_until="load")
    shown = [page.get_by_label(name, exact=True).input_value() for name in FOUR]
    assert shown in (["1.5"] * 4, ["8"] * 4), "all of what was typed, or nothing of it"
    for name, value in zip(FOUR, shown, strict=True):
        expect(page.get_by_label(f"Slider for {name}")).to_have_value(value)
    page.get_by_role("button", name="Run").click()
    expect(page.locator("[data-result]")).to_contain_text("call 1")
    assert [json.loads(sent[0])[name] for name in FOUR] == [float(value) for value in shown]


def test_a_reset_takes_back_what_was_typed_early(served: Served, page: Page) -> None:
    sent = _answer_calls(page)
    held = Held(page)
    page.goto(served.url + USE, wait_until="commit")
    _fill(page)
    page.get_by_role("button", name="Reset").click()
    held.let_go()
    page.get_by_role("button", name="Run").click()
    expect(page.locator("[data-result]")).to_contain_text("call 1")
    got = json.loads(sent[0])
    assert {got[name] for name in FOUR} == {5.1}
    assert (got["count"], got["colour"]) == (3, "red")


def test_a_refused_file_leaves_nothing_of_the_one_before(served: Served, page: Page) -> None:
    sent = _answer_calls(page)
    page.goto(served.url + USE)
    photo = page.get_by_label("photo", exact=True)
    png = FilePayload(name="good.png", mimeType="image/png", buffer=b"\x89PNG\r\n\x1a\n" + bytes(20))
    photo.set_input_files(png)
    expect(page.locator("[data-file-note]")).to_contain_text("good.png")
    text = FilePayload(name="bad.txt", mimeType="text/plain", buffer=b"x")
    photo.set_input_files(text)
    expect(page.get_by_text("This is not an image.")).to_be_visible()
    expect(page.locator("[data-file-note]")).to_have_text("")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("[data-result]")).to_contain_text("call 1")
    assert "good.png" not in sent[0]


def test_an_empty_field_says_what_it_stands_for(served: Served, page: Page) -> None:
    sent = _answer_calls(page)
    page.goto(served.url + USE)
    for name, default in ((FOUR[0], "5.1"), ("count", "3"), ("day", "2026-01-31"), ("list", "1, 2")):
        note = page.locator("[data-field]").filter(has=page.get_by_label(name, exact=True)).locator("[data-default]")
        expect(note).to_be_hidden()
        page.get_by_label(name, exact=True).fill("")
        expect(note).to_have_text(f"Left empty, it is {default}.")
    page.get_by_role("button", name="Run").click()
    expect(page.locator("[data-result]")).to_contain_text("call 1")
    assert not {FOUR[0], "count", "day", "list"} & json.loads(sent[0]).keys(), "the app takes its defaults"
    page.get_by_role("button", name="Reset").click()
    expect(page.locator("[data-default]:visible")).to_have_count(0)


def test_a_new_project_is_what_was_chosen_early_and_is_made_once(served: Served, page: Page) -> None:
    held = Held(page)
    page.goto(f"{served.url}/projects/new", wait_until="commit")
    page.get_by_label("Title").fill("Typed Early")
    other = page.locator("input[name=template]:not(:checked)")
    if other.count():
        other.last.check(force=True)
    chosen = page.locator("input[name=template]:checked").get_attribute("data-kind")
    held.let_go()
    expect(page.get_by_label("Name in addresses")).to_have_value("typed-early")
    expect(page.locator("input[name=kind]:checked")).to_have_value(chosen or "app")


def test_a_double_click_before_the_script_makes_one_project(served: Served, page: Page) -> None:
    Held(page)
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    page.goto(f"{served.url}/projects/new", wait_until="commit")
    page.get_by_label("Title").fill("Made Once")
    page.get_by_role("button", name="Create project").dblclick()
    page.wait_for_url("**/projects/ada/made-once", wait_until="commit")
    assert len(posted) == 1


def test_nothing_is_deleted_without_the_question(served: Served, page: Page) -> None:
    platform, project = served.platform, served.platform.projects.by_name("ada", "early")
    platform.write(project, {"train.py": "print(1)\n"})
    job = platform.submit(project)
    platform.jobs.terminate(platform.actor("ada"), job)
    platform.runner().step()
    held = Held(page)
    page.goto(f"{served.url}{BASE}/jobs", wait_until="commit")
    page.get_by_role("button", name=f"Delete {job.name}").click()
    held.let_go()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    assert platform.job(job).id == job.id
    page.get_by_role("button", name=f"Delete {job.name}").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("#jobs tbody tr")).to_have_count(0)


def test_a_search_that_was_typed_early_is_made(served: Served, page: Page) -> None:
    served.platform.samples()
    held = Held(page)
    page.goto(f"{served.url}/datasets", wait_until="commit")
    page.get_by_label("Search datasets").fill("iris")
    held.let_go()
    expect(page.locator(".item-card")).to_have_count(1)


@pytest.mark.parametrize(
    ("path", "label", "text"),
    [("/settings", "Title", "Renamed"), ("/deploy", "Notes", "typed"), ("/jobs?new=1", "Arguments", "--epochs 3")],
)
def test_forms_without_scripts_of_their_own_keep_what_was_typed(
    served: Served, page: Page, path: str, label: str, text: str
) -> None:
    held = Held(page)
    page.goto(f"{served.url}{BASE}{path}", wait_until="commit")
    field = page.get_by_label(label).first
    field.fill(text)
    held.let_go()
    expect(field).to_have_value(text)
