"""The routes of the deploy panel in a real notebook server, against a platform double over real HTTP."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from support.lab_platform import PlatformDouble, running_platform
from support.lab_server import LabServer, install_wheel, running_lab

HANDLER = "def handle(conf):\n    a = conf['a']  # value_type: int\n    return {'b': a}  # value_type: int"
SPEC = "input:\n  a: int\n"


@pytest.fixture(scope="module")
def module_platform() -> Iterator[PlatformDouble]:
    with running_platform() as platform:
        yield platform


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, module_platform: PlatformDouble) -> Iterator[LabServer]:
    connection = module_platform.variables("https://mo.example")
    environment = install_wheel(tmp_path_factory.mktemp("wheel")) | connection
    with running_lab(tmp_path_factory.mktemp("lab"), environment) as server:
        yield server


@pytest.fixture
def platform(module_platform: PlatformDouble, lab: LabServer) -> PlatformDouble:
    module_platform.calls.clear()
    module_platform.refusal = None
    module_platform.app.workspace = lab.root
    module_platform.app.releases.clear()
    return module_platform


@pytest.fixture
def browser(lab: LabServer, platform: PlatformDouble) -> Iterator[httpx.Client]:
    with lab.client() as client:
        yield client


def write_notebook(lab: LabServer, path: str = "app.ipynb") -> Path:
    output = {"output_type": "stream", "name": "stdout", "text": "x" * 5_000_000}
    cell = {"cell_type": "code", "id": "a", "metadata": {"tags": ["t"]}, "execution_count": 1}
    cells = [{**cell, "source": HANDLER, "outputs": [output]}]
    file = lab.root / path
    file.write_text(json.dumps({"cells": cells, "metadata": {"widgets": {}}, "nbformat": 4, "nbformat_minor": 5}))
    return file


def test_from_a_notebook_to_a_release(lab: LabServer, platform: PlatformDouble, browser: httpx.Client) -> None:
    write_notebook(lab)
    made = browser.post("/openmo/app/prepare", json={"path": "app.ipynb", "cells": [0]}).raise_for_status().json()
    assert made["cells"][0]["reason"] == "handler"
    edited = browser.post("/openmo/app/spec", json={"spec": made["spec"]}).raise_for_status().json()
    files = {"handler": made["handler"], "app_spec": edited["spec_yaml"]}
    browser.put("/openmo/app/files", json=files).raise_for_status()
    assert browser.get("/openmo/app/files").json() == {**files, "from_cells": True}
    candidates = browser.get("/openmo/app/candidates").json()
    assert candidates["version"] == "1.0.0"
    assert [each["path"] for each in candidates["items"] if each["ticked"]] == ["app_spec.yml", "handler.py"]
    draft = {"version": "", "channel": "release", "notes": "first", "files": ["handler.py"]}
    release = browser.post("/openmo/releases", json=draft)
    assert release.status_code == 201
    assert release.json()["page"] == "https://mo.example/projects/ada/digits 1/use"
    assert platform.app.releases == [{**draft, "version": None}]


def test_outputs_stay_here(lab: LabServer, platform: PlatformDouble, browser: httpx.Client) -> None:
    write_notebook(lab)
    browser.post("/openmo/app/prepare", json={"path": "app.ipynb"}).raise_for_status()
    browser.post("/openmo/export", json={"path": "app.ipynb", "overwrite": True}).raise_for_status()
    for _, _, body in platform.calls:
        assert body is not None
        assert len(json.dumps(body)) < 2000
        assert body["notebook"]["cells"][0]["source"] == HANDLER


@pytest.mark.parametrize("path", ["../outside.ipynb", "handler.py", "missing.ipynb", "", "\0"])
def test_other_paths_are_refused(lab: LabServer, platform: PlatformDouble, browser: httpx.Client, path: str) -> None:
    (lab.root.parent / "outside.ipynb").write_text("{}")
    response = browser.post("/openmo/app/prepare", json={"path": path})
    assert (response.status_code, response.json()["code"]) == (422, "file_refused")
    assert platform.calls == []


@pytest.mark.parametrize(
    ("request_line", "body"),
    [
        ("POST app/prepare", {"path": 1}),
        ("POST app/prepare", {"path": "app.ipynb", "cells": "all"}),
        ("POST app/prepare", {"path": "app.ipynb", "cells": [True]}),
        ("POST app/spec", {"spec": []}),
        ("PUT app/files", {"handler": "x"}),
        ("POST releases", {"files": "handler.py"}),
        ("POST releases", {"files": [1]}),
        ("POST releases", []),
    ],
)
def test_bodies_are_checked_before_anything_is_done(
    lab: LabServer, platform: PlatformDouble, browser: httpx.Client, request_line: str, body: Any
) -> None:
    write_notebook(lab)
    method, route = request_line.split()
    response = browser.request(method, f"/openmo/{route}", json=body)
    assert (response.status_code, response.json()["code"]) == (422, "invalid_request")
    assert platform.calls == []


def test_what_the_platform_refuses_comes_with_its_log(platform: PlatformDouble, browser: httpx.Client) -> None:
    refusal = {"title": "Not yet", "status": 422, "detail": "No.", "code": "release_check_failed", "log": "Traceback"}
    platform.refusal = refusal
    answer = browser.post("/openmo/releases", json={"files": []}).json()
    assert {key: answer[key] for key in refusal} == refusal
