"""Making a module's files of a notebook's cells, copying a project as a module, and what refuses, over the REST API."""

from collections.abc import Iterator
from typing import Any

import pytest
from support.asgi import Answer, Client, bearer
from support.identity import MemoryIdentity
from support.platform import HANDLER, Platform

from openmo.projects.values import Project, ProjectKind

MODULE = "/api/v1/projects/ada/line/module"
PREDICT = "def predict(conf):\n    x = conf['x']  # value_type: float # description: where\n    return {'y': x * K}"
BOOK = {
    "cells": [
        {"cell_type": "code", "id": "k", "source": "K = 2"},
        {"cell_type": "code", "id": "other", "source": "%ls"},
        {"cell_type": "code", "id": "p", "source": PREDICT},
    ],
    "nbformat": 4,
    "nbformat_minor": 5,
}


class Owner:
    """Ada, signed in."""

    def __init__(self, platform: Platform) -> None:
        identity = MemoryIdentity()
        self.client = Client(platform.app(identity))
        self._headers = bearer(identity.token("ada"))

    def ask(self, method: str, path: str, body: Any = None, *, language: str = "en") -> Answer:
        headers = {**self._headers, "Accept-Language": language}
        return self.client.ask(method, path, headers=headers, json_body=body)


@pytest.fixture
def project(platform: Platform) -> Project:
    return platform.projects.create(platform.actor("ada"), title="Line", name="line", kind=ProjectKind.MODULE)


@pytest.fixture
def owner(platform: Platform) -> Iterator[Owner]:
    owner = Owner(platform)
    yield owner
    owner.client.close()


def test_from_cells_to_files_and_back(platform: Platform, project: Project, owner: Owner) -> None:
    made = owner.ask("POST", f"{MODULE}/prepare", {"notebook": BOOK}).json
    assert [(each["id"], each["ticked"], each["reason"]) for each in made["cells"]] == [
        ("k", True, "defines"),
        ("other", False, None),
        ("p", True, "module"),
    ]
    assert made["cells"][2]["why"] == "It defines predict, which the module offers."
    assert made["check"] == ["output.predict.y"]
    assert [each["kind"] for each in made["problems"]] == ["please_check"]
    made["spec"]["input"]["predict"]["x"] |= {"value_range": "0-10", "default_value": 4}
    made["spec"]["output"]["predict"]["y"]["value_type"] = "float"
    edited = owner.ask("POST", f"{MODULE}/spec", {"spec": made["spec"]}).json
    assert "value_range: 0-10" in edited["spec_yaml"]
    none = {"main": None, "module_spec": None, "from_cells": False}
    assert owner.ask("GET", f"{MODULE}/files").json == none
    files = {"main": made["main"], "module_spec": edited["spec_yaml"]}
    assert owner.ask("PUT", f"{MODULE}/files", files).json == none
    assert owner.ask("GET", f"{MODULE}/files").json == {**files, "from_cells": True}
    plan = owner.ask("GET", MODULE).json
    assert (plan["kind"], plan["problems"], plan["warnings"]) == ("model", [], [])
    assert plan["spec"]["input"]["predict"]["x"]["default_value"] == 4
    again = owner.ask("POST", f"{MODULE}/prepare", {"notebook": BOOK, "cells": ["k", "p"]}).json
    assert again["spec"]["output"]["predict"]["y"]["value_type"] == "float", "what was edited is kept"
    assert owner.ask("PUT", f"{MODULE}/files", {**none}).json == {**files, "from_cells": True}
    assert not (platform.workspace(project) / "main.py").exists()


def test_what_is_wrong_is_said_and_writes_nothing(platform: Platform, project: Project, owner: Owner) -> None:
    wrong = {"input": {"predict": {"x": {"value_type": "int", "value_range": "10-0"}}}}
    refused = owner.ask("POST", f"{MODULE}/spec", {"spec": wrong}, language="zh-CN")
    assert refused.status == 422
    assert refused.json["detail"].startswith("x：")
    unfit = {"input": {"predict": {"x": {"value_type": "int", "default_value": "many"}}}}
    assert "The default of 'x'" in owner.ask("POST", f"{MODULE}/spec", {"spec": unfit}).json["detail"]
    assert owner.ask("PUT", f"{MODULE}/files", {"main": "x = 1", "module_spec": "input: ["}).status == 422
    assert not (platform.workspace(project) / "main.py").exists()
    none = owner.ask("POST", f"{MODULE}/prepare", {"notebook": {**BOOK, "cells": []}}, language="zh-CN").json
    assert none["main"].startswith('"""这个模块')
    assert "没有" in none["problems"][0]["message"]
    platform.project()
    app = "/api/v1/projects/ada/digits/module"
    assert owner.ask("POST", f"{app}/prepare", {"notebook": BOOK}).status == 409
    assert owner.ask("PUT", f"{app}/files", {"main": "", "module_spec": None}).status == 409


