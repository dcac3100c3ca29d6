"""Jobs over the REST API: real processes, the real runner, live logs and metrics."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.asgi import Client, bearer
from support.identity import MemoryIdentity
from support.platform import Platform
from support.processes import wait_for
from support.real_jobs import end_jobs

from openmo.core.clock import SystemClock
from openmo.db.engine import Database
from openmo.execution.local import LocalExecutor
from openmo.jobs.running.runner import JobRunner
from openmo.sandbox.detect import detect_sandbox
from openmo.sandbox.landlock import detect_landlock

JOBS = "/api/v1/projects/ada/digits/jobs"
TRAIN = """
import json, pathlib, sys
for epoch in range(int(sys.argv[1])):
    print(json.dumps({"metric": "loss", "value": 1 / (epoch + 1), "epoch": epoch}))
    print(json.dumps({"metric": "accuracy", "value": float("nan"), "epoch": epoch}))
pathlib.Path("results/model.txt").write_text(pathlib.Path("datasets/openmo-iris/data.csv").read_text())
print("训练完成 done", file=sys.stderr)
"""
FAILS = "import time\nprint('about to fail', flush=True)\nraise ValueError('no rows in the table')\n"
PUBLIC = """
import os
os.makedirs('/home/jovyan/work/results', exist_ok=True)
open('/home/jovyan/work/results/model.txt', 'w').write('x')
print(os.path.exists('results/model.txt'), os.path.exists('/home/jovyan/work/train.py'))
"""
NOTEBOOK = json.dumps({"cells": [{"cell_type": "code", "source": "{'a': 1}"}], "nbformat": 4, "nbformat_minor": 5})
ENDLESS = "import time\nprint('up', flush=True)\nwhile True: time.sleep(1)\n"


class Job:
    """One job, as an API caller sees it."""

    def __init__(self, client: Client, headers: dict[str, str], shown: dict[str, Any]) -> None:
        self._client = client
        self._headers = headers
        self.path = f"{JOBS}/{shown['number']}"

    def now(self) -> dict[str, Any]:
        answer = self._client.get(self.path, headers=self._headers)
        assert answer.status == 200, answer.text
        shown: dict[str, Any] = answer.json
        return shown

    def log(self) -> str:
        return self._client.get(f"{self.path}/log", headers=self._headers).text

    def wait(self, *states: str) -> dict[str, Any]:
        found: dict[str, Any] = wait_for(lambda: (shown := self.now())["state"] in states and shown)
        return found


@pytest.fixture
def platform(database: Database, tmp_path: Path) -> Iterator[Platform]:
    executor = LocalExecutor(detect_sandbox(), cpus=2)
    made = Platform(database, tmp_path / "data", executor=executor, clock=SystemClock())
    yield made
    end_jobs(made)


@pytest.fixture
def runners(platform: Platform) -> Iterator[Callable[[], JobRunner]]:
    """Starts runners; the last one is stopped at the end."""
    running: list[tuple[JobRunner, threading.Thread]] = []

    def start() -> JobRunner:
        for runner, thread in running:
            runner.stop()
            thread.join()
        runner = platform.runner()
        thread = threading.Thread(target=runner.run)
        thread.start()
        running.append((runner, thread))
        return runner

    yield start
    for runner, thread in running:
        runner.stop()
        thread.join()


@pytest.fixture
def submit(platform: Platform) -> Iterator[Callable[..., Job]]:
    project = platform.project(
        files={"train.py": TRAIN, "fails.py": FAILS, "endless.py": ENDLESS, "public.py": PUBLIC, "book.ipynb": NOTEBOOK}
    )
    platform.imports.import_dataset(platform.actor("ada"), project, platform.dataset())
    identity = MemoryIdentity()
    client, headers = Client(platform.app(identity)), bearer(identity.token("ada"))
    jobs: list[Job] = []

    def send(script: str, *args: str) -> Job:
        answer = client.post(JOBS, headers=headers, json_body={"script": script, "args": args})
        assert answer.status == 201, answer.text
        jobs.append(Job(client, headers, answer.json))
        return jobs[-1]

    yield send
    for job in jobs:
        client.post(f"{job.path}/terminate", headers=headers)
    client.close()


def events(body: bytes) -> list[tuple[str, Any]]:
    found = []
    for block in body.decode().split("\n\n"):
        lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if lines:
            found.append((lines["event"], json.loads(lines["data"])))
    return found


def test_a_job_trains_prints_and_leaves_its_results(
    platform: Platform, submit: Callable[..., Job], runners: Callable[[], JobRunner]
) -> None:
    runners()
    job = submit("train.py", "30")
    stream = job._client.get(f"{job.path}/log/stream?from=0", headers=job._headers, until=b"event: end")
    ended = job.now()
    assert (ended["state"], ended["reason"], ended["exit_code"]) == ("succeeded", "", 0), job.log()
    seen = events(stream.body)
    assert (seen[0][0], seen[-1][0]) == ("state", "end")
    assert [data["state"] for name, data in seen if name == "state"][-1] == "succeeded"
    text = "".join(data["text"] for name, data in seen if name == "log")
    assert text == job.log()
    assert text.count('"loss"') == 30
    assert text.endswith("训练完成 done\n")
    results = platform.workspace(platform.projects.by_name("ada", "digits")) / "results"
    assert (results / "model.txt").read_text() == "a,b\n1,2\n"
    metrics = {one["name"]: one for one in job._client.get(f"{job.path}/metrics", headers=job._headers).json["metrics"]}
    assert (metrics["loss"]["count"], metrics["loss"]["last_step"], metrics["loss"]["max"]) == (30, 29, 1.0)
    assert metrics["accuracy"]["last_value"] is None
    curve = job._client.get(f"{job.path}/metrics/series?metric=loss", headers=job._headers).json
    assert (curve["x"], curve["x_kind"], curve["raw"]) == ([float(epoch) for epoch in range(30)], "epoch", True)
    download = job._client.get(f"{job.path}/log/download", headers=job._headers)
    assert download.text == text
    assert "attachment" in download.headers["content-disposition"]


def test_public_code_finds_the_project_where_mo_has_it(
    submit: Callable[..., Job], runners: Callable[[], JobRunner]
) -> None:
    landlock = detect_landlock()
    if landlock is None or not landlock.has_own_view:
        pytest.skip("this machine offers no file system view of its own")
    runners()
    job = submit("public.py")
    assert job.wait("succeeded", "failed")["state"] == "succeeded", job.log()
    assert job.log() == "True True\n"


def test_a_notebook_shows_the_values_of_its_last_lines(
    submit: Callable[..., Job], runners: Callable[[], JobRunner]
) -> None:
    runners()
    job = submit("book.ipynb")
    assert job.wait("succeeded", "failed")["state"] == "succeeded", job.log()
    assert job.log() == "{'a': 1}\n"


def test_a_failure_says_why(submit: Callable[..., Job], runners: Callable[[], JobRunner]) -> None:
    runners()
    job = submit("fails.py")
    ended = job.wait("failed")
    assert ended["reason"].startswith("Exit code 1: ValueError: no rows in the table. ")
    assert "Traceback" in job.log()


def test_a_running_job_is_stopped_restarted_and_deleted(
    submit: Callable[..., Job], runners: Callable[[], JobRunner]
) -> None:
    runners()
    job = submit("endless.py")
    wait_for(lambda: "up" in job.log())
    job._client.post(f"{job.path}/terminate", headers=job._headers)
    assert job.wait("terminated")["reason"] == "Stopped by ada."
    again = job._client.post(f"{job.path}/restart", headers=job._headers)
    assert again.json["number"] == 2
    assert job._client.ask("DELETE", job.path, headers=job._headers).status == 204
    assert job._client.get(job.path, headers=job._headers).status == 404
    second = Job(job._client, job._headers, again.json)
    second.wait("running")
    job._client.post(f"{second.path}/terminate", headers=job._headers)
    second.wait("terminated")


def test_jobs_outlive_the_runner_and_each_line_is_counted_once(
    submit: Callable[..., Job], runners: Callable[[], JobRunner], platform: Platform
) -> None:
    project = platform.projects.by_name("ada", "digits")
    platform.write(project, {"slow.py": (
        "import json, time\nfor step in range(150):\n"
        "    print(json.dumps({'metric': 'm', 'value': step, 'step': step}), flush=True)\n    time.sleep(0.01)\n"
    )})  # fmt: skip
    runners()
    job = submit("slow.py")
    wait_for(lambda: '"step": 20' in job.log())
    runners()
    wait_for(lambda: '"step": 80' in job.log())
    runners()
    assert job.wait("succeeded", "failed")["state"] == "succeeded"
    curve = job._client.get(f"{job.path}/metrics/series?metric=m", headers=job._headers).json
    assert curve["x"] == [float(step) for step in range(150)]
    assert curve["y"] == curve["x"]


def test_jobs_beyond_the_slots_wait_and_say_so(submit: Callable[..., Job], runners: Callable[[], JobRunner]) -> None:
    runners()
    first, second, third = (submit("endless.py") for _ in range(3))
    first.wait("running")
    second.wait("running")
    waiting = third.now()
    assert waiting["state"] == "pending"
    assert waiting["reason"].startswith("Waiting for")
    first._client.post(f"{first.path}/terminate", headers=first._headers)
    third.wait("running")


def test_a_job_sees_neither_other_projects_nor_the_platform(
    submit: Callable[..., Job], runners: Callable[[], JobRunner], platform: Platform
) -> None:
    if not detect_sandbox().isolates:
        pytest.skip("nothing on this machine isolates processes")
    other = platform.project("bob", "other", files={"secret.txt": "canary"})
    spy = (
        "import pathlib, sys\n"
        "for path in sys.argv[1:]:\n"
        "    try:\n        print('READ', pathlib.Path(path).read_bytes()[:20])\n"
        "    except OSError as error:\n        print(type(error).__name__)\n"
        "    try:\n        pathlib.Path(path + '.new').write_text('x'); print('WROTE')\n"
        "    except OSError as error:\n        print(type(error).__name__)\n"
    )
    platform.write(platform.projects.by_name("ada", "digits"), {"spy.py": spy})
    secret = platform.folder.secret("web")
    assert secret
    targets = [platform.workspace(other) / "secret.txt", platform.folder.run / "web.secret", platform.folder.root / "x"]
    runners()
    job = submit("spy.py", *map(str, targets))
    job.wait("succeeded", "failed")
    assert "READ" not in job.log()
    assert "WROTE" not in job.log()
    assert "canary" not in job.log()


def test_events_tell_of_every_change(submit: Callable[..., Job], platform: Platform) -> None:
    job, ada = submit("train.py", "1"), platform.actor("ada")
    feed = job._client.app.state.parts.change_feed

    def stop_once_somebody_reads() -> None:
        wait_for(lambda: feed._readers)
        platform.jobs.terminate(ada, platform.job_watch.active(ada)[0])

    thread = threading.Thread(target=stop_once_somebody_reads)
    thread.start()
    answer = job._client.get("/api/v1/events", headers=job._headers, until=b"event: job")
    thread.join()
    (counted, (name, data)) = events(answer.body)
    assert counted == ("notices", {"unread": 0, "last": 0})
    assert (name, data["stop_requested"], data["url"]) == ("job", True, "/projects/ada/digits/jobs/1")


def test_a_job_can_be_asked_for_again_as_it_was(submit: Callable[..., Job]) -> None:
    job = submit("train.py", "1")
    asked = {
        "script": "train.py",
        "args": ["--rate", "0 1"],
        "env": {"SEED": "7"},
        "secrets": {"KEY": "canary"},
        "memory_limit": "2 GiB",
        "time_limit": "1 h 30 min",
    }
    number = job._client.post(JOBS, headers=job._headers, json_body=asked).json["number"]
    answer = job._client.get(f"{JOBS}/{number}/draft", headers=job._headers)
    assert "canary" not in answer.text
    assert answer.json == {
        **asked, "number": number, "name": "", "secrets": ["KEY"], "device": "cpu", "cpus": 1, "gpus": 0
    }  # fmt: skip
    again = {**answer.json, "secrets": {}, "code_of": number, "secrets_of": number}
    assert job._client.post(JOBS, headers=job._headers, json_body=again).json["secrets"] == ["KEY"]


def test_what_a_new_job_can_ask_for(submit: Callable[..., Job]) -> None:
    job = submit("train.py", "1")
    options = job._client.get(f"{JOBS}/options", headers=job._headers).json
    assert (options["cpus"], options["gpus"]) == (2, 0)
    assert {"train.py", "endless.py", "fails.py"} <= set(options["scripts"])


def test_lists_give_reasons_in_the_readers_language(submit: Callable[..., Job]) -> None:
    job = submit("train.py", "1")
    headers = {**job._headers, "accept-language": "zh-CN"}
    for path in (JOBS, "/api/v1/jobs/active"):
        assert job._client.get(path, headers=job._headers).json["items"][0]["reason"] == "It starts in a moment."
        assert job._client.get(path, headers=headers).json["items"][0]["reason"] == "马上开始。"
