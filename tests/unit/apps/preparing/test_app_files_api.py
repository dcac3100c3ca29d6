"""Preparing, writing and choosing files over the REST API."""

from collections.abc import Iterator
from typing import Any

import pytest
from support.asgi import Answer, Client, bearer
from support.identity import MemoryIdentity
from support.platform import HANDLER, Platform

from openmo.projects.values import Project

APP = "/api/v1/projects/ada/digits"
BOOK = {"cells": [{"cell_type": "code", "id": "x", "source": HANDLER}], "nbformat": 4, "nbformat_minor": 5}
SPEC = "input:\n  a: {value_type: int, default_value: 1}\noutput:\n  b: int\n"


class Owner:
    """Ada, as her notebook server speaks for her."""

    def __init__(self, platform: Platform, project: Project) -> None:
        identity = MemoryIdentity()
        self.client = Client(platform.app(identity))
        self._headers = bearer(identity.token("ada", project_slug=project.slug))

    def ask(self, method: str, path: str, body: Any = None, *, language: str = "en") -> Answer:
        headers = {**self._headers, "Accept-Language": language}
        return self.client.ask(method, f"{APP}{path}", headers=headers, json_body=body)


@pytest.fixture
def project(platform: Platform) -> Project:
    return platform.project(files={"helper.py": "x = 1", "unused.py": ""})


@pytest.fixture
def owner(platform: Platform, project: Project) -> Iterator[Owner]:
    owner = Owner(platform, project)
    yield owner
    owner.client.close()


def test_the_wizard_from_the_notebook_to_a_release(platform: Platform, project: Project, owner: Owner) -> None:
    made = owner.ask("POST", "/app/prepare", {"notebook": BOOK}).json
    assert made["cells"][0]["reason"] == "handler"
    assert made["problems"] == []
    made["spec"]["input"]["a"]["default_value"] = 4
    edited = owner.ask("POST", "/app/spec", {"spec": made["spec"]}).json
    assert "default_value: 4" in edited["spec_yaml"]
    assert owner.ask("GET", "/app/files").json == {"handler": None, "app_spec": None, "from_cells": False}
    files = {"handler": made["handler"] + "\nimport helper\n", "app_spec": edited["spec_yaml"]}
    assert owner.ask("PUT", "/app/files", files).json["spec"]["input"]["a"]["default_value"] == 4
    assert owner.ask("GET", "/app/files").json == {**files, "from_cells": True}
    candidates = owner.ask("GET", "/app/candidates").json["items"]
    chosen = [each["path"] for each in candidates if each["ticked"]]
    assert "helper.py" in chosen
    assert "unused.py" not in chosen
    answer = owner.ask("POST", "/releases", {"files": chosen})
    assert answer.status == 201, answer.text
    release = platform.apps.find("ada", "digits", None)
    assert release is not None
    assert {path.name for path in release.folder.iterdir() if path.is_file()} >= {
        "handler.py",
        "app_spec.yml",
        "helper.py",
    }
    assert not (release.folder / "unused.py").exists()


def test_what_the_wizard_says_is_in_the_readers_language(owner: Owner) -> None:
    made = owner.ask("POST", "/app/prepare", {"notebook": {**BOOK, "cells": []}}, language="zh-CN").json
    assert made["handler"].startswith('"""应用的')
    assert "没有" in made["problems"][0]["message"]
    wrong = {"input": {"width": {"value_type": "int", "value_range": "10-0"}}, "output": {}}
    refused = owner.ask("POST", "/app/spec", {"spec": wrong}, language="zh-CN").json
    assert refused["detail"].startswith("width：'10-0' 不是")


def test_a_wrong_spec_writes_nothing(platform: Platform, project: Project, owner: Owner) -> None:
    answer = owner.ask("PUT", "/app/files", {"handler": HANDLER, "app_spec": "input: ["})
    assert answer.status == 422
    assert "app_spec.yml" in answer.json["detail"]
    assert not (platform.workspace(project) / "handler.py").exists()


def test_files_are_written_beside_links_and_never_through_them(
    platform: Platform, project: Project, owner: Owner
) -> None:
    workspace = platform.workspace(project)
    precious = workspace.parent / "precious.txt"
    precious.write_text("mine")
    (workspace / "handler.py").symlink_to(precious)
    assert owner.ask("PUT", "/app/files", {"handler": HANDLER, "app_spec": SPEC}).status == 200
    assert precious.read_text() == "mine"
    assert (workspace / "handler.py").read_text() == HANDLER


def test_a_folder_in_the_way_is_said(platform: Platform, project: Project, owner: Owner) -> None:
    (platform.workspace(project) / "handler.py").mkdir()
    answer = owner.ask("PUT", "/app/files", {"handler": HANDLER, "app_spec": SPEC})
    assert answer.status == 409


def test_choosing_what_is_not_there_releases_nothing(platform: Platform, owner: Owner) -> None:
    owner.ask("PUT", "/app/files", {"handler": HANDLER, "app_spec": SPEC})
    answer = owner.ask("POST", "/releases", {"files": ["../../etc/passwd"]})
    assert answer.status == 422
    assert platform.apps.find("ada", "digits", None) is None


@pytest.mark.parametrize(
    "body",
    [{}, {"notebook": []}, {"notebook": {}}, {"notebook": {"cells": 3}}, {"notebook": BOOK, "cells": [True, {}]}],
)
def test_what_is_no_notebook_is_refused(owner: Owner, body: Any) -> None:
    assert owner.ask("POST", "/app/prepare", body).status == 422


def test_text_that_no_file_can_hold_is_refused(owner: Owner) -> None:
    assert owner.ask("PUT", "/app/files", {"handler": "x = '\ud800'", "app_spec": SPEC}).status == 422
