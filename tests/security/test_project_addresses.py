"""At a project's own address a browser is that project's and nothing else, however it came there."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from support.asgi import Answer, Client, bearer, cookie
from support.identity import MemoryIdentity
from support.platform import HOST, Platform

from openmo.config.origins import SHARED, ProjectOrigins
from openmo.core.visibility import Visibility
from openmo.db.engine import Database
from openmo.projects.values import Project
from openmo.web.security import CSRF_HEADER

DOMAIN = "projects.example"


class Site:
    """Ada with two projects, Bob with one, and each project at an address of its own."""

    def __init__(self, platform: Platform) -> None:
        self.identity = MemoryIdentity()
        self.projects = {name: platform.project("ada", name, files={"secret.txt": name}) for name in ("one", "two")}
        self.projects["bobs"] = platform.project("bob", "bobs")
        self.ada, self.bob = self.identity.token("ada", admin=True), self.identity.token("bob")
        self.client = Client(platform.app(self.identity, origins=ProjectOrigins(DOMAIN)))

    def host(self, name: str) -> str:
        return f"{self.projects[name].slug}.{DOMAIN}"

    def open(self, name: str, token: str, *, to: str = "/projects/ada/one") -> Answer:
        address = f"/open/{self.projects[name].slug}?next={quote(to, safe='')}"
        return self.client.get(address, headers=cookie(token) if token else {})

    def enter(self, name: str, ticket: str) -> Answer:
        return self.client.get(f"/.openmo/enter?ticket={ticket}&next=/x", headers={"host": self.host(name)})

    def ticket(self, name: str, token: str) -> str:
        return parse_qs(urlsplit(self.open(name, token).headers["location"]).query)["ticket"][0]

    def inside(self, name: str, token: str) -> dict[str, str]:
        """What a browser sends at that project's address once it has been let in."""
        given = self.enter(name, self.ticket(name, token)).headers["set-cookie"]
        return {"host": self.host(name), "cookie": given.partition(";")[0]}


