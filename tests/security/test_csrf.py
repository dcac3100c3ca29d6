"""What changes state was meant by the session's own page."""

import re

from support.asgi import Answer, bearer, cookie
from support.platform import HOST
from support.routes import Route, Town, routes_of

from openmo.web.security import CSRF_HEADER


def csrf_of(town: Town, token: str) -> str:
    """The token in the page that this session gets."""
    page = town.client.get("/workspace", headers={**cookie(token), "accept": "text/html"}).text
    found = re.search(r'name="csrf_token" value="([0-9a-f]{64})"', page) or re.search(r'"([0-9a-f]{64})"', page)
    assert found, "the page carries a CSRF token"
    return found[1]


def changing(town: Town) -> list[Route]:
    return [route for route in routes_of(town.app) if route.changes]


def test_no_change_without_the_sessions_own_token_from_its_own_site(town: Town) -> None:
    right = csrf_of(town, town.ada)
    session = cookie(town.ada)
    attacks: dict[str, dict[str, str]] = {
        "no token": session,
        "an empty token": {**session, CSRF_HEADER: ""},
        "a wrong token": {**session, CSRF_HEADER: "0" * 64},
        "no ascii": {**session, CSRF_HEADER: "ä" * 64},
        "bob's token": {**session, CSRF_HEADER: csrf_of(town, town.bob)},
        "a visitor's token": {**session, CSRF_HEADER: csrf_of_visitor(town)},
        "cross-site": {**session, CSRF_HEADER: right, "sec-fetch-site": "cross-site"},
        "a sibling subdomain": {**session, CSRF_HEADER: right, "sec-fetch-site": "same-site"},
        "a foreign origin": {**session, CSRF_HEADER: right, "origin": "http://evil.example"},
        "a look-alike origin": {**session, CSRF_HEADER: right, "origin": f"http://{HOST}.evil.example"},
        "another port": {**session, CSRF_HEADER: right, "origin": f"http://{HOST}:81"},
        "another scheme": {**session, CSRF_HEADER: right, "origin": f"https://{HOST}"},
        "no origin at all": {**session, CSRF_HEADER: right, "origin": "null"},
        "an empty origin": {**session, CSRF_HEADER: right, "origin": ""},
    }
    before = town.rows()
    wrong = [
        f"{what}, {route}: {answer.status}"
        for what, headers in attacks.items()
        for route in changing(town)
        if (answer := town.request(route, town.private, headers)).status != 403
    ]
    assert wrong == []
    assert town.rows() == before
    assert town.platform.servers.started == []


def test_forms_of_simple_content_types_are_no_way_around(town: Town) -> None:
    before = town.rows()
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        for route in changing(town):
            path = route.path.replace("{owner}", "ada").replace("{name}", "secret").replace("{number}", "1")
            answer = town.client.ask(
                route.method,
                path.replace("{dataset_owner}", "openmo").replace("{dataset_name}", "iris"),
                headers={**cookie(town.ada), "content-type": content_type},
                body=b'{"title": "x", "script": "train.py"}',
            )
            assert answer.status in (400, 403, 415, 422), f"{content_type} {route}: {answer.status}"
    assert town.rows() == before


def test_a_get_changes_nothing_even_with_a_method_override(town: Town) -> None:
    before = town.rows()
    for override in ("x-http-method-override", "x-method-override"):
        for path in ("/projects/ada/secret/delete", "/api/v1/projects/ada/secret", "/sign-out"):
            town.client.get(path, headers={**cookie(town.ada), override: "DELETE"})
    assert town.rows() == before


def submit(town: Town, headers: dict[str, str], **options: object) -> Answer:
    return town.client.post("/projects/ada/secret/jobs", headers={"accept": "text/html", **headers}, **options)


def test_the_sessions_own_page_may(fresh_town: Town) -> None:
    token = csrf_of(fresh_town, fresh_town.ada)
    same = {"sec-fetch-site": "same-origin", "origin": f"http://{HOST}"}
    in_form = submit(fresh_town, {**cookie(fresh_town.ada), **same}, form={"script": "train.py", "csrf_token": token})
    in_header = submit(fresh_town, {**cookie(fresh_town.ada, token), **same}, form={"script": "train.py"})
    assert (in_form.status, in_header.status) == (303, 303)


def test_a_token_of_an_ended_session_is_worth_nothing(town: Town) -> None:
    old, new = csrf_of(town, town.ada), town.identity.token("ada")
    assert submit(town, cookie(new, old), form={"script": "train.py"}).status == 403


def test_callers_with_a_token_of_their_own_need_no_other(fresh_town: Town) -> None:
    answer = fresh_town.client.post(
        "/api/v1/projects", headers=bearer(fresh_town.ada), json_body={"title": "By a program"}
    )
    assert answer.status == 201


def csrf_of_visitor(town: Town) -> str:
    found = re.search(r'"([0-9a-f]{64})"', town.client.get("/", headers={"accept": "text/html"}).text)
    return found[1] if found else "0" * 64
