"""What callers of `/run/...` see."""

import errno
import json
from collections.abc import Iterator
from typing import NoReturn

import pytest
from support.served_apps import QUICK, ServedApps, served

from openmo.identity.caller import Caller
from openmo.serving.uploads import Uploads

ADDER = """
    def handle(conf):
        x = conf["x"]
        return {"ret": x + 1}
"""


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApps]:
    callers = {
        "ada-token": Caller(name="ada"),
        "bob-token": Caller(name="bob"),
        "root-token": Caller(name="root", admin=True),
        "lab-token": Caller(name="ada", project_slug="some-project"),
    }
    with served(tmp_path_factory.mktemp("apps"), callers=callers) as running:
        yield running


@pytest.fixture(scope="module")
def adder_path(apps: ServedApps) -> str:
    release = apps.deploy(ADDER, app="adder", inputs={"x": "int"}, outputs={"ret": "int"})
    return f"/run/{release.owner}/{release.app}"


def test_a_call_answers_output_duration_and_release(apps: ServedApps, adder_path: str) -> None:
    response = apps.client.post(adder_path, json={"x": 41})
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    body = response.json()
    assert body["output"] == {"ret": 42}
    assert body["release"] == "1.0.0"
    assert isinstance(body["duration_ms"], float)
    assert list(body) == ["output", "duration_ms", "release"]


def test_a_version_can_be_named(apps: ServedApps) -> None:
    for version, step in (("1.0.0", 1), ("1.1.0", 2)):
        source = f"def handle(conf):\n    return {{'ret': conf['x'] + {step}}}\n"
        apps.deploy(source, app="stepper", version=version, inputs={"x": "int"}, outputs={"ret": "int"})
    assert apps.client.post("/run/ada/stepper", json={"x": 0}).json()["output"] == {"ret": 2}
    assert apps.client.post("/run/ada/stepper@1.0.0", json={"x": 0}).json()["output"] == {"ret": 1}
    assert apps.client.post("/run/ada/stepper@9.0.0", json={"x": 0}).status_code == 404


def test_wrong_inputs_are_named_one_by_one(apps: ServedApps, adder_path: str) -> None:
    response = apps.client.post(adder_path, json={"x": "four", "y": 1})
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert body["code"] == "invalid_input"
    assert {entry["name"] for entry in body["errors"]} == {"x", "y"}


