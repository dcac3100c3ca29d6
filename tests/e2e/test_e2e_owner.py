"""An app's owner at work, on pages in both languages and by command, against a real OpenMo."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect
from support.doses import CHINESE_TWIN
from support.installation import Installation, wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(900)]

HANDLER = """
def handle(conf):
    x = conf["x"]  # value_type: int # default_value: 1
    print("asked for", x)
    if x < 0:
        raise ValueError("x is negative")
    return {"y": x + NUMBER}  # value_type: int
"""
COUNTER = """
def handle(conf):
    n = conf["n"]  # value_type: int # default_value: 2
    print("counting to", n)
    for number in range(n):
        yield {"number": number}  # value_type: int
"""


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the pages say."""

    deploy: str
    answers: str
    roll_back: str
    now: str
    link_only: str
    save: str
    new_link: str
    failures: str


ENGLISH = Words(
    deploy="Deploy",
    answers="answers",
    roll_back="Roll back",
    now="Version 1.0.0 answers now.",
    link_only="Link only",
    save="Save",
    new_link="New link",
    failures="Newest failures",
)
CHINESE = Words(
    deploy="部署",
    answers="响应中",
    roll_back="回退到此版本",
    now="现在由版本 1.0.0 响应。",
    link_only="仅限链接",
    save="保存",
    new_link="新链接",
    failures="最近的失败",
)


@pytest.mark.parametrize(("tag", "words"), [("en", ENGLISH), pytest.param("zh-CN", CHINESE, marks=CHINESE_TWIN)])
def test_from_the_first_deploy_to_the_chart_of_its_calls(
    signed_in: Page, openmo: Installation, tag: str, words: Words
) -> None:
    url, name = openmo.status()["url"], f"owned-{tag.lower()}"
    openmo.cli("project", "create", name, "--public")
    _write(openmo, name, 1)
    page, base = signed_in, f"{url}/projects/ada/{name}"
    page.goto(f"{url}/language/{tag}?back=/workspace")
    page.goto(f"{base}/deploy")
    page.locator("form[data-progress]").get_by_role("button", name=words.deploy).click()
    page.wait_for_url("**/app?done=released&version=1.0.0")
    expect(page.get_by_role("row", name="1.0.0")).to_contain_text(words.answers)
    _write(openmo, name, 2)
    openmo.cli("app", "deploy", name, "--notes", "adds two")
    page.goto(f"{base}/app")
    expect(page.get_by_role("row", name="adds two")).to_contain_text(words.answers)
    old = page.get_by_role("row", name=re.compile(r"^1\.0\.0"))
    expect(old).to_contain_text(words.roll_back)
    old.get_by_role("button").first.click()
    page.get_by_role("dialog").locator("button[value=yes]").click()
    expect(page.get_by_role("status").filter(has_text=words.now)).to_be_visible()
    wait_for(lambda: _call(f"{url}/run/ada/{name}", 1).json()["release"] == "1.0.0", "the old release")
    second = _renewed_link(page, base, words)
    assert _call(second, 1).status_code == 200
    assert _call(second, -1).status_code == 500
    _see_the_calls(page, base, words)


def _write(openmo: Installation, name: str, number: int) -> None:
    workspace = openmo.workspace(name)
    (workspace / "handler.py").write_text(HANDLER.replace("NUMBER", str(number)))


def _call(address: str, x: int) -> httpx.Response:
    return httpx.post(address, json={"x": x}, timeout=60)


def _renewed_link(page: Page, base: str, words: Words) -> str:
    """The app is open by link alone, and its first link no longer works."""
    page.goto(f"{base}/app/settings")
    page.get_by_role("radio", name=words.link_only).check(force=True)
    page.get_by_role("button", name=words.save).click()
    page.wait_for_url("**/app/settings?done=saved")
    link = page.locator("#app-link")
    first = link.inner_text()
    wait_for(lambda: _call(first, 1).status_code == 200, "the link")
    page.get_by_role("button", name=words.new_link).click()
    page.get_by_role("dialog").get_by_role("button", name=words.new_link).click()
    page.wait_for_url("**/app/settings?done=renewed")
    expect(link).not_to_have_text(first)
    wait_for(lambda: _call(first, 1).status_code == 404, "the first link to be shut")
    return link.inner_text()


