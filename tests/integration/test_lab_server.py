"""The routes of JupyterLab's server half, in a real notebook server, against a platform double over real HTTP."""

import asyncio
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from openmo_lab.handlers import ROUTES
from support.lab_platform import PROJECT, TOKEN, PlatformDouble, running_platform
from support.lab_server import SIGN_IN, LabServer, install_wheel, running_lab
from tornado.httpclient import HTTPRequest
from tornado.websocket import websocket_connect

NOTEBOOK = {
    "cells": [{"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": None, "source": "1"}],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


@pytest.fixture(scope="module")
def wheel_environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return install_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def module_platform() -> Iterator[PlatformDouble]:
    with running_platform() as platform:
        yield platform


@pytest.fixture(scope="module")
def lab(
    tmp_path_factory: pytest.TempPathFactory, wheel_environment: dict[str, str], module_platform: PlatformDouble
) -> Iterator[LabServer]:
    connection = module_platform.variables("https://mo.example")
    with running_lab(tmp_path_factory.mktemp("lab"), wheel_environment | connection) as server:
        yield server


@pytest.fixture
def platform(module_platform: PlatformDouble) -> PlatformDouble:
    module_platform.calls.clear()
    module_platform.jobs.items.clear()
    module_platform.jobs.newest = 200
    module_platform.refusal = None
    module_platform.raw_answer = None
    module_platform.source = 'print("exported")\n'
    return module_platform


@pytest.fixture
def browser(lab: LabServer, platform: PlatformDouble) -> Iterator[httpx.Client]:
    with lab.client() as client:
        yield client


def write_notebook(lab: LabServer, path: str) -> Path:
    file = lab.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(NOTEBOOK))
    file.with_suffix(".py").unlink(missing_ok=True)
    return file


def problem(response: httpx.Response) -> dict[str, Any]:
    assert response.headers["content-type"].startswith("application/problem+json")
    document: dict[str, Any] = response.json()
    assert document["status"] == response.status_code
    return document


def test_export_writes_the_script_beside_the_notebook(
    lab: LabServer, platform: PlatformDouble, browser: httpx.Client
) -> None:
    write_notebook(lab, "训练/a b.ipynb")
    response = browser.post("/openmo/export", json={"path": "训练/a b.ipynb"})
    assert (response.status_code, response.json()) == (200, {"path": "训练/a b.py"})
    first, rest = (lab.root / "训练/a b.py").read_text().split("\n", 1)
    assert first.startswith("# Exported from a b.ipynb by OpenMo")
    assert rest == platform.source
    ((_, _, sent),) = platform.calls
    assert sent is not None
    assert sent["name"] == "a b.ipynb"
    assert sent["notebook"]["cells"][0]["source"] == "1"


def test_exporting_again_replaces_an_untouched_export(
    lab: LabServer, platform: PlatformDouble, browser: httpx.Client
) -> None:
    notebook = write_notebook(lab, "again.ipynb")
    browser.post("/openmo/export", json={"path": "again.ipynb"}).raise_for_status()
    platform.source = "print(2)\n"
    browser.post("/openmo/export", json={"path": "again.ipynb"}).raise_for_status()
    assert notebook.with_suffix(".py").read_text().endswith("\nprint(2)\n")


@pytest.mark.parametrize("edit", ["mine = 1\n", "", "\udc80"])
def test_export_never_overwrites_the_users_own_script_unasked(
    lab: LabServer, browser: httpx.Client, platform: PlatformDouble, edit: str
) -> None:
    script = write_notebook(lab, "own.ipynb").with_suffix(".py")
    script.write_text(edit, errors="surrogateescape")
    before = script.read_bytes()
    response = browser.post("/openmo/export", json={"path": "own.ipynb"})
    assert (response.status_code, problem(response)["code"]) == (409, "export_would_overwrite")
    assert script.read_bytes() == before
    assert platform.calls == []
    browser.post("/openmo/export", json={"path": "own.ipynb", "overwrite": True}).raise_for_status()
    assert script.read_text().endswith(platform.source)


def test_an_edited_export_counts_as_the_users_own(lab: LabServer, browser: httpx.Client) -> None:
    script = write_notebook(lab, "edited.ipynb").with_suffix(".py")
    browser.post("/openmo/export", json={"path": "edited.ipynb"}).raise_for_status()
    script.write_text(script.read_text() + "mine = 1\n")
    assert browser.post("/openmo/export", json={"path": "edited.ipynb"}).status_code == 409


