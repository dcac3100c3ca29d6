"""Who gets through to an app, by which way, and from which web sites."""

from collections.abc import Iterator
from typing import Any

import pytest
from support.served_apps import ServedApps, served

from openmo.identity.caller import Caller
from openmo.serving.directory import AppAccess, DeployedRelease

ADDER = "def handle(conf):\n    return {'ret': conf['x'] + 1}\n"
SECRET = "s3cret" * 7
SITE = "https://example.org"


@pytest.fixture(scope="module")
def apps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApps]:
    callers = {
        "ada-token": Caller(name="ada"),
        "bob-token": Caller(name="bob"),
        "root-token": Caller(name="root", admin=True),
        "lab-token": Caller(name="bob", project_slug="some-project"),
        "ada-lab-token": Caller(name="ada", project_slug="some-project"),
        "ada-robot": Caller(name="ada", apps=frozenset({"ada/robot"})),
        "bob-robot": Caller(name="bob", apps=frozenset({"ada/robot", "ada/other"})),
        "root-robot": Caller(name="root", admin=True, apps=frozenset({"ada/robot"})),
    }
    with served(tmp_path_factory.mktemp("access"), callers=callers) as running:
        yield running


def deploy(apps: ServedApps, access: AppAccess, **options: Any) -> DeployedRelease:
    return apps.deploy(ADDER, inputs={"x": "int"}, outputs={"ret": "int"}, access=access, **options)


def statuses(apps: ServedApps, release: DeployedRelease, prefix: str = "/run", **headers: str) -> dict[str, int]:
    path = f"{prefix}/{release.owner}/{release.app}"
    tokens = (None, "ada-token", "root-token", "bob-token", "lab-token", "ada-lab-token", "wrong")
    answers: dict[str, int] = {}
    for token in tokens:
        sent = headers if token is None else {**headers, "authorization": f"Bearer {token}"}
        call = apps.client.post(path, json={"x": 1}, headers=sent).status_code
        assert apps.client.get(f"{path}/openapi.json", headers=sent).status_code == call
        answers[token or "nobody"] = call
    return answers


def everybody(status: int, **others: int) -> dict[str, int]:
    names = ("nobody", "ada-token", "root-token", "bob-token", "lab-token", "ada-lab-token", "wrong")
    return {**dict.fromkeys(names, status), **{name.replace("_", "-"): code for name, code in others.items()}}


def test_public(apps: ServedApps) -> None:
    assert statuses(apps, deploy(apps, AppAccess.PUBLIC)) == everybody(200)


def test_private(apps: ServedApps) -> None:
    expected = everybody(404, ada_token=200, root_token=200)
    assert statuses(apps, deploy(apps, AppAccess.PRIVATE)) == expected
    assert statuses(apps, deploy(apps, AppAccess.PUBLIC, channel="dev")) == expected


def test_an_app_that_was_taken_down_says_so_to_those_who_may_call_it(apps: ServedApps) -> None:
    assert statuses(apps, deploy(apps, AppAccess.PUBLIC, suspended=True)) == everybody(410)
    owner_only = everybody(404, ada_token=410, root_token=410)
    assert statuses(apps, deploy(apps, AppAccess.PRIVATE, suspended=True)) == owner_only
    hidden = deploy(apps, AppAccess.LINK, link=SECRET, suspended=True)
    assert statuses(apps, hidden) == owner_only
    assert apps.client.post(f"/run/~{SECRET}/ada/{hidden.app}", json={"x": 1}).json()["code"] == "app_suspended"


def test_signed_in(apps: ServedApps) -> None:
    release = deploy(apps, AppAccess.SIGNED_IN)
    assert statuses(apps, release) == everybody(401, ada_token=200, root_token=200, bob_token=200)
    assert apps.call(release, {"x": 1}).headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("access", [AppAccess.SIGNED_IN, AppAccess.LINK, AppAccess.PUBLIC])
def test_development_releases_are_their_owners_whatever_the_access(apps: ServedApps, access: AppAccess) -> None:
    release = deploy(apps, access, channel="dev", link=SECRET)
    expected = everybody(404, ada_token=200, root_token=200)
    assert statuses(apps, release) == expected
    assert statuses(apps, release, f"/run/~{SECRET}") == expected


