"""The documented walk of training somebody else's module again: from a dataset's page to a picture's right class, and
once more in the background.
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from support.doses import CHINESE_TWIN
from support.installation import Installation
from support.lab_panels import open_modules
from support.processes import wait_for

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
    insert: str
    inserted: str
    job: str
    made: str
    used: str


ENGLISH = Words(
    tag="en",
    add="Import",
    start="Start coding",
    panel="Modules",
    search="Search modules",
    train="Train",
    predict="Predict",
    insert="Insert code",
    inserted="Inserted into coding_here.ipynb.",
    job="Train as job",
    made="made with openmo/image_classifier/1.0.0 · Train",
    used="Your jobs with it",
)
CHINESE = Words(
    tag="zh-CN",
    add="导入",
    start="开始编程",
    panel="模块",
    search="搜索模块",
    train="训练",
    predict="预测",
    insert="插入代码",
    inserted="已插入 coding_here.ipynb。",
    job="作为任务训练",
    made="使用 openmo/image_classifier/1.0.0 · 训练",
    used="您用它做的任务",
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
    _train_as_job(lab, openmo, name, words)


def _train_as_job(lab: Page, openmo: Installation, name: str, words: Words) -> None:
    """The same form in the background: a script in the project, metrics, and what it was made with, both ways."""
    _method(lab, words.train).get_by_role("button", name=words.job).click()
    expect(lab.locator(".openmo-JobTab-status")).to_contain_text(words.made, timeout=SLOW_MS)
    _picture(lab, f"job-{words.tag}")
    address = f"{openmo.status()['url']}/api/v1/projects/ada/{name}/jobs/1"
    wait_for(lambda: lab.request.get(address).json()["ended_at"])
    job = openmo.cli("job", "show", name, "1")
    assert (job["state"], job["script"]) == ("succeeded", "train_image_classifier.py"), job["reason"]
    assert [(each["identifier"], each["method"]) for each in job["inputs"]["modules"]] == [(MODULE, "train")]
    metrics = lab.request.get(f"{address}/metrics").json()["metrics"]
    assert {metric["name"] for metric in metrics} >= {"loss", "accuracy"}
    lab.goto(f"{openmo.status()['url']}/modules/openmo/image_classifier")
    expect(lab.locator("#jobs")).to_contain_text(words.used)
    expect(lab.locator("#jobs").get_by_role("link", name="train_image_classifier-1").first).to_be_visible()
    _picture(lab, f"module-{words.tag}")


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
    method.get_by_role("button", name=words.insert).click()
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