def _see_the_calls(page: Page, base: str, words: Words) -> None:
    page.goto(f"{base}/app/calls?days=1")

    def charted() -> bool:
        page.reload()
        return page.locator("svg.call-bars rect.outer").count() > 0 and page.locator(".call-list details").count() > 0

    wait_for(charted, "the calls to be charted", every=1.0)
    expect(page.get_by_role("heading", name=words.failures)).to_be_visible()
    page.locator(".call-list summary").first.click()
    expect(page.locator(".call-list pre").first).to_contain_text('File "handler.py", line 6, in handle')
    page.goto(f"{base}/app/log")
    expect(page.get_by_role("log")).to_contain_text("asked for -1")


@pytest.mark.deep("some forty commands; the page's walk is its light dose")
def test_the_same_by_command(openmo: Installation, tmp_path: Path) -> None:
    name = "by-command"
    openmo.cli("project", "create", name, "--public")
    notebook = tmp_path / "counting.ipynb"
    cell: dict[str, object] = {
        "cell_type": "code",
        "metadata": {},
        "execution_count": None,
        "outputs": [],
        "source": COUNTER.strip(),
    }
    other = {**cell, "source": "print('not for the app')"}
    notebook.write_text(json.dumps({"cells": [other, cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}))
    shown = openmo.cli("app", "prepare", name, f"@{notebook}", "--dry-run")
    assert (shown["written"], [each["ticked"] for each in shown["cells"]]) == (False, [False, True])
    assert not (openmo.workspace(name) / "handler.py").exists()
    assert openmo.cli("app", "prepare", name, f"@{notebook}", "--cells", "2")["written"] is True
    assert "not for the app" not in (openmo.workspace(name) / "handler.py").read_text()
    refused = openmo.cli("app", "rollback", name, check=False)
    assert (refused["code"], "app versions" in refused["detail"]) == ("not_found", True)
    assert openmo.cli("app", "deploy", name, "--dev")["version"] == "dev"
    assert openmo.cli("app", "call", f"{name}@dev", "n=1")["outputs"] == [{"number": 0}]
    assert openmo.cli("app", "promote", name)["version"] == "1.0.0"
    streamed = openmo.run("app", "call", name, '{"n": 3}')
    assert streamed.stdout.split() == ["number", "0", "number", "1", "number", "2"]
    openmo.cli("app", "deploy", name)
    assert openmo.cli("app", "rollback", name)["version"] == "1.0.0"
    found = {item["version"]: item["answers"] for item in openmo.cli("app", "versions", name)["items"]}
    assert found == {"dev": False, "1.1.0": False, "1.0.0": True}
    assert openmo.cli("app", "delete", name, "1.1.0", "--yes") == {"deleted": "1.1.0"}
    settings = openmo.cli("app", "settings", name, "--limit", "timeout=2m", "--limit", "memory_bytes=1G")
    assert (settings["limits"]["timeout"], settings["limits"]["memory_bytes"]) == (120, 1 << 30)
    assert openmo.cli("app", "settings", name, "--limit", "timeout=")["limits"]["timeout"] == 60
    assert openmo.cli("app", "suspend", name)["suspended"] is True
    wait_for(lambda: openmo.cli("app", "call", name, check=False).get("code") == "app_suspended", "it to be down")
    assert openmo.cli("app", "resume", name)["suspended"] is False
    wait_for(lambda: openmo.cli("app", "stats", name)["total"]["calls"] > 0, "the figures")
    assert openmo.cli("app", "failures", name) == {"items": []}
    assert openmo.cli("app", "open", name)["url"].endswith(f"/projects/ada/{name}/use")
    wait_for(lambda: "counting to 3\n" in openmo.cli("app", "logs", name)["log"], "the log")
