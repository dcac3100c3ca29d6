"""What owners decide about a served app."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from support.asgi import Answer, Client, bearer
from support.identity import MemoryIdentity
from support.platform import HANDLER, Platform

from openmo.apps.owner.limits import LimitBounds, effective_limits
from openmo.apps.values import Channel
from openmo.core.errors import Unavailable
from openmo.core.visibility import Visibility
from openmo.projects.values import Project
from openmo.serving.directory import AppAccess, AppLimits, DeployedRelease

API = "/api/v1/projects/ada/digits"


class Served:
    """A deployed app, and its owner's way to the API."""

    def __init__(self, platform: Platform) -> None:
        self.platform = platform
        identity = MemoryIdentity()
        self.client = Client(platform.app(identity))
        self.ada, self.bob = bearer(identity.token("ada")), bearer(identity.token("bob"))
        self.project = self.make("digits", Visibility.PUBLIC)

    def make(self, name: str, visibility: Visibility) -> Project:
        project = self.platform.project("ada", name, files={"handler.py": HANDLER}, visibility=visibility)
        self.deploy(project)
        return project

    def deploy(self, project: Project, **options: Any) -> None:
        self.platform.apps.deploy(self.platform.actor("ada"), project, **options)

    def patch(self, **changes: Any) -> Answer:
        return self.client.ask("PATCH", f"{API}/app/settings", headers=self.ada, json_body=changes)

    def settings(self) -> dict[str, Any]:
        settings: dict[str, Any] = self.client.get(f"{API}/app/settings", headers=self.ada).json
        return settings

    def found(self, version: str | None = None) -> DeployedRelease:
        release = self.platform.apps.find("ada", "digits", version)
        assert release is not None
        return release


@pytest.fixture
def served(platform: Platform) -> Iterator[Served]:
    served = Served(platform)
    yield served
    served.client.close()


def test_defaults(served: Served) -> None:
    settings = served.settings()
    assert (settings["access"], settings["link"], settings["active_version"]) == ("project", None, None)
    assert (settings["origins"], settings["keep_inputs"]) == ([], False)
    assert settings["limits"]["timeout"] == AppLimits().timeout
    assert settings["highest_limits"]["timeout"] == LimitBounds().timeout
    assert served.found().access is AppAccess.PUBLIC
    served.make("hidden", Visibility.PRIVATE)
    hidden = served.platform.apps.find("ada", "hidden", None)
    assert hidden is not None
    assert hidden.access is AppAccess.PRIVATE


@pytest.mark.parametrize("access", list(AppAccess))
def test_access_is_chosen_and_given_back_to_the_project(served: Served, access: AppAccess) -> None:
    assert served.patch(access=access).json["access"] == access
    assert served.found().access is access
    served.deploy(served.project, channel=Channel.DEV)
    assert served.found("dev").access is AppAccess.PRIVATE
    assert served.patch(access="project").json["access"] == "project"
    assert served.found().access is AppAccess.PUBLIC


def test_a_link_is_unguessable_and_renewed(served: Served) -> None:
    first = served.patch(access="link").json["link"]
    assert re.fullmatch(r"/run/~[A-Za-z0-9_-]{43}/ada/digits", first)
    assert served.found().link in first
    assert served.patch(keep_inputs=True).json["link"] == first
    second = served.client.post(f"{API}/app/link", headers=served.ada).json["link"]
    assert second != first
    assert served.found().link in second
    assert served.patch(access="private").json["link"] is None
    assert served.patch(access="link").json["link"] not in (first, second, None)
    assert served.found().link not in repr(served.found())


def test_limits_hold_within_the_administrators(served: Served) -> None:
    answer = served.patch(limits={"timeout": 120, "workers": 4, "body_bytes": 1 << 20})
    assert answer.status == 200
    assert served.found().limits == replace(AppLimits(), timeout=120, workers=4, body_bytes=1 << 20)
    assert served.patch(limits={"timeout": None, "workers": 2}).status == 200
    assert served.found().limits == replace(AppLimits(), workers=2, body_bytes=1 << 20)
    assert served.patch(limits={"workers": None, "body_bytes": None}).status == 200
    assert served.found().limits == AppLimits()
    lowered = LimitBounds(timeout=5.0, memory_bytes=1 << 30)
    assert effective_limits({"timeout": 120}, lowered) == replace(AppLimits(), timeout=5.0, memory_bytes=1 << 30)


