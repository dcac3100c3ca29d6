"""What owners decide reaches calls: releases change hands under load, settings hold, and calls are recorded."""

import threading
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from support.platform import Platform
from support.served_apps import ServedApps, eventually, served

from openmo.apps.directory import CachedAppDirectory
from openmo.apps.owner.calls import Period, add_up
from openmo.apps.owner.settings import SettingsChange
from openmo.apps.releases.tree import check_files
from openmo.apps.repository import CallRepository
from openmo.apps.values import Channel
from openmo.core.clock import SystemClock
from openmo.core.visibility import Visibility
from openmo.projects.values import Project
from openmo.serving.directory import AppAccess
from openmo.specs.examples import Example, read_examples

PATH = "/run/ada/digits"
HANDLER = """
import time
def handle(conf):
    x = conf["x"]  # value_type: int
    if x < 0:
        raise ValueError("x is negative")
    if x > 1000:
        time.sleep(x / 1000)
    return {"version": "VERSION"}  # value_type: str
"""


class Owner:
    """Ada and her app."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        self.actor = platform.actor("ada")
        self.project: Project = platform.project("ada", "digits", visibility=Visibility.PUBLIC)

    def deploy(self, version: str) -> None:
        self.platform.write(self.project, {"handler.py": HANDLER.replace("VERSION", version)})
        self.platform.apps.deploy(self.actor, self.project, version=version)

    def change(self, **changes: Any) -> Any:
        return self.platform.serving.change(self.actor, self.project, SettingsChange(**changes))

    def activate(self, version: str) -> None:
        self.platform.serving.activate(self.actor, self.project, version)


@pytest.fixture
def owner(platform: Platform) -> Owner:
    return Owner(platform)


@pytest.fixture
def apps(platform: Platform, owner: Owner, tmp_path: Path) -> Iterator[ServedApps]:
    owner.deploy("1.0.0")
    directory = CachedAppDirectory(platform.apps, SystemClock())
    with served(
        tmp_path / "served",
        directory=directory,
        records=platform.call_records,
        check=partial(check_files, platform.store),
    ) as running:
        yield running


CATS = """\
input:
  cat: {value_type: str, default_value: 😺, description: "A 🐈"}
output:
  same: {value_type: str, description: 😸}
examples:
- name: 😼
  input: {cat: 🙀}
