"""The REST API of modules, from a program's side."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from support.asgi import Answer, Client, bearer
from support.files import write_files
from support.identity import MemoryIdentity
from support.platform import Platform

from openmo.core.catalogue import Category
from openmo.core.hostile.folder import HostileFolder
from openmo.core.visibility import Visibility
from openmo.modules.repository import ModuleRepository
from openmo.modules.values import DEV, Module, ModuleVersion

MODULES = "/api/v1/modules"
FILES = {
    "main.py": "class counter:\n    def predict(self, conf={}):\n        return conf\n",
    "module_spec.yml": (
        "input:\n  train:\n    epochs: {value_type: int, default_value: 2, value_range: 1-9, description: rounds}\n"
        "  predict:\n    照片: {name: photo, value_type: img, optional: true}\n    grid: {value_type: ndarray}\n"
        "output:\n  predict:\n    class: str\n"
    ),
    "README.md": "# Counts\n\n<script>alert(1)</script>\n\n[home](javascript:alert(1))\n",
    "requirements.txt": "# what it needs\nnumpy<2\n\nscikit-learn==1.5\n",
}
Call = Callable[..., Answer]


@pytest.fixture
def call(platform: Platform) -> Iterator[Call]:
    """A request of somebody; `who` None: of a guest."""
    identity = MemoryIdentity()
    client = Client(platform.app(identity))
    headers = {who: bearer(identity.token(who)) for who in ("ada", "bob")}

    def ask(who: str | None, method: str, path: str, body: Any = None, *, expect: int = 200) -> Answer:
        answer = client.ask(method, path, headers=headers[who] if who else {}, json_body=body)
        assert answer.status == expect, answer.text
        return answer

    yield ask
    client.close()


@pytest.fixture
def module(platform: Platform) -> Module:
    source = platform.folder.root / "source"
    write_files(source, FILES)
    return platform.modules.create(
        platform.account("ada"),
        name="counter",
        version="1.0.0",
        title="Counter",
        description="Counts",
        visibility=Visibility.PUBLIC,
        source=source,
        category=Category.IMAGE,
        tags=("Count", "数", "count"),
    )


def publish(platform: Platform, module: Module, version: str, **facts: Any) -> None:
    """A version with the same files, as publishing will make one."""
    with platform.database.begin() as connection:
        modules = ModuleRepository(connection)
        found = modules.version(module.id, module.version or DEV)
        assert found is not None
        modules.add_version(module.id, replace(found, version=version, **facts))
    show(platform, module, found.tree, version)


def show(platform: Platform, module: Module, tree: str, version: str) -> None:
    target = platform.modules.path(module, version)
    target.parent.mkdir(parents=True, exist_ok=True)
    platform.store.link_tree(tree, target)


def test_a_module_is_shown_with_all_that_is_known_of_it(call: Call, module: Module) -> None:
    shown = call(None, "GET", f"{MODULES}/ada/counter").json
    assert (shown["kind"], shown["category"], shown["tags"]) == ("model", "image", ["count", "数"])
    assert (shown["identifier"], shown["imports"], shown["favourite"]) == ("ada/counter/1.0.0", 0, False)
    (only,) = shown["versions"]
    assert (only["version"], only["files"], only["yanked_reason"]) == ("1.0.0", 4, None)
    assert only["size"] == sum(len(text.encode()) for text in FILES.values())
    listed = call(None, "GET", MODULES).json
    del shown["versions"]
    assert listed == {"items": [shown], "next": ""}


def test_a_version_is_shown_with_its_methods_and_a_readme_without_scripts(call: Call, module: Module) -> None:
    shown = call("bob", "GET", f"{MODULES}/ada/counter/versions/1.0.0").json
    assert shown["methods"] == [
        {
            "name": "train",
            "inputs": [
                {
                    "name": "epochs",
                    "value_type": "int",
                    "description": "rounds",
                    "default_value": 2,
                    "value_range": "1-9",
                }
            ],
            "outputs": [],
        },
        {
            "name": "predict",
            "inputs": [
                {"name": "photo", "value_type": "img", "description": "", "optional": True},
                {"name": "grid", "value_type": "ndarray", "description": ""},
            ],
            "outputs": [{"name": "class", "value_type": "str", "description": ""}],
        },
    ]
    assert shown["requirements"] == ["numpy<2", "scikit-learn==1.5"]
    assert (shown["readme"], len(shown["digest"])) == (FILES["README.md"], 64)
    assert "<h1" in shown["readme_html"]
    assert "<script" not in shown["readme_html"]
    assert "href" not in shown["readme_html"]
    call("bob", "GET", f"{MODULES}/ada/counter/versions/1.0.1", expect=404)
    call("bob", "GET", f"{MODULES}/ada/counter/versions/..", expect=404)


def test_a_list_is_filtered_and_turned_page_by_page(call: Call, platform: Platform, module: Module) -> None:
    for name in ("one", "two"):
        platform.module("ada", name)
    first = call(None, "GET", f"{MODULES}?sort=name&limit=2").json
    rest = call(None, "GET", f"{MODULES}?sort=name&limit=2&after={first['next']}").json
    assert [item["name"] for item in (*first["items"], *rest["items"])] == ["counter", "one", "two"]
    assert rest["next"] == ""
    for wanted in ("category=image", "kind=model", "tag=%E6%95%B0", "search=COUNTS"):
        assert [item["name"] for item in call(None, "GET", f"{MODULES}?{wanted}").json["items"]] == ["counter"]
    for wrong in ("limit=101", "limit=0", "category=smell", "sort=best", "after=nonsense", "scope=theirs"):
        call(None, "GET", f"{MODULES}?{wrong}", expect=422)


def test_favourites_are_each_readers_own(call: Call, module: Module) -> None:
    address = f"{MODULES}/ada/counter/favourite"
    call(None, "PUT", address, expect=401)
    for _ in range(2):
        call("bob", "PUT", address, expect=204)
    assert call("bob", "GET", f"{MODULES}/ada/counter").json["favourite"]
    assert not call("ada", "GET", f"{MODULES}/ada/counter").json["favourite"]
    (item,) = call("bob", "GET", f"{MODULES}?scope=favourites").json["items"]
    assert item["favourite"]
    for _ in range(2):
        call("bob", "DELETE", address, expect=204)
    assert call("bob", "GET", f"{MODULES}?scope=favourites").json["items"] == []
    call("bob", "PUT", f"{MODULES}/ada/absent/favourite", expect=404)


def test_the_development_version_is_its_owners_alone(call: Call, platform: Platform, module: Module) -> None:
    publish(platform, module, DEV, notes="in work")
    project = platform.project("bob")
    assert [one["version"] for one in call("ada", "GET", f"{MODULES}/ada/counter").json["versions"]] == ["dev", "1.0.0"]
    assert call("ada", "GET", f"{MODULES}/ada/counter/versions/dev").json["notes"] == "in work"
    for other in ("bob", None):
        assert [one["version"] for one in call(other, "GET", f"{MODULES}/ada/counter").json["versions"]] == ["1.0.0"]
        there = call(other, "GET", f"{MODULES}/ada/counter/versions/dev", expect=404).json
        assert "dev" in there["detail"]
    call("bob", "POST", f"/api/v1/projects/bob/{project.name}/modules", {"module": "ada/counter/dev"}, expect=404)
    assert platform.folder.modules / "private" / module.owner_id in platform.modules.path(module, DEV).parents


def test_a_module_without_a_release_is_absent_for_others(call: Call, platform: Platform, module: Module) -> None:
    with platform.database.begin() as connection:
        modules = ModuleRepository(connection)
        found = modules.version(module.id, "1.0.0")
        assert found is not None
        draft = replace(module, id=type(module.id)("d" * 20), name="draft", version="")
        modules.add(draft)
        modules.add_version(draft.id, ModuleVersion(version=DEV, tree=found.tree, spec="", created_at=found.created_at))
    show(platform, draft, found.tree, DEV)
    assert call("ada", "GET", f"{MODULES}/ada/draft").json["identifier"] == "ada/draft/dev"
    assert [item["name"] for item in call("ada", "GET", MODULES).json["items"]] == ["draft", "counter"]
    project = platform.project("ada", "mine")
    call("ada", "POST", f"/api/v1/projects/ada/{project.name}/modules", {"module": "ada/draft"}, expect=201)
    for other in ("bob", None):
        assert [item["name"] for item in call(other, "GET", MODULES).json["items"]] == ["counter"]
        for path in ("", "/versions/dev"):
            call(other, "GET", f"{MODULES}/ada/draft{path}", expect=404)
    call("bob", "PUT", f"{MODULES}/ada/draft/favourite", expect=404)


def test_what_was_yanked_is_there_for_who_names_it(call: Call, platform: Platform, module: Module) -> None:
    publish(platform, module, "0.9.0", yanked_at=platform.clock.now(), yanked_reason="Wrong weights")
    versions = call(None, "GET", f"{MODULES}/ada/counter").json["versions"]
    assert [(one["version"], one["yanked_reason"]) for one in versions] == [("1.0.0", None), ("0.9.0", "Wrong weights")]
    assert call(None, "GET", f"{MODULES}/ada/counter/versions/0.9.0").json["yanked_reason"] == "Wrong weights"


def test_files_of_the_first_releases_are_measured_when_asked(platform: Platform, module: Module) -> None:
    with platform.database.begin() as connection:
        modules = ModuleRepository(connection)
        found = modules.version(module.id, "1.0.0")
        assert found is not None
        modules.add_version(module.id, replace(found, version="0.1.0", size=0, files=0))
    shown = platform.modules.version(platform.actor("ada"), module, "0.1.0")
    assert (shown.size, shown.files) == (found.size, 4)
    folder = HostileFolder(platform.modules.path(module, "1.0.0"))
    assert folder.has_file("main.py")


def test_imports_are_taken_out_and_updated_with_the_calls_that_were_listed(
    call: Call, platform: Platform, module: Module
) -> None:
    publish(platform, module, "0.9.0")
    code = "run('ada/counter/0.9.0', {})\n"
    project = platform.project("bob", "mine", files={"a.py": code, "b.py": "x = 1\n", "c.ipynb": "0.9.0"})
    base = f"/api/v1/projects/bob/{project.name}/modules"
    made = call("bob", "POST", base, {"module": "ada/counter/0.9.0"}, expect=201).json
    assert made == {
        "identifier": "ada/counter/0.9.0",
        "folder": "modules/ada/counter/0.9.0",
        "newer": "1.0.0",
        "yanked_reason": None,
    }
    update = f"{base}/ada/counter/0.9.0/update"
    seen = call("bob", "GET", update).json
    (change,) = seen["calls"]
    assert change == {"file": "a.py", "cell": None, "line": 1, "before": code.strip(), "after": change["after"]}
    assert change["after"] == "run('ada/counter/1.0.0', {})"
    assert [each["file"] for each in seen["skipped"]] == ["c.ipynb"]
    call("bob", "POST", update, {"digest": "0" * 64}, expect=409)
    call("ada", "POST", update, {"digest": seen["digest"]}, expect=404)
    assert call("bob", "POST", update, {"digest": seen["digest"]}).json == seen
    (item,) = call("bob", "GET", base).json["items"]
    assert (item["identifier"], item["newer"]) == ("ada/counter/1.0.0", "")
    call("bob", "DELETE", f"{base}/ada/counter/0.9.0", expect=404)
    call("ada", "DELETE", f"{base}/ada/counter/1.0.0", expect=404)
    call("bob", "DELETE", f"{base}/ada/counter/1.0.0", expect=204)
    assert call("bob", "GET", base).json["items"] == []


def test_code_that_calls_a_method(call: Call, module: Module) -> None:
    path = f"{MODULES}/ada/counter/versions/1.0.0/code"
    made = call("bob", "POST", path, {"method": "train", "values": {"epochs": "7"}}).json
    assert made["identifier"] == "ada/counter/1.0.0"
    assert made["cell"].split("\n")[:4] == [
        "# ada/counter 1.0.0 · train",
        "conf = {",
        "    'epochs': 7,  # rounds (int, 1-9)",
        "}",
    ]
    assert made["client_cell"].startswith("from modules import")
    again = call("bob", "POST", path, {"method": "train", "cells": ["x = 1", made["client_cell"]]}).json
    assert (again["client_cell"], again["runs_first"]) == ("", 1)


def test_code_tells_what_the_projects_packages_lack(call: Call, module: Module, platform: Platform) -> None:
    path = f"{MODULES}/ada/counter/versions/1.0.0/code"
    installed = {".packages/scikit_learn-1.5.0.dist-info/METADATA": "Name: scikit-learn\nVersion: 1.5.0\n"}
    platform.project("bob", "mine", files=installed)
    new = call("bob", "POST", path, {"method": "train"}).json
    assert (new["missing"], new["conflicts"]) == (["numpy<2", "scikit-learn==1.5"], ["numpy<2"])
    there = call("bob", "POST", path, {"method": "train", "project": "bob/mine", "own_environment": True}).json
    assert (there["missing"], there["conflicts"]) == (["numpy<2"], ["numpy<2"])
    assert there["cell"].split("\n")[-2] == "result = train('ada/counter/1.0.0', conf, environment='own')"
    call("ada", "POST", path, {"method": "train", "project": "bob/mine"}, expect=404)
    call("bob", "POST", path, {"method": "train", "project": "mine"}, expect=422)


def test_half_a_character_in_a_parameters_name_is_told_as_one_that_can_be_shown(call: Call, module: Module) -> None:
    path = f"{MODULES}/ada/counter/versions/1.0.0/code"
    refused = call("bob", "POST", path, {"method": "train", "values": {"\ud83d": 1}}, expect=422).json
    assert [each["name"] for each in refused["errors"]] == ["\ufffd"]


def test_code_with_a_wrong_value_is_refused_by_the_parameters_name(call: Call, module: Module) -> None:
    path = f"{MODULES}/ada/counter/versions/1.0.0/code"
    refused = call("bob", "POST", path, {"method": "train", "values": {"epochs": "many"}}, expect=422).json
    assert [each["name"] for each in refused["errors"]] == ["epochs"]
    call("bob", "POST", path, {"method": "run"}, expect=422)
    call("bob", "POST", f"{MODULES}/ada/counter/versions/2.0.0/code", {"method": "train"}, expect=404)
    call("bob", "POST", f"{MODULES}/ada/counter/versions/dev/code", {"method": "train"}, expect=404)
