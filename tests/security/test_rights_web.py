"""Pages and REST answer what the table of rights says: each route, each kind of person, public and private things."""

from dataclasses import replace

import pytest
from support.rights import PEOPLE, actor_of, answer_of, headers_of, thing_of
from support.routes import Route, Town, routes_of

from openmo.accounts.access import PLATFORM, Thing
from openmo.accounts.rights import RIGHTS, Kind, Right, Verb
from openmo.projects.values import Project
from openmo.web.policy import Rule
from openmo.web.security import SAFE_METHODS

REFUSED = (401, 403, 404)
IMPORTS = {
    "/datasets/{owner}/{name}/import": ("openmo", "iris"),
    "/modules/{owner}/{name}/import": ("openmo", "iris_classifier"),
    "/modules/{owner}/{name}/insert": ("openmo", "iris_classifier"),
}
"""Their address names what is imported, and the form the project."""
ALSO_FOR_READERS = ("/projects/{owner}/{name}/use",)
"""Whoever sees the project sees the page, too, which says to those who may not call the app that they cannot."""
MAKES_A_PROJECT = "/module/copy"
"""It is of the project, and needs the right to make another besides."""
UPLOADS = "/api/v1/uploads"
"""An upload is there for who opened it and for nobody else, whatever it is for; its list holds the reader's own."""
CHANGING_FILES = (Verb.DELETE, Verb.PREPARE)
"""So that the next request finds what it is about; others only add to what lies there."""
OF_THE_SIGN_IN = ("/oauth_callback", "/open/{slug}", "/.openmo/enter")
"""Without the Hub's answer there is nothing to see."""


def rule_of(route: Route) -> Rule:
    return next(call for call in route.calls if isinstance(call, Rule))


def cases(town: Town) -> list[Route]:
    """All but what a link opens, and what needs the Hub."""
    return [route for route in routes_of(town.app) if "{link}" not in route.path and route.path not in OF_THE_SIGN_IN]


def named(route: Route, project: Project, town: Town) -> tuple[str, str] | None:
    if route.path in IMPORTS:
        return IMPORTS[route.path]
    kind = rule_of(route).kind
    if kind in (Kind.DATASET, Kind.MODULE):
        public = "iris" if kind is Kind.DATASET else "iris_classifier"
        return ("openmo", public) if project == town.public else ("ada", "concealed")
    return None


def sent(town: Town, route: Route, who: str, project: Project) -> int:
    headers = headers_of(town, who, project, browser=not route.api)
    if route.method not in SAFE_METHODS and not route.api:
        headers |= {"x-csrf-token": csrf_of(town, headers)}
    return town.request(route, project, headers, named=named(route, project, town)).status


def csrf_of(town: Town, headers: dict[str, str]) -> str:
    if "authorization" in headers:
        return ""
    page = town.client.get("/", headers={**headers, "accept": "text/html"}).text
    _, _, rest = page.partition('csrf-token" content="')
    return rest.partition('"')[0]


def expected(town: Town, route: Route, who: str, project: Project) -> int:
    rule, actor = rule_of(route), actor_of(town, who, project)
    thing = thing_of(town, rule.kind, project)
    if route.path.startswith(UPLOADS) and rule.kind is Kind.DATASET:
        owner = "ada" if "{upload_id}" in route.path else actor.name or ""
        thing = Thing(kind=Kind.DATASET, owner=owner)
    right = answer_of(actor, rule.kind, rule.verb, thing)
    if right == 200 and route.path.endswith(MAKES_A_PROJECT):
        return answer_of(actor, Kind.PLATFORM, Verb.CREATE_PROJECT, PLATFORM)
    return right


@pytest.mark.parametrize("who", PEOPLE)
def test_what_the_table_refuses_is_refused_just_so_and_what_it_grants_can_be_read(town: Town, who: str) -> None:
    before = town.rows()
    wrong = []
    for project in (town.public, town.private):
        for route in cases(town):
            right = expected(town, route, who, project)
            if right == 200 and route.changes:
                continue  # see below
            status = sent(town, route, who, project)
            if status != right and not (right == 200 and status == 303):
                wrong.append(f"{route} of {project.name}: {status}, not {right}")
    assert "\n".join(wrong) == ""
    assert town.rows() == before


def test_what_the_table_grants_can_be_done(town: Town, tmp_path_factory: pytest.TempPathFactory) -> None:
    town.keep(tmp_path_factory.mktemp("kept"))
    wrong = []
    for route in cases(town):
        for who in ("bob", "ada", "lab"):
            pages_only = who == "lab" and not route.api  # a notebook server has no use for forms
            if route.changes and not pages_only and expected(town, route, who, town.private) == 200:
                status = sent(town, route, who, town.private)
                town.restore(files=rule_of(route).verb in CHANGING_FILES)
                if status in REFUSED or status >= 500:
                    wrong.append(f"{who}, {route}: {status}")
    assert "\n".join(wrong) == ""


def test_no_door_stays_open_where_the_table_is_closed(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each route asks for the very right that it names: without it, its owner is refused, and nothing changes."""
    before = town.rows()
    wrong = []
    for route in cases(town):
        rule = rule_of(route)
        right = RIGHTS[rule.kind, rule.verb]
        with monkeypatch.context() as patched:
            patched.setitem(RIGHTS, (rule.kind, rule.verb), nobodys(right))
            if route.path in ALSO_FOR_READERS:
                seen = (Kind.PROJECT, Verb.SEE)
                patched.setitem(RIGHTS, seen, nobodys(RIGHTS[seen]))
            status = sent(town, route, "ada", town.private)
        if status not in REFUSED:
            wrong.append(f"{route}: {status} without {rule.kind}.{rule.verb}")
    assert "\n".join(wrong) == ""
    assert town.rows() == before


def nobodys(right: Right) -> Right:
    return replace(right, least={audience: frozenset() for audience in right.least})


def test_rights_that_no_route_names_hold_on_the_web_too(fresh_town: Town) -> None:
    town, project = fresh_town, fresh_town.public
    town.platform.write(project, {".env": "SECRET=1"})
    path = f"/projects/ada/{project.name}"
    for who in PEOPLE:
        headers = headers_of(town, who, project)
        actor = actor_of(town, who, project)

        def may(kind: Kind, verb: Verb) -> bool:
            return answer_of(actor, kind, verb, PLATFORM if kind is Kind.PLATFORM else project.thing(kind)) == 200  # noqa: B023 (called here)

        hidden = town.client.get(f"{path}/raw/.env", headers=headers).status
        assert (hidden == 200) is may(Kind.PROJECT, Verb.SEE_HIDDEN), who
        job = f"/api/v1{path}/jobs/2/priority"
        first = town.client.ask("PUT", job, headers=headers, json_body={"priority": 5}).status
        assert (first == 200) is (may(Kind.JOB, Verb.STOP) and may(Kind.PLATFORM, Verb.JUMP_QUEUE)), who
        shared = town.client.ask("PATCH", f"/api/v1{path}", headers=headers, json_body={"visibility": "public"}).status
        assert (shared == 200) is may(Kind.PROJECT, Verb.SHARE), who