@pytest.fixture
def site(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Site]:
    copy = tmp_path / "site.sqlite"
    copy.write_bytes(migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{copy}")
    site = Site(Platform(database, tmp_path / "data"))
    yield site
    site.client.close()
    database.close()


def test_who_may_open_a_project_is_handed_over_by_a_ticket_that_is_good_once(site: Site) -> None:
    answer = site.open("one", site.ada, to="/user/ada/x/lab?a=1")
    target = urlsplit(answer.headers["location"])
    assert (answer.status, target.netloc, target.path) == (303, site.host("one"), "/.openmo/enter")
    assert answer.headers["referrer-policy"] == "no-referrer"
    ticket = parse_qs(target.query)["ticket"][0]
    let_in = site.enter("one", ticket)
    assert (let_in.status, let_in.headers["location"]) == (303, "/x")
    given = let_in.headers["set-cookie"].lower()
    assert "httponly" in given and "samesite=lax" in given and "path=/" in given  # noqa: PT018 (one cookie)
    assert "domain" not in given
    assert site.ada not in let_in.headers["set-cookie"]
    again = site.enter("one", ticket)
    assert again.status == 401
    assert "set-cookie" not in again.headers


def test_nobody_else_gets_a_ticket(site: Site) -> None:
    assert urlsplit(site.open("one", "").headers["location"]).path == "/sign-in"
    assert site.open("one", site.bob).status == 404
    assert site.client.get("/open/no-such-one", headers=cookie(site.bob)).status == 404
    server = site.identity.token("ada", project_slug=site.projects["two"].slug)
    assert site.client.get(f"/open/{site.projects['one'].slug}", headers=cookie(server)).status in (403, 404)


def test_a_ticket_of_one_project_opens_no_other(site: Site) -> None:
    ticket = site.ticket("one", site.ada)
    assert site.enter("two", ticket).status == 401
    assert site.enter("one", ticket).status == 401, "who tried it elsewhere has used it up"
    assert site.client.get(f"/.openmo/enter?ticket={site.ticket('one', site.ada)}").status == 404, "not at the site"


@pytest.mark.parametrize("next_", ["//evil.example", "https://evil.example/", "/\\evil.example", "\r\nX: y"])
def test_neither_step_leads_to_a_foreign_site(site: Site, next_: str) -> None:
    answer = site.open("one", site.ada, to=next_)
    target = urlsplit(answer.headers["location"])
    assert target.netloc == site.host("one")
    ticket = parse_qs(target.query)["ticket"][0]
    entered = site.client.get(
        f"/.openmo/enter?ticket={ticket}&next={quote(next_, safe='')}", headers={"host": site.host("one")}
    )
    assert entered.headers["location"] == "/"


def test_inside_one_is_what_the_projects_own_server_is(site: Site) -> None:
    inside = site.inside("one", site.ada)
    ask = site.client.ask
    assert ask("GET", "/api/v1/projects/ada/one", headers=inside).status == 200
    assert ask("GET", "/api/v1/projects/ada/two", headers=inside).status == 404
    assert ask("GET", "/projects/ada/two", headers=inside).status == 404
    assert ask("GET", "/api/v1/projects/bob/bobs", headers=inside).status == 404, "although ada is an administrator"
    page = ask("GET", "/projects/ada/one/files", headers=inside)
    assert page.status == 200
    assert 'name="signed-in" content="yes"' in page.text
    token = page.text.partition('name="csrf_token" value="')[2].partition('"')[0] or _csrf(page.text)
    changing = {**inside, CSRF_HEADER: token, "origin": f"http://{site.host('one')}", "sec-fetch-site": "same-origin"}
    assert ask("POST", "/api/v1/projects", headers=changing, json_body={"title": "New"}).status == 403
    assert ask("GET", "/api/v1/projects/ada/one/app/tokens", headers=inside).status in (403, 404)
    assert ask("DELETE", "/api/v1/projects/ada/two", headers=changing).status in (403, 404)


def _csrf(page: str) -> str:
    return page.partition('name="csrf-token" content="')[2].partition('"')[0]


def test_cookies_mean_nothing_at_another_address(site: Site) -> None:
    inside = site.inside("one", site.ada)
    for host in (HOST, site.host("two")):
        assert site.client.get("/api/v1/projects/ada/one", headers={**inside, "host": host}).status in (401, 404)
    session = {**cookie(site.ada), "host": site.host("one")}
    assert site.client.get("/api/v1/projects/ada/one", headers=session).status in (401, 404)
    assert site.client.get("/workspace", headers={**session, "accept": "text/html"}).status in (303, 401)


def test_what_is_sealed_ends_with_the_session(site: Site) -> None:
    inside = site.inside("one", site.ada)
    site.identity.withdraw(site.ada)
    assert site.client.get("/api/v1/projects/ada/one", headers=inside).status in (401, 404)


def test_programs_need_no_ticket(site: Site) -> None:
    headers = {**bearer(site.ada), "host": site.host("one")}
    assert site.client.get("/api/v1/projects/ada/one", headers=headers).status == 200


def test_a_form_of_the_site_may_lead_on_to_a_project(site: Site) -> None:
    """Browsers hold a form's redirects to the policy, too: *Start coding* would end at the border."""
    policy = site.client.get("/projects/ada/one", headers=cookie(site.ada)).headers["content-security-policy"]
    assert f"form-action 'self' *.{DOMAIN};" in policy
    assert "frame-ancestors 'self'" in policy


def test_where_projects_share_the_sites_address_their_owner_reads_what_that_means(platform: Platform) -> None:
    platform.project("ada", "one", visibility=Visibility.PUBLIC)
    identity = MemoryIdentity()
    warning = "a script in one can act here as you"
    for origins, seen in ((SHARED, True), (ProjectOrigins(DOMAIN), False)):
        with closing(Client(platform.app(identity, origins=origins))) as client:
            for name, expected in (("ada", seen), ("bob", False)):
                page = client.get("/projects/ada/one", headers=cookie(identity.token(name)))
                assert (page.status, warning in page.text) == (200, expected), (origins, name)


def test_foreign_hosts_are_still_refused(site: Site) -> None:
    for host in (f"a.b.{DOMAIN}", f"one.{DOMAIN}.evil.example", "evil.example", f"-x.{DOMAIN}"):
        assert site.client.get("/", headers={"host": host}).status == 400


def test_the_names_differ(site: Site) -> None:
    projects: list[Project] = list(site.projects.values())
    assert len({site.host(name) for name in site.projects}) == len(projects)