@pytest.mark.parametrize(
    "path", ["../outside.ipynb", "link/outside.ipynb", "linked.ipynb", "/../outside.ipynb", "", "\0"]
)
def test_paths_outside_the_project_are_refused(
    lab: LabServer, browser: httpx.Client, platform: PlatformDouble, path: str
) -> None:
    outside = lab.root.parent / "outside.ipynb"
    outside.write_text(json.dumps(NOTEBOOK))
    for name, target in {"link": lab.root.parent, "linked.ipynb": outside}.items():
        if not (lab.root / name).is_symlink():
            (lab.root / name).symlink_to(target)
    response = browser.post("/openmo/export", json={"path": path, "overwrite": True})
    assert (response.status_code, problem(response)["code"]) == (422, "file_refused")
    assert platform.calls == []
    assert not outside.with_suffix(".py").exists()


def test_an_export_does_not_follow_a_link_out_of_the_project(lab: LabServer, browser: httpx.Client) -> None:
    script = write_notebook(lab, "trap.ipynb").with_suffix(".py")
    victim = lab.root.parent / "victim.py"
    victim.write_text("keep me\n")
    script.symlink_to(victim)
    assert browser.post("/openmo/export", json={"path": "trap.ipynb", "overwrite": True}).status_code == 422
    assert victim.read_text() == "keep me\n"


@pytest.mark.parametrize("content", ["not json", "[]", '{"cells": 3}'])
def test_a_broken_notebook_is_refused_with_its_name(lab: LabServer, browser: httpx.Client, content: str) -> None:
    (lab.root / "broken.ipynb").write_text(content)
    response = browser.post("/openmo/export", json={"path": "broken.ipynb"})
    assert response.status_code == 422
    assert "broken.ipynb" in problem(response)["title"]


def test_a_job_is_created_from_a_script_of_the_project(
    lab: LabServer, browser: httpx.Client, platform: PlatformDouble
) -> None:
    (lab.root / "train.py").write_text("print(1)\n")
    request = {"script": "train.py", "name": "first", "args": ["--epochs", "3"], "env": {"A": "b"}, "device": "cpu"}
    response = browser.post("/openmo/jobs", json=request)
    assert response.status_code == 201
    assert response.json()["name"] == "first"
    assert response.json()["url"] == "https://mo.example/projects/ada/digits 1/jobs/1"
    ((method, path, sent),) = platform.calls
    assert (method, path) == ("POST", f"/api/v1/projects/{PROJECT}/jobs")
    assert {name: (sent or {})[name] for name in request} == request


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"script": "missing.py"}, 422),
        ({"script": "../train.py"}, 422),
        ({"script": "notes.txt"}, 422),
        ({"script": "train.py", "args": "--epochs 3"}, 422),
        ({"script": "train.py", "args": [1]}, 422),
        ({"script": "train.py", "env": {"A": 1}}, 422),
        ({"script": 5}, 422),
        ([], 422),
    ],
)
def test_a_wrong_job_is_refused_before_the_platform_is_asked(
    lab: LabServer, browser: httpx.Client, platform: PlatformDouble, body: object, status: int
) -> None:
    (lab.root / "train.py").write_text("print(1)\n")
    (lab.root / "notes.txt").write_text("no script\n")
    response = browser.post("/openmo/jobs", json=body)
    assert response.status_code == status, response.text
    assert problem(response)["detail"]
    assert platform.calls == []


def test_jobs_are_the_newest_those_that_have_not_ended_and_those_asked_for(
    lab: LabServer, browser: httpx.Client, platform: PlatformDouble
) -> None:
    (lab.root / "train.py").write_text("print(1)\n")
    for name in ("old", "asked", "running", "ended", "new"):
        browser.post("/openmo/jobs", json={"script": "train.py", "name": name}).raise_for_status()
    for index in (4, 3, 1):
        platform.jobs.end(index, "failed", "Exit code 1")
    platform.jobs.newest = 2
    answer = browser.get("/openmo/jobs", params={"numbers": "2,77"}, headers={"accept-language": "zh-CN"}).json()
    found = [(job["name"], job["state"]) for job in answer["items"]]
    assert found == [("new", "pending"), ("ended", "failed"), ("running", "pending"), ("asked", "failed")]
    assert answer["items"][0]["url"] == "https://mo.example/projects/ada/digits 1/jobs/5"
    assert abs(answer["now"] - time.time()) < 60
    assert "zh-CN" in platform.languages
    assert browser.get("/openmo/jobs", params={"numbers": "1,x"}).status_code == 422
    assert browser.get("/openmo/jobs", params={"numbers": ",".join("1" * 51)}).status_code == 422


