"""Calls that are polled, followed, cancelled and repeated."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from support.served_apps import QUICK, ServedApps, eventually, served

from openmo.gateway.settings import CallBounds
from openmo.identity.caller import Caller
from openmo.serving.directory import AppAccess, DeployedRelease

ADDER = "def handle(conf):\n    return {'ret': conf['x'] + 1}\n"
SLEEPER = "import time\ndef handle(conf):\n    time.sleep(conf['seconds'])\n    return {'ret': 1}\n"
COUNTER = "def handle(conf):\n    for n in range(conf['n']):\n        yield {'ret': n}\n"
ASYNC = {"prefer": "respond-async"}


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApps]:
    callers = {"ada-token": Caller(name="ada"), "bob-token": Caller(name="bob"), "eve-token": Caller(name="eve")}
    settings = {"calls": CallBounds(running_per_caller=4)}
    with served(tmp_path_factory.mktemp("followed"), callers=callers, settings=settings) as running:
        yield running


@pytest.fixture(scope="module")
def adder(apps: ServedApps) -> DeployedRelease:
    return apps.deploy(ADDER, app="adder", inputs={"x": "int"}, outputs={"ret": "int"})


@pytest.fixture(scope="module")
def sleeper(apps: ServedApps) -> DeployedRelease:
    return apps.deploy(SLEEPER, app="sleeper", inputs={"seconds": "float"}, outputs={"ret": "int"})


def ended(apps: ServedApps, path: str) -> dict[str, Any]:
    response = apps.client.get(path, headers={"prefer": "wait=20"})
    assert response.status_code == 200
    body: dict[str, Any] = response.json()
    assert body["status"] != "running"
    return body


def events(text: str) -> list[dict[str, str]]:
    return [dict(line.split(": ", 1) for line in each.split("\n")) for each in text.strip().split("\n\n")]


def test_a_call_is_accepted_polled_and_forgotten(apps: ServedApps, sleeper: DeployedRelease) -> None:
    response = apps.call(sleeper, {"seconds": 0.3}, headers=ASYNC)
    assert response.status_code == 202
    assert response.headers["preference-applied"] == "respond-async"
    path = response.headers["location"]
    assert path.startswith("/run/ada/sleeper/calls/")
    accepted = response.json()
    assert (accepted["status"], accepted["url"]) == ("running", path)
    polled = apps.client.get(path)
    assert (polled.status_code, polled.json()["status"], polled.headers["retry-after"]) == (200, "running", "1")
    body = ended(apps, path)
    assert (body["status"], body["output"], body["release"]) == ("succeeded", {"ret": 1}, "1.0.0")
    assert body["duration_ms"] >= 300
    assert apps.client.delete(path).status_code == 204
    gone = apps.client.get(path)
    assert (gone.status_code, gone.json()["code"]) == (410, "call_gone")


def test_whoever_waits_long_enough_gets_the_answer_itself(apps: ServedApps, adder: DeployedRelease) -> None:
    response = apps.call(adder, {"x": 1}, headers={"prefer": "respond-async, wait=20"})
    assert response.status_code == 200
    assert list(response.json()) == ["output", "duration_ms", "release"]


def test_wrong_inputs_are_told_at_once(apps: ServedApps, adder: DeployedRelease) -> None:
    assert apps.call(adder, {"x": "one"}, headers=ASYNC).status_code == 422


def test_a_failure_is_kept_with_its_problem(apps: ServedApps) -> None:
    release = apps.deploy("def handle(conf):\n    raise ValueError('too long')\n", outputs={"ret": "int"})
    body = ended(apps, apps.call(release, headers=ASYNC).headers["location"])
    assert body["status"] == "failed"
    assert (body["error"]["code"], body["error"]["detail"]) == ("handler_failed", "ValueError: too long")
    assert "Traceback" not in json.dumps(body)


def test_cancelling_ends_the_process_that_runs_the_call(apps: ServedApps, sleeper: DeployedRelease) -> None:
    path = apps.call(sleeper, {"seconds": 15}, headers=ASYNC).headers["location"]
    eventually(lambda: apps.pool.stats().busy)
    pids = apps.pool.worker_pids(sleeper.release_id)
    response = apps.client.delete(path)
    assert (response.status_code, response.json()["status"]) == (200, "cancelled")
    eventually(lambda: not apps.pool.stats().busy)
    eventually(lambda: not set(pids) & set(apps.pool.worker_pids(sleeper.release_id)))
    assert apps.client.get(path).json()["error"]["code"] == "call_cancelled"


def test_a_waiting_call_is_cancelled_without_running(apps: ServedApps) -> None:
    release = apps.deploy(
        SLEEPER, inputs={"seconds": "float"}, outputs={"ret": "int"}, limits=replace(QUICK, workers=1)
    )
    first = apps.call(release, {"seconds": 15}, headers=ASYNC).headers["location"]
    eventually(lambda: apps.pool.stats().busy)
    second = apps.call(release, {"seconds": 15}, headers=ASYNC).headers["location"]
    eventually(lambda: apps.pool.stats().queued)
    assert apps.client.delete(second).json()["status"] == "cancelled"
    assert apps.pool.stats().queued == 0
    assert apps.client.get(first).json()["status"] == "running"
    apps.client.delete(first)


def test_events_follow_a_generator_and_go_on_where_they_were_lost(apps: ServedApps) -> None:
    release = apps.deploy(COUNTER, inputs={"n": "int"}, outputs={"ret": "int"})
    path = apps.call(release, {"n": 5}, headers=ASYNC).headers["location"]
    response = apps.client.get(f"{path}/events")
    assert response.headers["content-type"].startswith("text/event-stream")
    seen = events(response.text)
    assert [each["event"] for each in seen] == ["output"] * 5 + ["done"]
    assert [each.get("id") for each in seen] == ["1", "2", "3", "4", "5", None]
    assert json.loads(seen[4]["data"]) == {"ret": 4}
    again = events(apps.client.get(f"{path}/events", headers={"last-event-id": "3"}).text)
    assert [each.get("id") for each in again] == ["4", "5", None]
    assert ended(apps, path)["output"] == {"ret": 4}


def test_events_of_a_plain_handler_are_its_output_and_the_end(apps: ServedApps, sleeper: DeployedRelease) -> None:
    path = apps.call(sleeper, {"seconds": 0.2}, headers=ASYNC).headers["location"]
    assert [each["event"] for each in events(apps.client.get(f"{path}/events").text)] == ["output", "done"]


def test_going_away_from_the_events_leaves_the_call_running(apps: ServedApps, sleeper: DeployedRelease) -> None:
    path = apps.call(sleeper, {"seconds": 0.5}, headers=ASYNC).headers["location"]
    with apps.client.stream("GET", f"{path}/events") as response:
        assert response.status_code == 200
    assert ended(apps, path)["status"] == "succeeded"


def test_the_same_key_is_the_same_call(apps: ServedApps) -> None:
    source = "import random\ndef handle(conf):\n    return {'ret': random.random()}\n"
    release = apps.deploy(source, inputs={"x": "int"}, outputs={"ret": "float"})
    key = {"idempotency-key": "order-1"}
    first, second = (apps.call(release, {"x": 1}, headers=key) for _ in range(2))
    assert first.json() == second.json()
    other = apps.call(release, {"x": 1}, headers={"idempotency-key": "order-2"})
    assert other.json()["output"] != first.json()["output"]
    changed = apps.call(release, {"x": 2}, headers=key)
    assert (changed.status_code, changed.json()["code"]) == (422, "invalid_input")
    locations = {
        apps.call(release, {"x": 3}, headers={"idempotency-key": "order-3", **ASYNC}).json()["id"] for _ in range(3)
    }
    assert len(locations) == 1
    assert apps.call(release, {"x": 1}, headers={"idempotency-key": "k" * 300}).status_code == 422


def test_files_count_by_their_content(apps: ServedApps) -> None:
    source = "def handle(conf):\n    return {'ret': open(conf['f'], 'rb').read().decode()}\n"
    release = apps.deploy(source, inputs={"f": "file"}, outputs={"ret": "str"})
    headers = {"idempotency-key": "upload"}
    answers = [apps.call(release, files={"f": ("a.txt", b"one")}, headers=headers) for _ in range(2)]
    assert [answer.json()["output"] for answer in answers] == [{"ret": "one"}] * 2
    assert apps.call(release, files={"f": ("a.txt", b"two")}, headers=headers).status_code == 422
    eventually(lambda: not list((apps.root / "gateway" / "uploads").iterdir()))


def test_running_calls_of_one_caller_are_bounded(apps: ServedApps, sleeper: DeployedRelease) -> None:
    answers = [apps.call(sleeper, {"seconds": 15}, headers=ASYNC) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [202] * 4 + [429]
    for answer in answers[:4]:
        apps.client.delete(answer.headers["location"])
    assert apps.call(sleeper, {"seconds": 0}, headers=ASYNC).status_code == 202


def test_a_full_queue_refuses_at_once_and_its_key_may_be_used_again(apps: ServedApps) -> None:
    limits = replace(QUICK, workers=1, queue=0)
    release = apps.deploy(SLEEPER, inputs={"seconds": "float"}, outputs={"ret": "int"}, limits=limits)
    response = apps.call(release, {"seconds": 0}, headers={**ASYNC, "idempotency-key": "full"})
    assert (response.status_code, response.json()["code"]) == (503, "app_busy")
    assert "retry-after" in response.headers


def test_calls_of_an_account_are_its_own(apps: ServedApps) -> None:
    release = apps.deploy(ADDER, inputs={"x": "int"}, outputs={"ret": "int"}, access=AppAccess.SIGNED_IN)
    bob, eve = ({"authorization": f"Bearer {name}-token"} for name in ("bob", "eve"))
    path = apps.call(release, {"x": 1}, headers={**ASYNC, **bob}).headers["location"]
    assert apps.client.get(path, headers=bob).status_code == 200
    for method in ("GET", "DELETE"):
        assert apps.client.request(method, path, headers=eve).status_code == 404
        assert apps.client.request(method, path).status_code == 401
    assert apps.client.get(f"{path}/events", headers=eve).status_code == 404


def test_an_id_belongs_to_one_app_and_cannot_be_made_up(
    apps: ServedApps, adder: DeployedRelease, sleeper: DeployedRelease
) -> None:
    path = apps.call(adder, {"x": 1}, headers=ASYNC).headers["location"]
    call_id = path.rpartition("/")[2]
    assert apps.client.get(f"/run/ada/sleeper/calls/{call_id}").status_code == 404
    for made_up in (call_id[::-1], "a" * 40, "x", "a" * 5000, call_id[:-1] + "é", call_id + "="):
        assert apps.client.get(f"/run/ada/adder/calls/{made_up}").status_code == 404
    assert apps.client.post(path).status_code == 405
    assert apps.client.put(path).status_code == 405
    assert apps.client.delete(f"{path}/events").status_code == 405
    assert apps.client.get(f"{path}/else").status_code == 404


def test_a_restart_is_admitted(tmp_path_factory: pytest.TempPathFactory) -> None:
    root = tmp_path_factory.mktemp("restarted")
    with served(root) as first:
        release = first.deploy(ADDER, app="adder", inputs={"x": "int"}, outputs={"ret": "int"})
        path = first.call(release, {"x": 1}, headers=ASYNC).headers["location"]
    with served(root) as second:
        second.directory.add(release)
        gone = second.client.get(path)
        assert (gone.status_code, gone.json()["code"]) == (410, "call_gone")
        assert "restart" in gone.json()["detail"]


def test_answers_expire(tmp_path_factory: pytest.TempPathFactory) -> None:
    bounds = CallBounds(kept=2)
    with served(tmp_path_factory.mktemp("expiring"), settings={"calls": bounds}) as apps:
        release = apps.deploy(ADDER, inputs={"x": "int"}, outputs={"ret": "int"})
        paths = []
        for number in range(4):
            paths.append(apps.call(release, {"x": number}, headers=ASYNC).headers["location"])
            assert ended(apps, paths[-1])["output"] == {"ret": number + 1}
        assert [apps.client.get(path).status_code for path in paths] == [410, 410, 200, 200]
