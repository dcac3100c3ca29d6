"""Every route says who may call it, and means it."""

from typing import Any

import pytest
from support.asgi import bearer, cookie
from support.routes import HIDDEN, SECRET, Route, Town, routes_of

from openmo.accounts.rights import RIGHTS
from openmo.web.policy import Rule
from openmo.web.security import check_csrf

OPEN_CHANGES = {"POST /sign-out"}
"""What a visitor may send: signing out twice is no error."""
ELSEWHERE = {"GET /oauth_callback", "GET /language/{tag}", "GET /.openmo/enter"}
"""What needs more than an owner: a code, a tag, a ticket. Each has tests of its own."""
ANSWERS = {"POST /api/v1/projects/{owner}/{name}/call-token", "POST /projects/{owner}/{name}/use/token"}
"""What changes nothing, and is for everybody who may see the project, or call its app."""


def _intruders(town: Town) -> dict[str, dict[str, str]]:
    return {
        "a visitor": {},
        "bob": bearer(town.bob),
        "bob's browser": cookie(town.bob),
        "ada's other project": bearer(town.ada_elsewhere),
        "an expired cookie": cookie("expired"),
    }


def rules_of(route: Route) -> list[Rule]:
    return [call for call in route.calls if isinstance(call, Rule)]


def test_every_route_names_one_right_of_the_table(town: Town) -> None:
    routes = list(routes_of(town.app))
    assert len(routes) > 60
    assert [str(route) for route in routes if len(rules_of(route)) != 1] == []
    assert [str(route) for route in routes for rule in rules_of(route) if (rule.kind, rule.verb) not in RIGHTS] == []


def test_every_change_checks_the_csrf_token(town: Town) -> None:
    assert [str(route) for route in routes_of(town.app) if route.changes and check_csrf not in route.calls] == []


def test_changes_are_for_people_who_are_signed_in(town: Town) -> None:
    unguarded = {
        str(route)
        for route in routes_of(town.app)
        for rule in rules_of(route)
        if route.changes and RIGHTS[rule.kind, rule.verb].open_to_guests
    }
    assert unguarded <= OPEN_CHANGES


def test_no_other_door_is_open(town: Town) -> None:
    """What routes_of leaves out is known, and neither mounts nor sockets appear unnoticed."""
    assert town.client.get("/docs").status == 404
    assert town.client.get("/redoc").status == 404
    paths = set(town.client.get("/api/openapi.json").json["paths"])
    assert all(path.startswith("/api/v1/") for path in paths)
    assert not any(type(route).__name__.endswith("WebSocketRoute") for route in town.app.routes)


def test_nothing_private_leaks_and_private_reads_as_absent(town: Town) -> None:
    wrong: list[str] = []
    nobody = {str(route): town.request(route, "absent", {}) for route in routes_of(town.app) if route.of_project}
    for who, headers in _intruders(town).items():
        for route in routes_of(town.app):
            if not route.of_project:
                continue
            private = town.request(route, town.private, headers)
            stranger = who in ("a visitor", "an expired cookie")
            absent = nobody[str(route)] if stranger else town.request(route, "absent", headers)
            if SECRET in private.text or HIDDEN in private.text:
                wrong.append(f"{who}, {route}: {private.text[:200]}")
            if private.status not in (401, 403, 404):
                wrong.append(f"{who}, {route}: {private.status}")
            if _normal(private.text, "secret") != _normal(absent.text, "absent") or private.status != absent.status:
                wrong.append(f"{who}, {route}: {private.status} {absent.status} {private.text[:300]}")
    assert wrong == []


def test_lists_and_public_pages_show_nothing_private(town: Town) -> None:
    wrong: list[str] = []
    for who, headers in _intruders(town).items():
        own = who == "ada's other project"  # it may use ada's datasets, since its kernel can
        for route in routes_of(town.app):
            if route.changes:
                continue
            answer = town.request(route, town.public, headers)
            if SECRET in answer.text or (HIDDEN in answer.text and not own) or answer.status >= 500:
                wrong.append(f"{who}, {route}: {answer.status} {answer.text[:300]}")
            if not own and route.of_project and "ada/concealed" in answer.text:
                wrong.append(f"{who}, {route} names a private import")
    assert wrong == []


@pytest.mark.parametrize("kind", ["datasets", "modules"])
def test_private_datasets_and_modules_read_as_absent(town: Town, kind: str) -> None:
    route = Route(method="GET", path=f"/api/v1/{kind}/{{owner}}/{{name}}", calls=())
    page = Route(method="GET", path=f"/{kind}/{{owner}}/{{name}}", calls=())
    for headers in ({}, bearer(town.bob)):
        for one in (route, page):
            private, absent = (town.request(one, name, headers) for name in ("concealed", "absent"))
            assert (private.status, absent.status) == (404, 404)
            assert _normal(private.text, "concealed") == _normal(absent.text, "absent")
    assert town.request(route, "concealed", bearer(town.ada)).status == 200


