"""The page of an app as strangers use it, in a real browser on a real OpenMo: every type, streams, tables, examples."""

import csv
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect
from support.installation import Installation

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

APPS = Path(__file__).resolve().parents[1] / "support" / "app_page"
PATIENT = 90_000  # milliseconds; the machine may be loaded
WORDS = {
    "en": {
        "wrong": "This must be from 0 to 10.",
        "stopped": "Stopped",
        "done": "Done",
        "picture": "This is not an image.",
    },
    "zh-CN": {"wrong": "这里应在 0 到 10 之间。", "stopped": "已停止", "done": "完成", "picture": "这不是图片。"},
}


@pytest.fixture(scope="module")
def site(openmo: Installation) -> str:
    """The address of an OpenMo that serves the test apps."""
    for name in ("every-type", "results", "story"):
        openmo.cli("project", "create", name, "--public")
        shutil.copytree(APPS / name, openmo.workspace(name), dirs_exist_ok=True)
        openmo.cli("app", "deploy", name)
    return str(openmo.status()["url"]).rstrip("/")


@pytest.mark.parametrize("language", sorted(WORDS))
def test_a_stranger_uses_every_kind_of_app(site: str, browser: Browser, tmp_path: Path, language: str) -> None:
    context = browser.new_context(locale=language, viewport={"width": 390 if language == "en" else 1280, "height": 900})
    page = context.new_page()
    page.set_default_timeout(PATIENT)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    _every_input(page, site, WORDS[language])
    _every_result(page, site, tmp_path)
    _a_stream(page, site, WORDS[language])
    _a_table(page, site, tmp_path, WORDS[language])
    assert complaints == []
    context.close()


def _every_input(page: Page, site: str, words: dict[str, str]) -> None:
    page.goto(f"{site}/projects/ada/every-type/use")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    size = page.get_by_label("size", exact=True)
    size.fill("11")
    page.locator("[type=submit]").click()
    expect(page.get_by_text(words["wrong"])).to_be_visible()
    expect(size).to_be_focused()
    size.fill("2.5")
    photo = page.locator('[data-field="in-7"]')
    photo.locator("input[type=file]").set_input_files({"name": "a.txt", "mimeType": "text/plain", "buffer": b"x"})
    expect(photo.get_by_text(words["picture"])).to_be_visible()
    photo.locator(".sample").click()
    expect(photo.locator(".drop img")).to_be_visible()
    table = page.locator("[data-grid]")
    table.locator("textarea").fill("a\tb\n1\tx\n2\ty")
    table.locator("textarea").blur()
    table.locator("[data-grid-row]").click()
    page.keyboard.type("3")
    page.locator("[type=submit]").click()
    told = page.locator(".tree")
    for text in ("a table of 3 rows: a, b", "float 2.5", "'green, blue'", "int 4", ".png", r"'one\\ntwo'"):
        expect(told).to_contain_text(text)
    expect(page.locator("[data-status]")).to_contain_text("told")
    link = page.locator("#share-link").input_value()
    page.locator(".example").nth(1).click()
    expect(told).to_contain_text("'维吉尼亚鸢尾'")
    expect(told).not_to_contain_text("a table")
    page.goto(link)
    expect(page.get_by_label("size", exact=True)).to_have_value("2.5")
    expect(page.locator("[data-cell='2,0']")).to_have_value("3")


def _every_result(page: Page, site: str, tmp_path: Path) -> None:
    page.goto(f"{site}/projects/ada/results/use")
    page.locator("[type=submit]").click()
    expect(page.locator(".bars .top")).to_contain_text("setosa")
    for picture in page.locator(".result-media img").all():
        expect(picture).to_have_js_property("complete", value=True)
        assert picture.evaluate("image => image.naturalWidth") > 0
    expect(page.locator(".result-item audio")).to_be_visible()
    expect(page.get_by_text("<b>as they are</b>")).to_be_visible()
    frame = page.get_by_role("group", name="frame")
    frame.locator(".sort").nth(1).click()
    expect(frame.locator("th").nth(1)).to_have_attribute("aria-sort", "ascending")
    with page.expect_download() as download:
        frame.locator(".table-foot button", has_text="CSV").click()
    download.value.save_as(tmp_path / "frame.csv")
    rows = _rows(tmp_path / "frame.csv")
    values = [float(row["value"]) for row in rows]
    assert values == sorted(values)
    assert {row["formula"] for row in rows} == {"'=1+1"}


def _a_stream(page: Page, site: str, words: dict[str, str]) -> None:
    page.goto(f"{site}/projects/ada/story/use")
    page.get_by_label("repeats", exact=True).fill("200")
    page.locator("[type=submit]").click()
    expect(page.locator(".value-text")).to_contain_text("Once there was")
    page.locator("[data-stop]").click()
    expect(page.locator("[data-duration]")).to_have_text(words["stopped"])
    expect(page.locator(".value-text")).to_contain_text("Once there was")
    page.get_by_label("repeats", exact=True).fill("1")
    page.locator("[type=submit]").click()
    expect(page.locator(".value-text")).to_contain_text("with care.")
    expect(page.locator("[data-duration]")).to_contain_text("s")


def _a_table(page: Page, site: str, tmp_path: Path, words: dict[str, str]) -> None:
    page.goto(f"{site}/projects/ada/every-type/use")
    page.locator("[data-batch] > summary").click()
    sent = "size,name\n1,=x\n99,y\n3,z\n"
    table: FilePayload = {"name": "rows.csv", "mimeType": "text/csv", "buffer": sent.encode()}
    page.locator("[data-batch-file]").set_input_files(table)
    page.locator("[data-batch-start]").click()
    expect(page.locator("[data-batch-note]")).to_contain_text(words["done"])
    with page.expect_download() as download:
        page.locator("[data-batch-save]").click()
    download.value.save_as(tmp_path / "results.csv")
    first, second, third = _rows(tmp_path / "results.csv")
    assert first["name"] == "'=x"
    assert "float 1.0" in first["told"]
    assert "size" in second["error"]
    assert third["error"] == ""


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_owner_saves_an_example(site: str, signed_in: Page, openmo: Installation) -> None:
    page = signed_in
    page.goto(f"{site}/projects/ada/every-type/use")
    page.get_by_label("note", exact=True).fill("saved")
    page.locator(".sample").click()
    expect(page.locator(".drop img")).to_be_visible()
    page.locator("[data-save-example]").click()
    page.locator("#example-name").fill("Mine")
    page.keyboard.press("Enter")
    expect(page.locator(".example-list li")).to_have_count(3)
    assert "note: saved" in (openmo.workspace("every-type") / "app_spec.yml").read_text()
    openmo.cli("app", "deploy", "every-type")
    page.goto(f"{site}/projects/ada/every-type/use")
    page.get_by_role("button", name="Mine").click()
    expect(page.locator(".tree")).to_contain_text("'saved'")