def test_jobs_are_stopped_run_again_changed_and_deleted(
    lab: LabServer, browser: httpx.Client, platform: PlatformDouble
) -> None:
    (lab.root / "nb.ipynb").write_text(json.dumps(NOTEBOOK))
    asked = {"script": "nb.ipynb", "secrets": {"KEY": "canary"}, "cpus": 2, "memory_limit": "2G", "time_limit": ""}
    browser.post("/openmo/jobs", json=asked).raise_for_status()
    sent = platform.calls[-1][2] or {}
    assert {name: sent[name] for name in asked} == {**asked, "time_limit": None}
    assert browser.get("/openmo/jobs/options").json()["gpus"] == 0
    assert browser.post("/openmo/jobs/1/terminate").json()["stop_requested"]
    platform.jobs.end(0, "terminated")
    assert browser.post("/openmo/jobs/1/restart").json()["number"] == 2
    assert browser.get("/openmo/jobs/1/draft").json()["secrets"] == ["KEY"]
    again = browser.post("/openmo/jobs", json={"script": "gone.py", "code_of": 1, "secrets_of": 1})
    assert again.status_code == 201
    assert browser.post("/openmo/jobs/delete", json={"numbers": ["1"]}).status_code == 422
    assert browser.post("/openmo/jobs/delete", json={"numbers": [1]}).json() == {}
    assert [job["number"] for job in platform.jobs.items] == [3, 2]
    assert browser.post("/openmo/jobs/1/restart").status_code == 404
    assert browser.post("/openmo/jobs/1/delete").status_code == 404
    assert "canary" not in lab.log.read_text()


def test_browsers_hear_at_once_that_jobs_changed(
    lab: LabServer, browser: httpx.Client, platform: PlatformDouble
) -> None:
    browser.get("/openmo/jobs").raise_for_status()

    async def listen() -> str:
        address = f"{lab.url.replace('http', 'ws')}/api/events/subscribe"
        connection = await websocket_connect(HTTPRequest(address, headers={"Authorization": f"token {SIGN_IN}"}))
        platform.jobs.tell()
        while "urn:openmo:" not in (message := str(await connection.read_message())):
            assert message != "None"
        connection.close()
        return message

    assert json.loads(asyncio.run(listen()))["schema_id"] == "urn:openmo:jobs-changed"


def test_the_platforms_refusal_reaches_the_browser_in_its_own_words(
    lab: LabServer, browser: httpx.Client, platform: PlatformDouble
) -> None:
    (lab.root / "train.py").write_text("print(1)\n")
    platform.refusal = {
        "title": "No GPU",
        "status": 422,
        "detail": "None here.",
        "code": "no_gpu",
        "errors": [{"name": "device"}],
    }
    document = problem(browser.post("/openmo/jobs", json={"script": "train.py"}))
    assert {key: document[key] for key in platform.refusal} == platform.refusal


@pytest.mark.parametrize("answer", [(302, ""), (502, "<html>Bad gateway</html>"), (200, "hello"), (200, "[]")])
def test_anything_but_the_platforms_own_answer_says_that_it_does_not_answer(
    browser: httpx.Client, platform: PlatformDouble, answer: tuple[int, str]
) -> None:
    platform.raw_answer = answer
    response = browser.get("/openmo/jobs")
    assert (response.status_code, problem(response)["code"]) == (502, "platform_unreachable")


def test_the_project_and_its_page(browser: httpx.Client) -> None:
    page = {"project": PROJECT, "url": "https://mo.example/projects/ada/digits%201"}
    assert browser.get("/openmo/project").json() == page


def _served() -> list[tuple[str, str]]:
    """Each method of each of our routes, at an address that fits it."""
    return [
        (method, re.sub(r"\((.*?)\)", lambda group: group[1].split("|")[0] if "|" in group[1] else "1", route))
        for route, handler in ROUTES
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if method.lower() in vars(handler)
    ]


@pytest.mark.parametrize(("method", "route"), _served())
def test_every_route_needs_a_sign_in_and_each_change_the_xsrf_token(
    lab: LabServer, platform: PlatformDouble, method: str, route: str
) -> None:
    body: dict[str, str] | None = None if method == "GET" else {}
    assert httpx.request(method, f"{lab.url}/openmo/{route}", json=body).status_code == 403
    if method != "GET":
        with httpx.Client(base_url=lab.url) as signed_in:
            signed_in.get("/lab", params={"token": SIGN_IN}).raise_for_status()
            response = signed_in.request(method, f"/openmo/{route}", json=body)
        assert response.status_code == 403
        assert "_xsrf" in response.text
    assert platform.calls == []


def test_the_token_stays_out_of_the_log(lab: LabServer, browser: httpx.Client, platform: PlatformDouble) -> None:
    platform.raw_answer = (500, "broken")
    browser.get("/openmo/jobs")
    log = lab.log.read_text()
    assert "openmo_lab: project ada/digits 1" in log
    assert TOKEN not in log


def test_a_lab_that_openmo_did_not_start_says_so(tmp_path: Path, wheel_environment: dict[str, str]) -> None:
    with running_lab(tmp_path, wheel_environment) as lab, lab.client() as client:
        response = client.get("/openmo/jobs")
        assert (response.status_code, problem(response)["code"]) == (503, "not_connected")