def test_intruders_change_nothing(town: Town) -> None:
    before = town.rows()
    wrong: list[str] = []
    for who, headers in _intruders(town).items():
        browser = "cookie" in headers
        csrf = {"x-csrf-token": _csrf(town, headers)} if browser or not headers else {}
        for route in routes_of(town.app):
            if not (route.changes and (route.of_project or "{owner}" in route.path)):
                continue
            for project in (town.public, town.private):
                answer = town.request(route, project, {**headers, **csrf})
                allowed = str(route) in ANSWERS and project is town.public and who.startswith("bob")
                if answer.status not in (401, 403, 404) and not allowed:
                    wrong.append(f"{who}, {route}: {answer.status} {answer.text[:300]}")
    assert wrong == []
    assert town.rows() == before
    assert (town.platform.servers.started, town.platform.servers.stopped) == ([], [])


@pytest.mark.parametrize("body", [{"json_body": []}, {"json_body": {"none such": []}}, {"form": {"none": "such"}}])
def test_who_may_not_is_told_so_whatever_they_send(town: Town, body: dict[str, Any]) -> None:
    """The right is asked for before what was sent is looked at, which is nothing of theirs to be told about."""
    wrong: list[str] = []
    asked = 0
    for who, headers in {"bob": bearer(town.bob), "ada's other project": bearer(town.ada_elsewhere)}.items():
        for route in routes_of(town.app):
            if not (route.changes and "{owner}" in route.path) or str(route) in ANSWERS:
                continue
            answer = town.request(route, town.public, headers, body=body)
            asked += 1
            if answer.status not in (401, 403, 404):
                wrong.append(f"{who}, {route}: {answer.status} {answer.text[:200]}")
    assert wrong == []
    assert asked > 100


def test_the_owner_may(town: Town) -> None:
    wrong: list[str] = []
    for route in routes_of(town.app):
        if route.changes or "~{link}" in route.path or str(route) in ELSEWHERE:
            continue
        name = "concealed" if "/datasets/{owner}" in route.path or "/modules/{owner}" in route.path else town.private
        headers = bearer(town.ada) if route.api else cookie(town.ada)
        answer = town.request(route, name, headers)
        if answer.status not in (200, 303):
            wrong.append(f"{route}: {answer.status} {answer.text[:300]}")
    assert wrong == []


def test_looking_changes_nothing(town: Town) -> None:
    before = town.rows()
    for route in routes_of(town.app):
        if not route.changes:
            town.request(route, town.private, cookie(town.ada))
    assert town.rows() == before
    assert (town.platform.servers.started, town.platform.servers.stopped) == ([], [])


def test_tokens_in_addresses_are_not_looked_at(town: Town) -> None:
    for parameter in ("token", "access_token", "api_key", "openmo_session", "authorization"):
        answer = town.client.get(f"/api/v1/me?{parameter}={town.ada}")
        assert answer.json["name"] is None
        path = f"/api/v1/projects/ada/secret?{parameter}={town.ada}"
        assert town.client.get(path).status == 404


@pytest.mark.parametrize(
    "header", ["Bearer", "Bearer ", "Basic YWRhOmFkYQ==", "Bearer wrong", "Digest x", "", "token "]
)
def test_a_wrong_authorization_is_refused_even_beside_a_right_cookie(town: Town, header: str) -> None:
    answer = town.client.get("/api/v1/me", headers={**cookie(town.ada), "authorization": header})
    assert answer.status == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_the_server_of_a_deleted_project_has_no_access_left(fresh_town: Town) -> None:
    assert fresh_town.client.get("/api/v1/me", headers=bearer(fresh_town.ada_elsewhere)).status == 200
    fresh_town.platform.projects.remove_row(fresh_town.other)
    answer = fresh_town.client.get("/api/v1/me", headers=bearer(fresh_town.ada_elsewhere))
    assert answer.status == 401
    assert "deleted" in answer.json["detail"]


@pytest.mark.parametrize("name", ["openmo", "学生", "a b", "-dash", "x" * 70])
def test_a_name_that_can_be_no_account_is_told_what_is_wrong_with_it(town: Town, name: str) -> None:
    token = town.identity.token(name)
    answer = town.client.get("/api/v1/me", headers=bearer(token))
    assert answer.status == 401
    assert repr(name) in answer.json["detail"]
    assert "valid" in answer.json["detail"]
    assert town.client.get("/", headers=cookie(token)).status == 200, "in a browser it is nobody's"


def _csrf(town: Town, headers: dict[str, str]) -> str:
    page = town.client.get("/", headers={**headers, "accept": "text/html"}).text
    _, _, rest = page.partition('name="csrf_token" value="')
    if not rest:
        _, _, rest = page.partition('csrf-token" content="')
    return rest.partition('"')[0]


def _normal(text: str, name: str) -> str:
    """The answer without what each answer has of its own."""
    return text.replace(name, "NAME")