"""


def test_an_app_may_speak_in_emoji(platform: Platform, owner: Owner, apps: ServedApps) -> None:
    files = {"handler.py": 'def handle(conf):\n    return {"same": conf["cat"]}\n', "app_spec.yml": CATS}
    project = platform.project("ada", "cats", files=files, visibility=Visibility.PUBLIC)
    platform.projects.update(owner.actor, project, title="Cats 😻")
    platform.apps.deploy(owner.actor, project, channel=Channel.DEV)
    platform.apps.promote(owner.actor, project, notes="😾")
    assert apps.client.post("/run/ada/cats", json={}).json()["output"] == {"same": "😺"}
    assert apps.client.post("/run/ada/cats", json={"cat": "😿"}).json()["output"] == {"same": "😿"}
    assert "Cats 😻" in apps.client.get("/run/ada/cats/openapi.json").json()["info"]["title"]
    release = platform.apps.find("ada", "cats", None)
    assert release is not None
    assert read_examples(release.spec) == (Example(name="😼", values={"cat": "🙀"}),)


class Load:
    """Callers that never pause."""

    def __init__(self, url: str, callers: int = 3) -> None:
        self.answers: Counter[str] = Counter()
        self.wrong: list[str] = []
        self._url = url
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._call) for _ in range(callers)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def _call(self) -> None:
        with httpx.Client(base_url=self._url, timeout=30) as client:
            while not self._stop.is_set():
                try:
                    response = client.post(PATH, json={"x": 1})
                except httpx.HTTPError as error:
                    self.wrong.append(repr(error))
                    continue
                body = response.json()
                if response.status_code != 200 or body["output"]["version"] != body["release"]:
                    self.wrong.append(response.text)
                else:
                    self.answers[body["release"]] += 1


def test_releases_change_hands_without_one_failed_call(owner: Owner, apps: ServedApps) -> None:
    with Load(apps.url) as load:
        eventually(lambda: load.answers["1.0.0"])
        owner.deploy("1.1.0")
        eventually(lambda: load.answers["1.1.0"])
        for version in ("1.0.0", "1.1.0", "1.0.0", "1.1.0", "1.0.0"):
            before = load.answers[version]
            owner.activate(version)
            eventually(lambda version=version, before=before: load.answers[version] > before + 20)  # type: ignore[misc]  # mypy cannot infer a lambda with defaults
        owner.deploy("2.0.0")
        eventually(lambda: load.answers["2.0.0"] > 20)
    assert load.wrong == []
    assert sum(load.answers.values()) > 100


def test_a_release_that_is_rolled_back_finishes_its_calls(owner: Owner, apps: ServedApps) -> None:
    owner.deploy("1.1.0")
    eventually(lambda: apps.client.post(PATH, json={"x": 1}).json()["release"] == "1.1.0")
    slow = apps.client.post(PATH, json={"x": 2000}, headers={"prefer": "respond-async"}).headers["location"]
    owner.activate("1.0.0")
    eventually(lambda: apps.client.post(PATH, json={"x": 1}).json()["release"] == "1.0.0")
    answer = apps.client.get(slow, headers={"prefer": "wait=20"}).json()
    assert (answer["status"], answer["output"]) == ("succeeded", {"version": "1.1.0"})


def test_access_limits_and_sites_hold_within_a_second(owner: Owner, apps: ServedApps) -> None:
    def status(path: str = PATH, x: int = 1, **headers: str) -> int:
        return apps.client.post(path, json={"x": x}, headers=headers).status_code

    assert status() == 200
    link = owner.change(access=AppAccess.LINK).link
    eventually(lambda: status() == 404)
    assert status(f"/run/~{link}/ada/digits") == 200
    owner.platform.serving.renew_link(owner.actor, owner.project)
    eventually(lambda: status(f"/run/~{link}/ada/digits") == 404)
    owner.change(access=AppAccess.SIGNED_IN)
    eventually(lambda: status() == 401)
    owner.change(access="project", limits={"timeout": 0.5, "body_bytes": 2000}, origins=["https://example.org"])
    eventually(lambda: status() == 200)
    assert status(x=20_000) == 504
    assert apps.client.post(PATH, content=b" " * 3000).status_code == 413
    answer = apps.client.post(PATH, json={"x": 1}, headers={"origin": "https://example.org"})
    assert answer.headers["access-control-allow-origin"] == "https://example.org"


def test_calls_are_counted_and_failures_told_to_the_owner(platform: Platform, owner: Owner, tmp_path: Path) -> None:
    owner.deploy("1.0.0")
    directory = CachedAppDirectory(platform.apps, SystemClock())
    with served(tmp_path / "served", directory=directory, records=platform.call_records) as apps:
        statuses = [apps.client.post(PATH, json={"x": x}).status_code for x in (1, 2, 3, -1)]
        assert statuses == [200, 200, 200, 500]
        assert apps.client.post(PATH, json={"x": "no number"}).status_code == 422
        owner.change(keep_inputs=True)
        eventually(lambda: platform.apps.find("ada", "digits", None).keep_inputs)  # type: ignore[union-attr]  # it is deployed
        eventually(lambda: apps.on_loop(directory.find("ada", "digits", None)).keep_inputs)  # type: ignore[union-attr]
        assert apps.client.post(PATH, json={"x": 41}).status_code == 200
    with platform.database.read() as connection:  # the platform's clock stands still in the past
        tallies = CallRepository(connection).tallies(owner.project.id, platform.clock.now().replace(year=2000))
    stats = add_up(tallies, Period.HOUR)
    assert (stats.total.calls, stats.total.errors) == (5, 1)
    assert stats.total.p50_ms is not None
    kept, failed = platform.serving.recent_calls(owner.actor, owner.project)
    assert (kept.code, kept.inputs) == ("", '{"x":41}')
    assert (failed.code, failed.message, failed.inputs) == ("handler_failed", "ValueError: x is negative", None)
    assert 'raise ValueError("x is negative")' in failed.trace


def test_a_worker_does_not_run_other_files_than_were_deployed(owner: Owner, apps: ServedApps) -> None:
    deployed = owner.platform.apps.find("ada", "digits", None)
    assert deployed is not None
    source = deployed.folder / "handler.py"
    source.chmod(0o644)
    source.write_text(source.read_text().replace("1.0.0", "6.6.6"))
    answer = apps.client.post(PATH, json={"x": 1})
    assert answer.json()["code"] == "app_not_starting"
    assert "damaged" in answer.json()["detail"]
    assert "handler.py" not in answer.text, "its owner's log says which"
    assert "handler.py" in apps.pool.log_path(owner.project.id).read_text()
    owner.deploy("1.0.1")
    assert eventually(lambda: apps.client.post(PATH, json={"x": 1}).json().get("output")) == {"version": "1.0.1"}