@pytest.mark.parametrize(
    "changes",
    [
        {"access": "everybody"},
        {"access": ""},
        {"limits": {"timeout": 601}},
        {"limits": {"timeout": 0}},
        {"limits": {"timeout": "10"}},
        {"limits": {"timeout": True}},
        {"limits": {"workers": 1.5}},
        {"limits": {"workers": 0}},
        {"limits": {"memory_bytes": 1 << 60}},
        {"limits": {"queue": -1}},
        {"limits": {"speed": 1}},
        {"origins": ["example.org"]},
        {"origins": ["https://example.org/path"]},
        {"origins": ["https://example.org\r\nx: y"]},
        {"origins": ["null"]},
        {"origins": ["https://*.example.org"]},
        {"origins": [f"https://{n}.example.org" for n in range(21)]},
        {"keep_inputs": "perhaps"},
        {"colour": "red"},
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(served: Served, changes: dict[str, Any]) -> None:
    before = served.settings()
    assert served.patch(**{"keep_inputs": True, **changes}).status == 422
    assert served.settings() == before


def test_origins(served: Served) -> None:
    listed = ["https://example.org", "http://localhost:3000", "https://[::1]:8443"]
    assert served.patch(origins=[*listed, listed[0]]).json["origins"] == listed
    assert served.found().origins == tuple(listed)


def test_rolling_back_and_forward(served: Served) -> None:
    served.deploy(served.project)
    served.deploy(served.project, channel=Channel.DEV)
    assert served.found().version == "1.1.0"
    answer = served.client.post(f"{API}/releases/1.0.0/activate", headers=served.ada)
    assert (answer.status, answer.json["version"]) == (200, "1.0.0")
    assert served.found().version == "1.0.0"
    shown = served.platform.apps.current(served.platform.actor("bob"), served.project)
    assert shown is not None
    assert shown.version == "1.0.0"
    assert served.settings()["active_version"] == "1.0.0"
    served.client.post(f"{API}/releases/1.1.0/activate", headers=served.ada)
    assert served.found().version == "1.1.0"
    served.client.post(f"{API}/releases/1.0.0/activate", headers=served.ada)
    served.deploy(served.project)
    assert served.found().version == "1.2.0", "what is deployed now shall answer"
    assert served.client.post(f"{API}/releases/9.0.0/activate", headers=served.ada).status == 404
    assert served.client.post(f"{API}/releases/dev/activate", headers=served.ada).status == 409
    assert served.found().version == "1.2.0"


def test_settings_are_the_owners_alone(served: Served) -> None:
    paths = ("app/settings", "app/stats", "app/calls", "app/log")
    assert [served.client.get(f"{API}/{path}", headers=served.bob).status for path in paths] == [403] * 4
    assert [served.client.get(f"{API}/{path}").status for path in paths] == [401] * 4
    assert served.client.ask("PATCH", f"{API}/app/settings", headers=served.bob, json_body={}).status == 403
    for path in ("app/link", "releases/1.0.0/activate"):
        assert served.client.post(f"{API}/{path}", headers=served.bob).status == 403


def test_public_releases_are_listed_in_order_and_in_pages(served: Served) -> None:
    for name in ("b-app", "a-app"):
        served.make(name, Visibility.PUBLIC)
    served.make("hidden", Visibility.PRIVATE)
    served.platform.project("ada", "undeployed", visibility=Visibility.PUBLIC)
    only_dev = served.platform.project("ada", "dev-only", files={"handler.py": HANDLER}, visibility=Visibility.PUBLIC)
    served.deploy(only_dev, channel=Channel.DEV)
    apps = served.platform.apps
    assert [release.app for release in apps.public_releases()] == ["a-app", "b-app", "digits"]
    assert [release.app for release in apps.public_releases(after=("ada", "a-app"), limit=1)] == ["b-app"]
    served.patch(access="link")
    assert [release.app for release in apps.public_releases()] == ["a-app", "b-app"]
    actor, hidden = served.platform.actor("ada"), served.platform.projects.by_name("ada", "hidden")
    served.platform.serving.change(actor, hidden, _public())
    assert [release.app for release in apps.public_releases()] == ["a-app", "b-app", "hidden"]
    assert all(release.public for release in apps.public_releases())


def test_an_app_that_cannot_answer_now_ends_no_list(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a-app", "b-app"):
        served.make(name, Visibility.PUBLIC)
    apps = served.platform.apps
    find = type(apps).find

    def ailing(self: Any, owner: str, app: str, version: str | None) -> Any:
        if app == "a-app":
            raise Unavailable("Its environment is being built.")
        return find(self, owner, app, version)

    monkeypatch.setattr(type(apps), "find", ailing)
    assert [release.app for release in apps.public_releases(limit=1)] == ["b-app"]
    assert [release.app for release in apps.public_releases(limit=2)] == ["b-app", "digits"]


def _public() -> Any:
    from openmo.apps.owner.settings import SettingsChange

    return SettingsChange(access=AppAccess.PUBLIC)


def test_a_deleted_project_leaves_nothing(served: Served) -> None:
    served.patch(access="link")
    served.platform.apps.delete_all(served.platform.actor("ada"), served.project)
    served.platform.projects.remove_row(served.project)
    assert served.platform.apps.find("ada", "digits", None) is None
