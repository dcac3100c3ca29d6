"""The documented walk of training somebody else's module again: from a dataset's page to a picture's right class."""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from support.doses import CHINESE_TWIN
from support.installation import Installation
from support.lab_panels import open_modules

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

SLOW_MS = 180_000
MODULE = "openmo/image_classifier/1.0.0"
DIGIT = "7"


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the pages say."""

    tag: str
    add: str
    start: str
    panel: str
    search: str
    train: str
    predict: str
    inserted: str


ENGLISH = Words(
    tag="en",
    add="Import",
    start="Start coding",
    panel="Modules",
    search="Search modules",
    train="Train",
    predict="Predict",
    inserted="Inserted into coding_here.ipynb.",
)
CHINESE = Words(
    tag="zh-CN",
    add="导入",
    start="开始编程",
    panel="模块",
    search="搜索模块",
    train="训练",
    predict="预测",
    inserted="已插入 coding_here.ipynb。",
)


@pytest.mark.parametrize(
    "words", [ENGLISH, pytest.param(CHINESE, marks=CHINESE_TWIN)], ids=lambda words: getattr(words, "tag", "")
)
def test_a_module_is_trained_again_on_a_dataset(signed_in: Page, openmo: Installation, words: Words) -> None:
    name = f"retrain-{words.tag.lower()}"
    openmo.cli("project", "create", name)
    workspace = openmo.workspace(name)
    _import_digits(signed_in, openmo, name, words)
    lab = _start_coding(signed_in, openmo, name, words)
    _unpack(lab)
    _open_module(lab, words)

    train = _method(lab, words.train)
    train.get_by_label("epochs").fill("2")
    train.get_by_label("model_save_path").fill("my_model.npz")
    train.get_by_label("weight_save_path").fill("my_weights.npz")
    _insert(train, words)
    _picture(lab, f"form-{words.tag}")
    trained = _run(lab, f"result = train('{MODULE}', conf)")
    expect(trained).to_contain_text("'weights': 'my_weights.npz'", timeout=SLOW_MS)
    lab.locator(".jp-SideBar [data-id=filebrowser]").click()
    lab.locator(".jp-FileBrowser [data-command='filebrowser:refresh']").click()
    for file in ("my_model.npz", "my_weights.npz"):
        expect(lab.locator(".jp-DirListing-item", has_text=file)).to_be_visible()

    picture = min((workspace / "digits" / DIGIT).iterdir()).relative_to(workspace).as_posix()
    predict = _method(lab, words.predict)
    predict.get_by_label("image").fill(picture)
    predict.get_by_label("weight_path").fill("my_weights.npz")
    _insert(predict, words)
    expect(_run(lab, f"result = predict('{MODULE}', conf)")).to_contain_text(f"'class': '{DIGIT}'", timeout=SLOW_MS)
    _picture(lab, f"predicted-{words.tag}")


def _import_digits(page: Page, openmo: Installation, name: str, words: Words) -> None:
    """By the dataset's own page."""
    back = f"/datasets/openmo/digits?project=ada/{name}"
    page.goto(f"{openmo.status()['url']}/language/{words.tag}?back={back}")
    page.get_by_role("button", name=words.add, exact=True).click()
    page.wait_for_url(f"**/projects/ada/{name}/**")


def _start_coding(page: Page, openmo: Installation, name: str, words: Words) -> Page:
    page.goto(f"{openmo.status()['url']}/projects/ada/{name}")
    page.get_by_role("button", name=words.start).first.click()
    page.wait_for_url("**/lab/tree/coding_here.ipynb**", timeout=SLOW_MS)
    page.locator(".jp-Notebook .cm-content").first.wait_for(timeout=SLOW_MS)
    return page


def _unpack(lab: Page) -> None:
    """The documented line, in the notebook's own empty cell; run before anybody asks whether the kernel has started."""
    cell = lab.locator(".jp-Notebook .jp-CodeCell").nth(1)
    cell.locator(".cm-content").click()
    lab.keyboard.insert_text("!7zx ./datasets/openmo-digits/digits.zip -d digits")
    lab.keyboard.press("Shift+Enter")
    expect(cell.locator(".jp-InputPrompt")).to_have_text(re.compile(r"\[\d+\]:"), timeout=SLOW_MS)


def _open_module(lab: Page, words: Words) -> None:
    panel = open_modules(lab, words.panel)
    panel.get_by_role("searchbox", name=words.search).fill("image")
    panel.get_by_role("button", name=re.compile("image_classifier")).click()


def _method(lab: Page, title: str) -> Locator:
    return lab.locator(".openmo-Module-method").filter(has=lab.get_by_role("heading", name=title, exact=True))


def _insert(method: Locator, words: Words) -> None:
    method.locator(".openmo-Module-method-head button").click()
    expect(method.get_by_role("status")).to_contain_text(words.inserted, timeout=SLOW_MS)


def _run(lab: Page, call: str) -> Locator:
    """Runs the inserted cell, which has the focus; its output."""
    cell = lab.locator(".jp-Notebook .jp-CodeCell").filter(has_text=call)
    expect(cell).to_have_class(re.compile("jp-mod-active"))
    lab.keyboard.press("Shift+Enter")
    return cell.locator(".jp-OutputArea")


def _picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"retrain-{name}.png")