def test_a_project_is_copied_as_a_module_without_its_secrets(platform: Platform, owner: Owner) -> None:
    source = platform.project(files={"helper.py": "x = 1", ".env": "KEY=1", "a/b.txt": "b", "results/model.bin": "0"})
    platform.samples()
    actor = platform.actor("ada")
    for module in ("iris_classifier",):
        platform.imports.import_module(actor, source, platform.modules.get(actor, "openmo", module))
    path = "/api/v1/projects/ada/digits/module/copy"
    made = owner.ask("POST", path, {"name": "copied", "kind": "model"})
    assert made.status == 201, made.text
    assert (made.json["full_name"], made.json["kind"], made.json["visibility"]) == ("ada/copied", "module", "private")
    copy = platform.projects.get(actor, "ada", "copied")
    files = {file.relative_to(platform.workspace(copy)).as_posix() for file in platform.workspace(copy).rglob("*")}
    assert {"helper.py", "a/b.txt", "main.py", "module_spec.yml"} <= files
    assert not {".env", "results/model.bin"} & files
    assert [each.identifier for each in platform.imports.modules(actor, copy)] == ["openmo/iris_classifier/1.0.0"]
    assert owner.ask("POST", path, {"name": "copied"}).status == 409
    assert owner.ask("GET", "/api/v1/projects/ada/copied/module").json["kind"] == "model"


def test_what_is_there_stays_the_module(platform: Platform, owner: Owner) -> None:
    platform.project(files={"main.py": "class digits:\n    def run(self, conf={}):\n        return {}\n"})
    made = owner.ask("POST", "/api/v1/projects/ada/digits/module/copy", {"title": "My digits"}).json
    assert made["full_name"] == "ada/my-digits"
    plan = owner.ask("GET", f"/api/v1/projects/{made['full_name']}/module").json
    assert (plan["kind"], plan["title"]) == ("toolkit", "My digits")


def test_a_module_is_deployed_at_no_door(platform: Platform, project: Project, owner: Owner) -> None:
    platform.write(project, {"handler.py": HANDLER})
    base = "/api/v1/projects/ada/line"
    doors: list[tuple[str, str, Any]] = [
        ("GET", "app", None),
        ("POST", "app/prepare", {"notebook": BOOK}),
        ("PUT", "app/files", {"handler": HANDLER, "app_spec": ""}),
        ("GET", "app/candidates", None),
        ("POST", "app/promote", {}),
        ("POST", "releases", {}),
        ("POST", "releases", {"channel": "dev"}),
    ]
    for method, path, body in doors:
        refused = owner.ask(method, f"{base}/{path}", body)
        assert refused.status == 409, path
        assert refused.json["detail"].startswith("This project makes a module: publish it")


def test_unchanged_files_are_published_again_only_when_that_is_said(platform: Platform, owner: Owner) -> None:
    platform.projects.create(platform.actor("ada"), title="Line", name="line", kind=ProjectKind.MODULE)
    owner.ask("POST", f"{MODULE}/skeleton", {"kind": "toolkit"})
    assert owner.ask("GET", MODULE).json["unchanged_since"] == ""
    assert owner.ask("POST", f"{MODULE}/versions", {}).status == 201
    plan = owner.ask("GET", MODULE).json
    assert (plan["unchanged_since"], plan["bump"], plan["changes"]) == ("0.1.0", "patch", [])
    refused = owner.ask("POST", f"{MODULE}/versions", {}, language="zh-CN")
    assert (refused.status, refused.json["code"], refused.json["unchanged_since"]) == (409, "module_unchanged", "0.1.0")
    assert "0.1.0" in refused.json["detail"]
    assert owner.ask("POST", f"{MODULE}/versions", {"dev": True}).status == 201, "dev replaces itself"
    assert owner.ask("POST", f"{MODULE}/versions", {"again": True}).json["version"] == "0.1.1"
    project = platform.projects.get(platform.actor("ada"), "ada", "line")
    main = (platform.workspace(project) / "main.py").read_text()
    (platform.workspace(project) / "module_spec.yml").unlink()
    platform.write(project, {"main.py": main.replace("conf.get('least', 1)", "conf.get('most', 9)")})
    plan = owner.ask("GET", MODULE).json
    assert (plan["unchanged_since"], plan["bump"], plan["version"]) == ("", "major", "1.0.0")
    assert any("least" in each["message"] for each in plan["changes"])
