"""The REST API of projects, imports and releases, from a program's side."""

from collections.abc import Iterator
from typing import Any

import pytest
from support.asgi import Answer, Client, bearer
from support.identity import MemoryIdentity
from support.platform import HANDLER, Platform

ADA = "/api/v1/projects/ada/my-digits"


class Caller:
    """Somebody with a token."""

    def __init__(self, client: Client, token: str) -> None:
        self._client = client
        self._headers = bearer(token)

    def __call__(self, method: str, path: str, body: Any = None, *, expect: int = 200) -> Answer:
        answer = self._client.ask(method, path, headers=self._headers, json_body=body)
        assert answer.status == expect, answer.text
        return answer


@pytest.fixture
def ada(platform: Platform) -> Iterator[Caller]:
    platform.samples()
    identity = MemoryIdentity()
    client = Client(platform.app(identity))
    yield Caller(client, identity.token("ada"))
    client.close()


def test_a_project_from_its_making_to_its_end(ada: Caller, platform: Platform) -> None:
    made = ada("POST", "/api/v1/projects", {"title": "My Digits", "template": "train-digits"}, expect=201).json
    assert (made["full_name"], made["kind"], made["visibility"]) == ("ada/my-digits", "app", "private")
    assert ada("GET", ADA).json == made
    assert [one["name"] for one in ada("GET", "/api/v1/projects").json["items"]] == ["my-digits"]
    assert ada("GET", "/api/v1/projects?scope=public").json["items"] == []
    changed = ada("PATCH", ADA, {"visibility": "public"}).json
    assert (changed["title"], changed["visibility"]) == ("My Digits", "public")
    assert len(ada("GET", "/api/v1/projects?scope=public").json["items"]) == 1
    assert ada("POST", f"{ADA}/start", expect=202).json["url"].startswith("/user/ada/")
    ada("DELETE", ADA, expect=204)
    ada("GET", ADA, expect=404)
    assert platform.servers.stopped == platform.servers.started != []
    assert list(platform.folder.projects.iterdir()) == []


def test_a_scope_that_is_none_is_refused(ada: Caller) -> None:
    assert ada("GET", "/api/v1/projects?scope=everything", expect=422).json["errors"][0]["name"] == "scope"


def test_templates_are_named_in_both_languages(ada: Caller) -> None:
    templates = ada("GET", "/api/v1/templates").json["items"]
    assert [one["name"] for one in templates] == [
        "blank",
        "iris-app",
        "mnist-keras",
        "retrain-module",
        "reuse-module",
        "train-digits",
    ]
    assert all(set(one["titles"]) == {"en", "zh-CN"} for one in templates)


def test_datasets_and_modules_come_and_go(ada: Caller, platform: Platform) -> None:
    ada("POST", "/api/v1/projects", {"title": "My Digits"}, expect=201)
    done = ada("POST", f"{ADA}/datasets", {"dataset": "openmo/iris"}, expect=201).json
    assert done == {
        "dataset": "openmo/iris",
        "version": 1,
        "folder": "datasets/openmo-iris",
        "newer": None,
        "hidden": False,
    }
    assert ada("GET", f"{ADA}/datasets").json["items"] == [done]
    ada("POST", f"{ADA}/datasets", {"dataset": "openmo/absent"}, expect=404)
    ada("POST", f"{ADA}/datasets", {"dataset": "openmo/iris/1"}, expect=422)
    module = ada("POST", f"{ADA}/modules", {"module": "openmo/iris_classifier"}, expect=201).json
    assert module["identifier"] == "openmo/iris_classifier/1.0.0"
    assert ada("GET", f"{ADA}/modules").json["items"] == [module]
    ada("DELETE", f"{ADA}/datasets/openmo/iris", expect=204)
    ada("DELETE", f"{ADA}/datasets/openmo/iris", expect=404)
    assert ada("GET", f"{ADA}/datasets").json["items"] == []
    assert [one["full_name"] for one in ada("GET", "/api/v1/datasets").json["items"]] == [
        "openmo/digits",
        "openmo/iris",
    ]
    assert ada("GET", "/api/v1/modules/openmo/iris_classifier").json["version"] == "1.0.0"


def test_an_app_is_read_deployed_and_listed(ada: Caller, platform: Platform) -> None:
    ada("POST", "/api/v1/projects", {"title": "My Digits"}, expect=201)
    problem = ada("GET", f"{ADA}/app", expect=404).json
    assert "handler.py" in problem["detail"]
    platform.write(platform.projects.by_name("ada", "my-digits"), {"handler.py": HANDLER})
    reading = ada("GET", f"{ADA}/app").json
    assert (reading["version"], reading["spec"]["input"]["a"]["value_type"]) == ("1.0.0", "int")
    released = ada("POST", f"{ADA}/releases", {"notes": "first"}, expect=201).json
    assert (released["version"], released["run"]) == ("1.0.0", "/run/ada/my-digits")
    ada("POST", f"{ADA}/releases", {"version": "1.0.0"}, expect=422)
    ada("POST", f"{ADA}/releases", {"channel": "dev"}, expect=201)
    assert {one["version"] for one in ada("GET", f"{ADA}/releases").json["items"]} == {"1.0.0", "dev"}


def test_a_project_with_a_waiting_job_is_not_deleted(ada: Caller, platform: Platform) -> None:
    ada("POST", "/api/v1/projects", {"title": "My Digits"}, expect=201)
    platform.write(platform.projects.by_name("ada", "my-digits"), {"train.py": ""})
    job = ada("POST", f"{ADA}/jobs", {"script": "train.py"}, expect=201).json
    assert "terminate it first" in ada("DELETE", ADA, expect=409).json["detail"]
    assert platform.servers.stopped == []
    ada("POST", f"{ADA}/jobs/{job['number']}/terminate", expect=202)
    platform.runner().step()
    ada("DELETE", ADA, expect=204)


def test_errors_are_problem_details_with_a_code(ada: Caller) -> None:
    taken = {"title": "My Digits", "name": "my-digits"}
    ada("POST", "/api/v1/projects", taken, expect=201)
    conflict = ada("POST", "/api/v1/projects", taken, expect=409)
    assert conflict.headers["content-type"] == "application/problem+json"
    (error,) = conflict.json["errors"]
    assert (error["name"], error["message"]) == ("name", conflict.json["detail"])
    assert {**conflict.json, "detail": "", "errors": []} == {
        "type": "urn:openmo:error:conflict",
        "title": "Conflict",
        "status": 409,
        "detail": "",
        "code": "conflict",
        "field": "name",
        "errors": [],
    }
    invalid = ada("POST", "/api/v1/projects", {"title": 3, "kind": "x"}, expect=422).json
    assert {entry["name"] for entry in invalid["errors"]} == {"title", "kind"}
    assert ada("GET", "/api/v1/nothing", expect=404).json["code"] == "not_found"
    assert ada("PUT", ADA, {}, expect=405).json["code"] == "method_not_allowed"


def test_the_description_of_the_api_is_whole(ada: Caller) -> None:
    described = ada("GET", "/api/openapi.json").json
    operations = [one for path in described["paths"].values() for one in path.values()]
    assert len(operations) > 25
    assert all(one.get("summary") and one.get("description") for one in operations)
    assert len({one["operationId"] for one in operations}) == len(operations)


def test_the_caller_is_told_who_they_are(ada: Caller) -> None:
    assert ada("GET", "/api/v1/me").json == {"name": "ada", "admin": False}
