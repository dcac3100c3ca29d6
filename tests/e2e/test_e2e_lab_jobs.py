"""A notebook becomes a job, is watched, run again and deleted without leaving JupyterLab, in both languages."""

import json
import os
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page, Request, expect
from support.doses import CHINESE_TWIN
from support.installation import Installation

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

SLOW_MS = 180_000
SOURCE = """import json, pathlib, time
done = pathlib.Path("results/done")
while done.exists():  # a second run waits for somebody to stop it
    time.sleep(0.1)
print("hello from the notebook")
for epoch in range(30):
    print(json.dumps({"metric": "loss", "value": 1 / (epoch + 1), "epoch": epoch}), flush=True)
    time.sleep(0.1)
done.touch()
"""
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
ENGLISH = {
    "language": "en",
    "create": "Create Job",
    "ok": "Create",
    "jobs": "Jobs",
    "running": "running",
    "succeeded": "succeeded",
    "notice": "Job first run succeeded.",
    "charts": "Open charts",
    "again": "Run again",
    "terminate": "Terminate",
    "terminated": "terminated",
    "more": "More",
    "delete": "Delete…",
    "confirm": "Delete",
    "name": "Name (optional)",
}
NOTEBOOK = json.dumps(
    {
        "cells": [
            {
                "cell_type": "code",
                "id": "a",
                "metadata": {},
                "outputs": [],
                "execution_count": None,
                "source": SOURCE,
            }
        ],
        "metadata": {"kernelspec": KERNEL},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
)
CHINESE = {
    "language": "zh-CN",
    "create": "创建任务",
    "ok": "创建",
    "jobs": "任务",
    "running": "运行中",
    "succeeded": "成功",
    "notice": "任务 first run 已成功。",
    "charts": "打开图表",
    "again": "重新运行",
    "terminate": "终止",
    "terminated": "已终止",
    "more": "更多",
    "delete": "删除…",
    "confirm": "删除",
    "name": "名称（可选）",
}


@pytest.mark.parametrize("words", [ENGLISH, pytest.param(CHINESE, marks=CHINESE_TWIN)], ids=["en", "zh-CN"])
def test_a_notebook_is_trained_as_a_job(
    signed_in: Page, context: BrowserContext, openmo: Installation, words: dict[str, str]
) -> None:
    name = f"lab-jobs-{words['language'].lower()}"
    openmo.cli("project", "create", name)
    (openmo.workspace(name) / "coding_here.ipynb").write_text(NOTEBOOK)
    url = openmo.status()["url"]
    lab = signed_in
    lab.goto(f"{url}/language/{words['language']}?back=/projects/ada/{name}")
    lab.locator("form[action$='/start'] button").first.click()
    lab.wait_for_url("**/lab/tree/coding_here.ipynb**", timeout=SLOW_MS)
    lab.locator(".jp-Notebook .cm-content").first.wait_for(timeout=SLOW_MS)
    context.clear_cookies(name="openmo_session")  # as after two weeks: the frames must sign in by themselves

    lab.get_by_role("button", name=words["create"]).click()
    dialog = lab.get_by_role("dialog")
    dialog.get_by_label(words["name"]).fill("first run")
    _picture(lab, f"dialog-{words['language']}")
    dialog.get_by_role("button", name=words["ok"], exact=True).click()
    expect(dialog).to_have_count(0)

    lab.locator(".jp-SideBar [data-id=openmo-jobs]").click()
    panel = lab.get_by_role("region", name=words["jobs"], exact=True)
    row = panel.get_by_role("listitem")
    expect(row).to_contain_text(words["running"])
    row.get_by_role("button", name="first run").click()
    expect(_frame(lab, "log").locator("[data-part=log]")).to_contain_text("hello from the notebook")
    expect(lab.get_by_text(words["notice"])).to_be_visible()
    expect(row).to_contain_text(words["succeeded"])
    row.get_by_role("button", name=words["charts"]).click()
    charts = _frame(lab, "charts")
    expect(charts.get_by_text("loss", exact=True).first).to_be_visible()
    expect(charts.locator(".topbar")).to_be_hidden()
    expect(charts.locator("html")).to_have_attribute("lang", words["language"])
    _picture(lab, f"panel-{words['language']}")

    row.get_by_role("button", name="first run").click()  # the tab that is open already
    expect(lab.locator("iframe[src*=embed]")).to_have_count(2)
    row.get_by_role("button", name=words["again"]).click()
    expect(panel.get_by_role("listitem")).to_have_count(2)
    _terminate_by_keyboard(lab, panel.get_by_role("listitem").first, words)
    _delete(lab, panel.get_by_role("listitem").last, words)
    expect(panel.get_by_role("listitem")).to_have_count(1)
    expect(lab.locator("iframe[src*=embed]")).to_have_count(0)


def test_a_script_runs_in_a_console_with_arguments_and_tabs_survive_a_reload(
    signed_in: Page, openmo: Installation
) -> None:
    name = "lab-console"
    openmo.cli("project", "create", name)
    (openmo.workspace(name) / "hello.py").write_text("import sys\nprint('got', sys.argv[1:])\n")
    openmo.cli("job", "run", name, "hello.py")
    lab, url = signed_in, openmo.status()["url"]
    lab.goto(f"{url}/projects/ada/{name}")
    lab.locator("form[action$='/start'] button").first.click()
    lab.wait_for_url("**/lab/tree/**", timeout=SLOW_MS)
    lab.locator(".jp-Notebook .cm-content").first.wait_for(timeout=SLOW_MS)
    lab.locator(".jp-DirListing-item", has_text="hello.py").dblclick()
    lab.get_by_role("button", name="Create Job").last.click()
    dialog = lab.get_by_role("dialog")
    dialog.get_by_role("radio", name="Notebook console").check()
    dialog.get_by_label("Arguments (optional)").fill("--name 'a $HOME {x}'")
    dialog.get_by_role("button", name="Create", exact=True).click()
    expect(lab.locator(".jp-CodeConsole")).to_contain_text("got ['--name', 'a $HOME {x}']", timeout=SLOW_MS)

    lab.locator(".jp-SideBar [data-id=openmo-jobs]").click()
    with lab.expect_request(_saves_the_tab):
        lab.get_by_role("region", name="Jobs").get_by_role("button", name="hello-1", exact=True).click()
        expect(_frame(lab, "log").locator("[data-part=log]")).to_contain_text("got []")
    lab.reload()
    expect(_frame(lab, "log").locator("[data-part=log]")).to_contain_text("got []", timeout=SLOW_MS)


def _saves_the_tab(request: Request) -> bool:
    return "/api/workspaces/" in request.url and "openmo-job-1-log" in (request.post_data or "")


def _frame(lab: Page, part: str) -> FrameLocator:
    return lab.frame_locator(f"iframe[src*='embed={part}'], iframe[src*='embed%3D{part}']")


def _terminate_by_keyboard(lab: Page, row: Locator, words: dict[str, str]) -> None:
    expect(row).to_contain_text(words["running"])
    row.get_by_role("button", name=words["terminate"]).press("Enter")
    lab.get_by_role("dialog").get_by_role("button", name=words["terminate"], exact=True).press("Enter")
    expect(row).to_contain_text(words["terminated"])
    expect(row.get_by_role("button", name="first run")).to_be_focused()  # the button that had it is gone


def _delete(lab: Page, row: Locator, words: dict[str, str]) -> None:
    row.get_by_role("button", name=words["more"], exact=True).click()
    lab.get_by_role("menuitem", name=words["delete"]).click()
    lab.get_by_role("dialog").get_by_role("button", name=words["confirm"], exact=True).click()


def _picture(page: Page, name: str) -> None:
    if folder := os.environ.get("SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"lab-jobs-{name}.png")