@pytest.mark.parametrize("body", [b"{", b"[1]", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"x": NaN}'])
def test_a_body_that_is_no_object_of_inputs_is_refused(apps: ServedApps, adder_path: str, body: bytes) -> None:
    response = apps.client.post(adder_path, content=body, headers={"content-type": "application/json"})
    assert response.status_code == 422
    assert "errors" in response.json()


def test_half_a_character_arrives_as_its_replacement(apps: ServedApps) -> None:
    apps.deploy("def handle(conf):\n    return {'x': conf['x']}", app="echo", inputs={"x": "str"}, outputs={"x": "str"})
    headers = {"content-type": "application/json"}
    for sent, comes in (
        (rb"\ud83d cut", "\ufffd cut"),
        (rb"\\ud83d \ud83d\ude00", "\\ud83d 😀"),
        (rb"\uDE00", "\ufffd"),
    ):
        response = apps.client.post("/run/ada/echo", content=b'{"x": "' + sent + b'"}', headers=headers)
        assert response.json()["output"] == {"x": comes}
    assert apps.client.post("/run/ada/echo", content=rb'{"x": "\ud83d', headers=headers).status_code == 422


def test_other_media_types_are_refused(apps: ServedApps, adder_path: str) -> None:
    response = apps.client.post(adder_path, content=b"x=1", headers={"content-type": "text/plain"})
    assert response.status_code == 415


def test_form_bodies_are_read_by_type(apps: ServedApps, adder_path: str) -> None:
    assert apps.client.post(adder_path, data={"x": "41"}).json()["output"] == {"ret": 42}
    assert apps.client.post(adder_path, files={"x": (None, "41")}).json()["output"] == {"ret": 42}


def test_a_large_body_is_refused_before_it_is_read(apps: ServedApps) -> None:
    from dataclasses import replace

    small = replace(QUICK, body_bytes=1000)
    release = apps.deploy(ADDER, inputs={"x": "int"}, outputs={"ret": "int"}, limits=small)
    response = apps.call(release, content=b" " * 2000, headers={"content-type": "application/json"})
    assert response.status_code == 413
    assert response.json()["limit"] == 1000

    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b" " * 100

    response = apps.call(release, content=endless(), headers={"content-type": "application/json"})
    assert response.status_code == 413


def test_reading_the_address_of_an_app_leads_to_its_page(apps: ServedApps, adder_path: str) -> None:
    response = apps.client.get(adder_path)
    assert response.status_code == 302
    assert response.headers["location"] == "/projects/ada/adder/use"
    assert apps.client.head(adder_path).status_code == 302


def test_a_reader_who_came_by_a_secret_link_stays_on_it(apps: ServedApps) -> None:
    response = apps.client.get("/run/~s3cret/ada/adder")
    assert response.headers["location"] == "/use/~s3cret/ada/adder"


def test_methods(apps: ServedApps, adder_path: str) -> None:
    options = apps.client.options(adder_path)
    assert options.status_code == 204
    assert options.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    assert "access-control-allow-origin" not in options.headers
    for method in ("PUT", "DELETE", "PATCH"):
        response = apps.client.request(method, adder_path)
        assert response.status_code == 405
        assert response.headers["allow"] == "GET, HEAD, POST, OPTIONS"
    response = apps.client.post(f"{adder_path}/openapi.json")
    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD, OPTIONS"
    head = apps.client.head(f"{adder_path}/openapi.json")
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/run",
        "/run/",
        "/run/ada",
        "/run/ada/none",
        "/run/~s3cret",
        "/run/~",
        "/run/../x/y",
        "/run/ada/ad%00er",
        "/run//adder",
    ],
)
def test_unknown_addresses_are_not_found(apps: ServedApps, path: str) -> None:
    response = apps.client.post(path, json={})
    assert response.status_code == 404
    assert response.json()["code"] == "not_found"


def test_health(apps: ServedApps) -> None:
    response = apps.client.get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok", "parts": {"workers": "ok"}})
    assert apps.client.post("/health").status_code == 404