def test_link(apps: ServedApps) -> None:
    release = deploy(apps, AppAccess.LINK, link=SECRET)
    owner_only = everybody(404, ada_token=200, root_token=200)
    assert statuses(apps, release) == owner_only
    assert statuses(apps, release, f"/run/~{SECRET}") == everybody(200)
    assert statuses(apps, release, **{"x-app-link": SECRET}) == everybody(200)
    for wrong in (SECRET[:-1], SECRET + "a", "", "é", SECRET.upper()):
        assert statuses(apps, release, f"/run/~{wrong}")["nobody"] == 404
    assert apps.client.post(f"/run/{release.owner}/{release.app}?link={SECRET}", json={"x": 1}).status_code == 404


ROBOTS = ("ada-robot", "bob-robot", "root-robot")
"""Tokens for one app; of its owner, of somebody else, and of an administrator."""


def robots(apps: ServedApps, release: DeployedRelease, prefix: str = "/run") -> list[int]:
    path = f"{prefix}/{release.owner}/{release.app}"
    answers = []
    for token in ROBOTS:
        headers = {"authorization": f"Bearer {token}"}
        answers.append(apps.client.post(path, json={"x": 1}, headers=headers).status_code)
        assert apps.client.get(f"{path}/openapi.json", headers=headers).status_code == answers[-1]
    return answers


@pytest.mark.parametrize(
    ("access", "channel", "statuses"),
    [
        (AppAccess.PRIVATE, "release", [200, 404, 200]),
        (AppAccess.SIGNED_IN, "release", [200, 200, 200]),
        (AppAccess.LINK, "release", [200, 404, 200]),
        (AppAccess.PUBLIC, "dev", [200, 404, 200]),
    ],
)
def test_a_token_for_one_app_opens_that_app_as_its_account_would(
    apps: ServedApps, access: AppAccess, channel: str, statuses: list[int]
) -> None:
    release = deploy(apps, access, channel=channel, link=SECRET, slug="robot")
    assert robots(apps, release) == statuses


@pytest.mark.parametrize("slug", ["", "robo", "robots", "robot/", "ada/robot", "ROBOT"])
@pytest.mark.parametrize("access", [AppAccess.PRIVATE, AppAccess.SIGNED_IN, AppAccess.LINK])
def test_a_token_for_one_app_opens_no_other(apps: ServedApps, access: AppAccess, slug: str) -> None:
    assert robots(apps, deploy(apps, access, link=SECRET, slug=slug)) == [404, 404, 404]
    assert robots(apps, deploy(apps, access, link=SECRET, slug="robot", owner="bob")) == [404, 404, 404]


def test_calls_of_another_app_are_closed_to_a_token_for_one(apps: ServedApps) -> None:
    release = deploy(apps, AppAccess.PRIVATE, slug="not-robot")
    owner = {"authorization": "Bearer ada-token", "prefer": "respond-async"}
    location = apps.call(release, {"x": 1}, headers=owner).headers["location"]
    for token in ROBOTS:
        headers = {"authorization": f"Bearer {token}"}
        for path in (location, f"{location}/events"):
            assert apps.client.get(path, headers=headers).status_code == 404
        assert apps.client.delete(location, headers=headers).status_code == 404


def test_a_link_opens_nothing_while_access_is_not_by_link(apps: ServedApps) -> None:
    release = deploy(apps, AppAccess.PRIVATE, link=SECRET)
    assert statuses(apps, release, f"/run/~{SECRET}") == everybody(404, ada_token=200, root_token=200)
    unset = deploy(apps, AppAccess.LINK)
    assert statuses(apps, unset, "/run/~")["nobody"] == 404
    assert apps.call(unset, {"x": 1}, headers={"x-app-link": ""}).status_code == 404


