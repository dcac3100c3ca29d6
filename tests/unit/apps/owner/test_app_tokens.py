"""Tokens that call one app: made, seen and withdrawn by those alone who may edit it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from support.asgi import Answer, Client, Headers, bearer, cookie
from support.identity import MemoryIdentity
from support.platform import HANDLER, Platform

from openmo.core.visibility import Visibility

PATH = "/api/v1/projects/ada/digits/app/tokens"


@dataclass
class Site:
    client: Client
    identity: MemoryIdentity
    platform: Platform

    def make(self, who: Headers, **draft: Any) -> Answer:
        return self.client.post(PATH, headers=who, json_body={"note": "a robot", **draft})

    def listed(self, who: Headers) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.client.get(PATH, headers=who).json["items"]
        return items


@pytest.fixture
def site(platform: Platform) -> Iterator[Site]:
    platform.project("ada", "digits", files={"handler.py": HANDLER}, visibility=Visibility.PUBLIC)
    platform.account("bob")
    identity = MemoryIdentity()
    site = Site(Client(platform.app(identity)), identity, platform)
    yield site
    site.client.close()


def test_the_owner_makes_sees_and_withdraws_them(site: Site) -> None:
    ada = bearer(site.identity.token("ada"))
    forever, month = site.make(ada), site.make(ada, note="for\na month", days=30)
    assert (forever.status, month.status) == (201, 201)
    assert forever.json["token"] != month.json["token"]
    assert forever.json["expires_at"] > month.json["expires_at"]
    listed = site.listed(ada)
    assert [token["note"] for token in listed] == ["for a month", "a robot"]
    assert not any("token" in token for token in listed), "a secret is shown once"
    assert site.client.ask("DELETE", f"{PATH}/{forever.json['id']}", headers=ada).status == 204
    assert site.client.ask("DELETE", f"{PATH}/{forever.json['id']}", headers=ada).status == 404
    assert [token["note"] for token in site.listed(ada)] == ["for a month"]


def test_nobody_else_does(site: Site) -> None:
    made = site.make(bearer(site.identity.token("ada")))
    own_server = site.identity.token("ada", project_slug=site.platform.projects.by_name("ada", "digits").slug)
    for who in ({}, bearer(site.identity.token("bob")), bearer(own_server), cookie(site.identity.token("ada"))):
        assert site.make(who).status in (401, 403, 404)
        assert site.client.ask("DELETE", f"{PATH}/{made.json['id']}", headers=who).status in (401, 403, 404)
    for who in ({}, bearer(site.identity.token("bob")), bearer(own_server)):
        assert site.client.get(PATH, headers=who).status in (401, 403, 404)


@pytest.mark.parametrize(
    "draft",
    [
        {"note": ""},
        {"note": "x" * 101},
        {"note": None},
        {"note": " "},
        {"note": "a\x1b[2Jb"},
        {"days": 0},
        {"days": 10**9},
        {"scopes": ["inherit"]},
    ],
)
def test_wrong_drafts_make_nothing(site: Site, draft: dict[str, Any]) -> None:
    ada = bearer(site.identity.token("ada"))
    assert site.make(ada, **draft).status == 422
    assert site.listed(ada) == []


def test_their_number_is_bounded(site: Site) -> None:
    ada = bearer(site.identity.token("ada"))
    answers = [site.make(ada).status for _ in range(51)]
    assert answers == [201] * 50 + [409]