def test_the_openapi_document_describes_the_call(apps: ServedApps, adder_path: str) -> None:
    document = apps.client.get(f"{adder_path}/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    call = document["paths"]["/run/ada/adder"]["post"]
    schema = call["requestBody"]["content"]["application/json"]["schema"]
    assert schema["properties"]["x"]["type"] == "integer"
    assert schema["required"] == ["x"]
    assert set(call["responses"]) >= {"200", "404", "413", "422", "429", "500", "503", "504"}


@pytest.mark.parametrize(("public", "channel"), [(False, "release"), (True, "dev"), (False, "dev")])
def test_only_the_owner_knows_of_private_and_dev_releases(apps: ServedApps, public: bool, channel: str) -> None:
    release = apps.deploy(ADDER, inputs={"x": "int"}, outputs={"ret": "int"}, public=public, channel=channel)
    path = f"/run/{release.owner}/{release.app}"
    missing = apps.client.post("/run/ada/nothing-here", json={"x": 1}).json()["code"]
    for token in (None, "bob-token", "wrong", "lab-token", "-"):
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        for response in (
            apps.client.post(path, json={"x": 1}, headers=headers),
            apps.client.get(f"{path}/openapi.json", headers=headers),
        ):
            assert response.status_code == 404
            assert response.json()["code"] == missing
    for scheme in ("Bearer", "token"):
        for token in ("ada-token", "root-token"):
            response = apps.client.post(path, json={"x": 1}, headers={"authorization": f"{scheme} {token}"})
            assert response.json()["output"] == {"ret": 2}
    assert apps.client.post(f"{path}?token=ada-token", json={"x": 1}).status_code == 404


def test_a_generator_streams_events(apps: ServedApps) -> None:
    release = apps.deploy(
        """
        def handle(conf):
            for word in ("a", "b"):
                yield {"text": word}
            if conf.get("fail"):
                raise ValueError("no more")
        """,
        inputs={"fail": {"value_type": "bool", "optional": True}},
        outputs={"text": "str"},
    )
    response = apps.call(release)
    assert response.headers["content-type"].startswith("text/event-stream")
    events = [dict(line.split(": ", 1) for line in each.split("\n")) for each in response.text.strip().split("\n\n")]
    assert [each["event"] for each in events] == ["output", "output", "done"]
    assert [json.loads(each["data"]) for each in events[:2]] == [{"text": "a"}, {"text": "b"}]
    assert json.loads(events[2]["data"])["release"] == "1.0.0"
    failed = apps.call(release, {"fail": True}).text.strip().split("\n\n")[-1]
    assert failed.startswith("event: error\n")
    assert "no more" in failed
    only_json = apps.call(release, headers={"accept": "application/json"})
    assert only_json.json()["output"] == {"text": "b"}
    assert apps.call(release, {"fail": True}, headers={"accept": "application/json"}).status_code == 500


def test_the_handlers_message_reaches_the_caller_and_its_traceback_only_the_log(apps: ServedApps) -> None:
    release = apps.deploy(
        """
        def secret_helper():
            raise ValueError("the petal is too long")

        def handle(conf):
            return {"ret": secret_helper()}
        """,
        outputs={"ret": "int"},
    )
    response = apps.call(release)
    assert response.status_code == 500
    assert response.json()["code"] == "handler_failed"
    assert response.json()["detail"] == "ValueError: the petal is too long"
    assert "secret_helper" not in response.text
    assert "secret_helper" in apps.pool.log_path(release.project_id).read_text()


def test_calls_are_bounded_per_caller(tmp_path_factory: pytest.TempPathFactory) -> None:
    with served(tmp_path_factory.mktemp("limited"), settings={"calls_per_minute": 3}) as limited:
        release = limited.deploy(ADDER, inputs={"x": "int"}, outputs={"ret": "int"})
        statuses = [limited.call(release, {"x": 1}).status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]
        assert int(limited.call(release, {"x": 1}).headers["retry-after"]) >= 1


def test_an_upload_on_a_full_disk_is_said_as_such(apps: ServedApps, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "def handle(conf):\n    return {'ret': 1}\n"
    release = apps.deploy(source, app="taker", inputs={"f": "file"}, outputs={"ret": "int"})

    def full(_uploads: Uploads) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Uploads, "create", full)
        for sent in ({"files": {"f": ("a.txt", b"abc")}}, {"json": {"f": "data:text/plain;base64,YWJj"}}):
            answer = apps.client.post(f"/run/{release.owner}/{release.app}", **sent)
            assert (answer.status_code, answer.json()["code"]) == (507, "storage_full")
            assert "disk is full" in answer.json()["detail"]
    assert apps.client.post(f"/run/{release.owner}/{release.app}", files={"f": ("a.txt", b"abc")}).status_code == 200


def test_errors_come_in_the_language_that_is_asked_for(apps: ServedApps) -> None:
    release = apps.deploy(
        "def handle(conf):\n    return {'r': 1 // conf['x']}\n", inputs={"x": "int"}, outputs={"r": "int"}
    )
    chinese = {"accept-language": "zh-CN"}
    assert apps.call(release, {"x": "one"}).json()["title"] == "Invalid input"
    refused = apps.call(release, {"x": "one"}, headers=chinese).json()
    assert (refused["code"], refused["title"]) == ("invalid_input", "输入无效")
    assert "整数" in refused["errors"][0]["message"]
    later = apps.call(release, {"x": 0}, headers={**chinese, "prefer": "respond-async, wait=20"}).json()
    assert later["title"] == "handle 函数出错", later


def test_the_error_of_a_stream_comes_in_that_language_too(apps: ServedApps) -> None:
    release = apps.deploy("def handle(conf):\n    yield {'r': 1}\n    raise ValueError('no')\n", outputs={"r": "int"})
    headers = {"accept-language": "zh-CN", "accept": "text/event-stream"}
    assert "handle 函数出错" in apps.call(release, headers=headers).text
