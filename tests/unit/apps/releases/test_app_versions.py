"""An app's releases as its owner sees and manages them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from support.asgi import Answer, Client, bearer
from support.identity import MemoryIdentity
from support.platform import HANDLER, Platform

from openmo.apps.values import Channel, Release
from openmo.core.visibility import Visibility
from openmo.serving.directory import DeployedRelease
from openmo.serving.trial import TrialOutcome

API = "/api/v1/projects/ada/digits"
OTHER = (
    'def handle(conf):\n    a = conf["a"]  # value_type: str\n    c = conf["c"]  # value_type: int\n'
    '    return {"b": a}  # value_type: int\n'
)


class Served:
    """Ada's public app, and the way to its API."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        identity = MemoryIdentity()
        self.client = Client(platform.app(identity))
        self.ada, self.bob = bearer(identity.token("ada")), bearer(identity.token("bob"))
        self.actor = platform.actor("ada")
        files = {"handler.py": HANDLER, "labels.txt": "a b"}
        self.project = platform.project("ada", "digits", files=files, visibility=Visibility.PUBLIC)

    def deploy(self, **options: Any) -> Release:
        return self.platform.apps.deploy(self.actor, self.project, **options)

    def ask(self, method: str, path: str, **options: Any) -> Answer:
        return self.client.ask(method, f"{API}/{path}", **{"headers": self.ada, **options})

    def versions(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET", "app/versions").json["items"]
        return found

    def answering(self, version: str | None = None) -> str | None:
        release = self.platform.apps.find("ada", "digits", version)
        return None if release is None else release.version


@pytest.fixture
def served(platform: Platform) -> Iterator[Served]:
    served = Served(platform)
    yield served
    served.client.close()


@pytest.mark.both_databases
def test_versions_say_what_changed_and_which_one_answers(served: Served) -> None:
    assert served.versions() == []
    served.deploy()
    workspace = served.platform.workspace(served.project)
    (workspace / "app_spec.yml").unlink()
    (workspace / "labels.txt").unlink()
    served.platform.write(served.project, {"handler.py": OTHER, "model.bin": "0"})
    served.deploy(notes="takes text")
    served.deploy(channel=Channel.DEV)
    dev, second, first = served.versions()
    assert [item["version"] for item in (dev, second, first)] == ["dev", "1.1.0", "1.0.0"]
    assert [item["answers"] for item in (dev, second, first)] == [False, True, False]
    assert first["changes"] is None
    assert (second["changes"]["before"], second["notes"]) == ("1.0.0", "takes text")
    assert second["changes"]["files"] == {
        "added": ["model.bin"],
        "removed": ["labels.txt"],
        "changed": ["app_spec.yml", "handler.py"],
    }
    assert second["changes"]["inputs"] == {"added": ["c"], "removed": [], "changed": ["a"]}
    assert dev["changes"] == {"before": "1.1.0", **dict.fromkeys(("files", "inputs", "outputs"), _NOTHING)}
    folder = served.platform.apps.find("ada", "digits", None)
    assert folder is not None
    assert second["files"] == sum(path.is_file() for path in folder.folder.rglob("*"))
    assert second["bytes"] > len(OTHER)
    assert served.ask("GET", "app/versions", headers=served.bob).status == 403


_NOTHING: dict[str, list[str]] = {"added": [], "removed": [], "changed": []}


@pytest.mark.both_databases
def test_what_does_not_answer_can_be_deleted_and_its_version_stays_used(served: Served) -> None:
    first, second = served.deploy(), served.deploy()
    releases = served.platform.folder.releases
    refused = served.ask("DELETE", "releases/1.1.0")
    assert (refused.status, refused.json["code"]) == (409, "conflict")
    assert served.ask("DELETE", "releases/1.0.0", headers=served.bob).status == 403
    assert served.ask("DELETE", "releases/9.0.0").status == 404
    assert served.ask("POST", "releases/1.0.0/activate").status == 200
    assert served.ask("DELETE", "releases/1.1.0").status == 204
    assert (releases / first.id).is_dir()
    assert not (releases / second.id).exists()
    assert [item["version"] for item in served.versions()] == ["1.0.0"]
    assert served.answering("1.1.0") is None
    assert served.ask("DELETE", "releases/1.1.0").status == 404
    again = served.ask("POST", "releases", json_body={"version": "1.1.0"})
    assert (again.status, again.json["field"]) == (422, "version")
    assert served.deploy().version == "1.2.0"


@pytest.mark.both_databases
def test_a_deleted_project_takes_its_deleted_releases_along(served: Served) -> None:
    served.deploy()
    served.deploy()
    assert served.ask("DELETE", "releases/1.0.0").status == 204
    served.platform.apps.delete_all(served.actor, served.project)
    served.platform.projects.remove_row(served.project)
    assert list(served.platform.folder.releases.iterdir()) == []


def test_the_development_version_is_deleted_too(served: Served) -> None:
    dev = served.deploy(channel=Channel.DEV)
    assert served.ask("DELETE", "releases/dev").status == 204
    assert not (served.platform.folder.releases / dev.id).exists()
    assert served.deploy(channel=Channel.DEV).version == "dev"


def test_an_app_is_taken_down_and_put_back(served: Served) -> None:
    served.deploy()
    served.deploy()
    assert served.ask("PATCH", "app/settings", json_body={"suspended": True}).json["suspended"] is True
    found = served.platform.apps.find("ada", "digits", None)
    assert found is not None
    assert (found.suspended, found.public) == (True, False)
    assert served.platform.apps.public_releases() == ()
    assert served.platform.apps.live() == frozenset()
    assert served.platform.apps.current(served.actor, served.project) is None
    assert [item["answers"] for item in served.versions()] == [False, False]
    served.deploy(channel=Channel.DEV)
    dev = served.platform.apps.find("ada", "digits", "dev")
    assert dev is not None
    assert not dev.suspended, "its owner may go on trying"
    assert served.ask("DELETE", "releases/1.1.0").status == 204, "nothing answers, so all may go"
    assert served.ask("PATCH", "app/settings", json_body={"suspended": False}).status == 200
    assert [release.version for release in served.platform.apps.public_releases()] == ["1.0.0"]
    assert served.platform.apps.live() == {served.project.id}


def test_deploying_or_activating_puts_an_app_back(served: Served) -> None:
    served.deploy()
    for resume in (lambda: served.ask("POST", "releases/1.0.0/activate"), served.deploy):
        served.ask("PATCH", "app/settings", json_body={"suspended": True})
        resume()
        found = served.platform.apps.find("ada", "digits", None)
        assert found is not None
        assert not found.suspended


@dataclass
class Meanwhile:
    """A trial that gives the owner time to do something."""

    act: Callable[[], object]

    def call(self, _release: DeployedRelease, _inputs: Mapping[str, Any]) -> TrialOutcome:
        self.act()
        return TrialOutcome()


def test_an_app_that_is_taken_down_during_a_deploy_stays_down(served: Served) -> None:
    served.deploy()
    served.deploy(channel=Channel.DEV)
    suspend = Meanwhile(lambda: served.ask("PATCH", "app/settings", json_body={"suspended": True}))
    apps = served.platform.apps_with(suspend)
    for deploy in (apps.deploy, apps.promote):
        release = deploy(served.actor, served.project)
        found = served.platform.apps.find("ada", "digits", None)
        assert found is not None
        assert (found.version, found.suspended) == (release.version, True)
        served.ask("PATCH", "app/settings", json_body={"suspended": False})


def test_a_deploy_answers_also_after_a_rollback_during_it(served: Served) -> None:
    served.deploy()
    served.deploy()
    roll_back = Meanwhile(lambda: served.ask("POST", "releases/1.0.0/activate"))
    served.platform.apps_with(roll_back).deploy(served.actor, served.project)
    assert served.answering() == "1.2.0"


@pytest.mark.parametrize("replaced", [False, True])
@pytest.mark.both_databases
def test_what_was_deleted_is_not_released(served: Served, monkeypatch: pytest.MonkeyPatch, replaced: bool) -> None:
    served.deploy(channel=Channel.DEV)
    link_tree = served.platform.store.link_tree

    def first_delete(digest: str, target: Path) -> None:
        monkeypatch.undo()
        if replaced:
            served.deploy(channel=Channel.DEV)
        else:
            served.platform.serving.delete_release(served.actor, served.project, "dev")
        link_tree(digest, target)

    monkeypatch.setattr(served.platform.store, "link_tree", first_delete)
    assert served.ask("POST", "app/promote", json_body={}).status == (409 if replaced else 404)
    assert [item["version"] for item in served.versions()] == (["dev"] if replaced else [])
    served.platform.apps.sweep()
    assert len(list(served.platform.folder.releases.iterdir())) == (1 if replaced else 0)


def test_files_that_no_release_owns_are_swept(served: Served) -> None:
    releases = served.platform.folder.releases
    (releases / ".unfinished").mkdir()
    served.platform.apps.sweep()
    assert (releases / ".unfinished").exists(), "the folder of another database"
    first, second = served.deploy(), served.deploy()
    deleted = (releases / first.id).rename(releases.parent / "kept")
    assert served.ask("DELETE", "releases/1.0.0").status == 204
    deleted.rename(releases / first.id)  # as if the server had stopped before its folder went
    served.platform.apps.sweep()
    assert [folder.name for folder in releases.iterdir()] == [second.id]


def test_the_development_version_becomes_a_release_as_it_was_tried(served: Served) -> None:
    assert served.ask("POST", "app/promote", json_body={}).status == 404
    served.platform.samples()
    dataset = served.platform.datasets.get(served.actor, "openmo", "iris")
    served.platform.imports.import_dataset(served.actor, served.project, dataset)
    dev = served.deploy(channel=Channel.DEV, notes="tried")
    served.platform.imports.remove_dataset(served.actor, served.project, dataset)
    served.platform.write(served.project, {"handler.py": "broken", "labels.txt": "other"})
    made = served.ask("POST", "app/promote", json_body={})
    assert (made.status, made.json["version"], made.json["notes"]) == (201, "1.0.0", "tried")
    found = served.platform.apps.find("ada", "digits", None)
    assert found is not None
    assert found.version == "1.0.0"
    assert (found.folder / "labels.txt").read_text() == "a b"
    assert (found.folder / "datasets" / "openmo-iris" / "data.csv").exists()
    assert found.folder != served.platform.folder.releases / dev.id
    assert served.answering("dev") == "dev"
    assert served.ask("POST", "app/promote", json_body={"version": "0.1.0"}).status == 422
    assert served.ask("POST", "app/promote", json_body={}, headers=served.bob).status == 403