def test_addresses_that_a_link_leads_to_keep_its_secret(apps: ServedApps) -> None:
    release = deploy(apps, AppAccess.LINK, link=SECRET)
    path = f"/run/~{SECRET}/{release.owner}/{release.app}"
    location = apps.client.post(path, json={"x": 1}, headers={"prefer": "respond-async"}).headers["location"]
    assert location.startswith(f"{path}/calls/")
    assert apps.client.get(location, headers={"prefer": "wait=20"}).json()["output"] == {"ret": 2}
    plain = location.replace(f"/~{SECRET}", "")
    assert apps.client.get(plain).status_code == 404
    document = apps.client.get(f"{path}/openapi.json").json()
    assert list(document["paths"]) == [path, f"{path}/calls/{{call_id}}", f"{path}/calls/{{call_id}}/events"]


PREFLIGHT = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}


def cors(headers: Any) -> dict[str, str]:
    return {name: value for name, value in headers.items() if name.startswith("access-control-")}


def test_listed_sites_may_call_from_browsers(apps: ServedApps) -> None:
    release = deploy(apps, AppAccess.PUBLIC, origins=(SITE,))
    path = f"/run/{release.owner}/{release.app}"
    preflight = apps.client.options(path, headers={"origin": SITE, **PREFLIGHT})
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == SITE
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "content-type" in preflight.headers["access-control-allow-headers"]
    assert "origin" in preflight.headers["vary"]
    for body, status in (({"x": 1}, 200), ({"x": "one"}, 422)):
        answer = apps.client.post(path, json=body, headers={"origin": SITE})
        assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, SITE)
        assert "origin" in answer.headers["vary"]
        assert "location" in answer.headers["access-control-expose-headers"]
    followed = apps.client.post(path, json={"x": 1}, headers={"origin": SITE, "prefer": "respond-async"})
    assert followed.headers["access-control-allow-origin"] == SITE
    call = apps.client.get(followed.headers["location"], headers={"origin": SITE})
    assert call.headers["access-control-allow-origin"] == SITE
    assert "access-control-allow-credentials" not in {**preflight.headers, **call.headers}


@pytest.mark.parametrize(
    "origin",
    ["https://evil.org", "http://example.org", "https://example.org.evil.org", "https://example.org:444", "null", "*"],
)
def test_other_sites_may_not(apps: ServedApps, origin: str) -> None:
    release = deploy(apps, AppAccess.PUBLIC, origins=(SITE,))
    path = f"/run/{release.owner}/{release.app}"
    for answer in (
        apps.client.options(path, headers={"origin": origin, **PREFLIGHT}),
        apps.client.post(path, json={"x": 1}, headers={"origin": origin}),
        apps.client.get(f"{path}/openapi.json", headers={"origin": origin}),
    ):
        assert cors(answer.headers) == {}
        assert "origin" in answer.headers["vary"], "a cache must not hand the answer to a site that is listed"


def test_no_site_is_listed_at_first(apps: ServedApps) -> None:
    release = deploy(apps, AppAccess.PUBLIC)
    path = f"/run/{release.owner}/{release.app}"
    assert cors(apps.client.post(path, json={"x": 1}, headers={"origin": SITE}).headers) == {}
    unknown = apps.client.options("/run/ada/none", headers={"origin": SITE, **PREFLIGHT})
    known = apps.client.options(path, headers={"origin": SITE, **PREFLIGHT})
    assert (unknown.status_code, cors(unknown.headers)) == (known.status_code, cors(known.headers)) == (204, {})


def test_all_sites_can_be_listed(apps: ServedApps) -> None:
    release = deploy(apps, AppAccess.PUBLIC, origins=("*",))
    answer = apps.call(release, {"x": 1}, headers={"origin": "https://any.org"})
    assert answer.headers["access-control-allow-origin"] == "*"


def test_preflights_do_not_tell_private_apps_from_absent_ones(apps: ServedApps) -> None:
    release = deploy(apps, AppAccess.PRIVATE, origins=(SITE,))
    path = f"/run/{release.owner}/{release.app}"
    private = apps.client.options(path, headers={"origin": "https://evil.org", **PREFLIGHT})
    absent = apps.client.options("/run/ada/none", headers={"origin": "https://evil.org", **PREFLIGHT})
    assert dict(private.headers) == dict(absent.headers)
