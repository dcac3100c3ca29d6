"""The routes of the modules panel in a real notebook server, against a platform double over real HTTP."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from support.lab_platform import PROJECT, PlatformDouble, running_platform
from support.lab_server import LabServer, install_wheel, running_lab

IRIS = "openmo/iris_classifier"
VERSION = f"modules/{IRIS}/versions/1.0.0"


@pytest.fixture(scope="module")
def module_platform() -> Iterator[PlatformDouble]:
    with running_platform() as platform:
        yield platform


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, module_platform: PlatformDouble) -> Iterator[LabServer]:
    environment = install_wheel(tmp_path_factory.mktemp("wheel")) | module_platform.variables("https://mo.example")
    with running_lab(tmp_path_factory.mktemp("lab"), environment) as server:
        yield server


@pytest.fixture
def platform(module_platform: PlatformDouble) -> PlatformDouble:
    module_platform.calls.clear()
    module_platform.modules.imports.clear()
    module_platform.modules.queries.clear()
    return module_platform


@pytest.fixture
def browser(lab: LabServer, platform: PlatformDouble) -> Iterator[httpx.Client]:
    with lab.client() as client:
        yield client


def test_a_search_reaches_the_platform_as_it_is(platform: PlatformDouble, browser: httpx.Client) -> None:
    query = {"search": "iris & co/?", "kind": "", "scope": "mine", "sort": "used", "after": "a=b", "other": "1"}
    assert browser.get("/openmo/modules", params=query).json() == {"items": [], "next": ""}
    assert platform.modules.queries == [{"search": "iris & co/?", "scope": "mine", "sort": "used", "after": "a=b"}]


def test_what_the_project_imports_is_listed_by_version_and_searched(
    platform: PlatformDouble, browser: httpx.Client
) -> None:
    platform.modules.imports += [f"{IRIS}/0.9.0", "gone/module/1.0.0"]
    imported = browser.get("/openmo/modules", params={"scope": "imported"}).json()["items"]
    assert [(each["name"], each["version"], each["newer"]) for each in imported] == [
        ("iris_classifier", "0.9.0", "1.0.0")
    ]
    for query, count in ({"search": "IRIS class"}, 1), ({"search": "digits"}, 0), ({"kind": "model"}, 0):
        found = browser.get("/openmo/modules", params={"scope": "imported", **query}).json()["items"]
        assert len(found) == count, query


def test_from_a_module_to_its_code(platform: PlatformDouble, browser: httpx.Client) -> None:
    module = browser.get(f"/openmo/modules/{IRIS}").json()
    assert module["url"] == f"https://mo.example/modules/{IRIS}"
    assert browser.get(f"/openmo/{VERSION}").json()["methods"][0]["name"] == "run"
    draft = {"method": "run", "values": {"sepal_length": "6"}, "cells": ["x = 1"]}
    code = browser.post(f"/openmo/{VERSION}/code", json=draft).raise_for_status().json()
    assert platform.calls[-1][2] == {**draft, "own_environment": False, "project": PROJECT}
    assert "'sepal_length': 6.0," in code["cell"]
    assert code["client_cell"] != ""
    made = browser.post("/openmo/imported-modules", json={"module": code["identifier"]})
    assert made.status_code == 201
    assert platform.modules.imports == [f"{IRIS}/1.0.0"]
    browser.put(f"/openmo/modules/{IRIS}/favourite").raise_for_status()
    assert platform.modules.favourites == {"iris_classifier"}
    browser.delete(f"/openmo/modules/{IRIS}/favourite").raise_for_status()
    assert platform.modules.favourites == set()


def test_imports_are_updated_and_taken_out(platform: PlatformDouble, browser: httpx.Client) -> None:
    platform.modules.imports.append(f"{IRIS}/0.9.0")
    listed = browser.get("/openmo/imported-modules").json()["items"]
    assert [(each["identifier"], each["newer"]) for each in listed] == [(f"{IRIS}/0.9.0", "1.0.0")]
    preview = browser.get(f"/openmo/imported-modules/{IRIS}/0.9.0/update", params={"to": "1.0.0"}).json()
    assert preview["calls"][0]["after"] == f"run('{IRIS}/1.0.0')"
    wanted = {"version": "1.0.0", "digest": preview["digest"]}
    browser.post(f"/openmo/imported-modules/{IRIS}/0.9.0/update", json=wanted).raise_for_status()
    assert platform.calls[-1][2] == wanted
    assert platform.modules.imports == [f"{IRIS}/1.0.0"]
    browser.delete(f"/openmo/imported-modules/{IRIS}/1.0.0").raise_for_status()
    assert platform.modules.imports == []


def test_a_method_becomes_a_job_and_the_module_tells_who_uses_it(
    platform: PlatformDouble, browser: httpx.Client
) -> None:
    draft = {"module": f"{IRIS}/1.0.0", "method": "run", "values": {"sepal_length": "6"}, "own_environment": True}
    made = browser.post("/openmo/module-jobs", json=draft)
    assert (made.status_code, made.json()["url"]) == (201, "https://mo.example/projects/ada/digits 1/jobs/7")
    assert platform.modules.drafts == [draft]
    (job,) = browser.get(f"/openmo/modules/{IRIS}/jobs").json()["items"]
    assert job["url"].startswith("https://mo.example/projects/")
    users = browser.get(f"/openmo/modules/{IRIS}/projects").json()
    assert (users["total"], users["items"][0]["url"]) == (3, "https://mo.example/projects/bob/flowers")


def test_a_wrong_value_comes_back_by_its_name(browser: httpx.Client) -> None:
    draft = {"method": "run", "values": {"sepal_length": "long"}, "cells": []}
    refused = browser.post(f"/openmo/{VERSION}/code", json=draft)
    assert refused.status_code == 422
    assert [each["name"] for each in refused.json()["errors"]] == ["sepal_length"]


@pytest.mark.parametrize(
    "body",
    [{"method": 1}, {"method": "run", "values": []}, {"method": "run", "cells": [1]}, {"method": "run", "cells": {}}],
)
def test_bodies_are_looked_at_before_anything_is_asked(
    platform: PlatformDouble, browser: httpx.Client, body: dict[str, Any]
) -> None:
    assert browser.post(f"/openmo/{VERSION}/code", json=body).json()["code"] == "invalid_request"
    for route, wrong in (
        ("imported-modules", {"module": 1}),
        ("module-jobs", {"module": IRIS, "method": "run", "values": 1}),
        (f"imported-modules/{IRIS}/1.0.0/update", {"version": "2.0.0"}),
    ):
        assert browser.post(f"/openmo/{route}", json=wrong).json()["code"] == "invalid_request", route
    assert platform.calls == []


def test_names_cannot_lead_to_another_route(platform: PlatformDouble, browser: httpx.Client) -> None:
    for name in ("..%2f..%2fme", "a%2fb", "a%3fscope=mine", "%2e%2e"):
        browser.get(f"/openmo/modules/openmo/{name}")
    paths = [path for _, path, _ in platform.calls]
    assert all(path.startswith("/api/v1/modules/openmo/") for path in paths)
    assert len(paths) == 4
    assert platform.modules.queries == []
