"""Who may open an app's page, which asks for a token exactly where a call needs one."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from support.asgi import Answer, Client, cookie
from support.identity import MemoryIdentity
from support.platform import HANDLER, Platform

from openmo.apps.owner.settings import AppSettings, SettingsChange
from openmo.core.visibility import Visibility
from openmo.projects.values import Project

PAGE = "/projects/ada/digits/use"
SAMPLE = f"{PAGE}/samples/1.0.0/0/1"
SPEC = """\
input:
  a: int
  photo: {value_type: img, optional: true}
output: {b: int}
examples:
  - {name: seven, input: {a: 7, photo: examples/seven.png}}
  - {name: page, input: {photo: examples/page.html}}
  - {name: outside, input: {photo: ../../../etc/passwd}}
  - {name: secret, input: {photo: examples/.env}}
  - {name: code, input: {photo: handler.py}}
  - {name: way, input: {photo: examples/way.png}}
"""
FILES = {
    "handler.py": HANDLER,
    "app_spec.yml": SPEC,
    "README.md": "# The readme",
    "examples/seven.png": "a seven",
    "examples/page.html": "<script>alert(1)</script>",
    "examples/.env": "hidden",
}


@dataclass
class App:
    """Ada's deployed app, with readers of its page."""

    platform: Platform
    project: Project
    client: Client
    identity: MemoryIdentity

    def get(self, path: str = PAGE, *, who: str = "") -> Answer:
        session = cookie(self.identity.token(who)) if who else {}
        return self.client.get(path, headers={**session, "accept": "text/html"})

    def change(self, access: str, *origins: str) -> AppSettings:
        change = SettingsChange(access=access, origins=list(origins))
        return self.platform.serving.change(self.platform.actor("ada"), self.project, change)


def deployed(platform: Platform, visibility: Visibility) -> App:
    project = platform.project("ada", "digits", files=FILES, visibility=visibility)
    (platform.workspace(project) / "examples" / "way.png").symlink_to("/etc/passwd")
    platform.apps.deploy(platform.actor("ada"), project)
    identity = MemoryIdentity()
    return App(platform, project, Client(platform.app(identity)), identity)


@pytest.fixture
def public(platform: Platform) -> Iterator[App]:
    app = deployed(platform, Visibility.PUBLIC)
    yield app
    app.client.close()


@pytest.fixture
def private(platform: Platform) -> Iterator[App]:
    app = deployed(platform, Visibility.PRIVATE)
    yield app
    app.client.close()


@pytest.mark.parametrize(
    ("access", "shown", "asks"),
    [
        ("project", True, False),
        ("public", True, False),
        ("signed_in", True, True),
        ("private", False, False),
        ("link", False, False),
    ],
)
def test_the_page_of_a_public_project(public: App, access: str, shown: bool, asks: bool) -> None:
    public.change(access)
    page = public.get(who="bob")
    assert page.status == 200
    assert ("data-app-form" in page.text) is shown
    assert (f"{PAGE}/token" in page.text) is asks
    assert (f"{PAGE}/token" in public.get(who="ada").text) is (access not in ("project", "public"))
    assert public.get(SAMPLE, who="bob").status == (200 if shown else 404)


@pytest.mark.parametrize("access", ["project", "private"])
def test_what_was_taken_down_shows_itself_to_its_owner_alone(public: App, access: str) -> None:
    public.change(access)
    public.platform.serving.change(public.platform.actor("ada"), public.project, SettingsChange(suspended=True))
    for path in (PAGE, SAMPLE, f"{PAGE}?embed=1"):
        assert [public.get(path, who=who).status for who in ("", "bob")] == [410, 410], path
    assert public.get(SAMPLE, who="ada").body == b"a seven"


def test_a_public_app_of_a_private_project_is_shown_without_the_project(private: App) -> None:
    assert private.get().status == 404
    private.change("public")
    page = private.get()
    assert page.status == 200
    assert "data-app-form" in page.text
    assert "The readme" not in page.text
    assert "/projects/ada/digits/files" not in page.text
    assert "The readme" in private.get(who="ada").text


def test_an_app_for_accounts_leads_to_signing_in(private: App) -> None:
    private.change("signed_in")
    page = private.get()
    assert page.status == 401
    assert "/sign-in?next=/projects/ada/digits/use" in page.text
    assert "data-app-form" in private.get(who="bob").text


def test_a_link_opens_the_page_until_it_is_renewed(private: App) -> None:
    first = private.change("link").link
    assert private.get().status == 404
    path = f"/use/~{first}/ada/digits"
    page = private.get(path)
    assert page.status == 200
    assert f"/run/~{first}/ada/digits" in page.text
    assert private.get(f"{path}/samples/1.0.0/0/1").body == b"a seven"
    assert private.get(f"/use/~{'x' * len(first)}/ada/digits", who="ada").status == 404
    private.platform.serving.renew_link(private.platform.actor("ada"), private.project)
    assert private.get(path).status == 404
    assert private.get(f"{path}/samples/1.0.0/0/1").status == 404


def test_samples_are_the_files_that_the_spec_names_and_never_documents(public: App) -> None:
    seven = public.get(f"{PAGE}/samples/1.0.0/0/1")
    assert (seven.status, seven.body, seven.headers["content-type"]) == (200, b"a seven", "image/png")
    document = public.get(f"{PAGE}/samples/1.0.0/1/1")
    assert document.headers["content-type"] == "application/octet-stream"
    assert document.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in document.headers["content-security-policy"]
    for place in ("2/1", "3/1", "4/1", "5/1", "0/0", "0/9", "9/1", "-1/1", "0/-1"):
        assert public.get(f"{PAGE}/samples/1.0.0/{place}").status == 404, place
    for path in ("..%2f..%2fhandler.py/1", "0/..%2fhandler.py", "0/1/../../handler.py"):
        assert public.get(f"{PAGE}/samples/1.0.0/{path}").status in (404, 422), path
    assert public.get(f"{PAGE}/samples/9.9.9/0/1").status == 404


def test_only_the_owners_sites_may_frame_the_page(public: App) -> None:
    def ancestors(path: str, who: str = "") -> str:
        policy = str(public.get(path, who=who).headers["content-security-policy"])
        return policy.rpartition("frame-ancestors ")[2]

    assert ancestors(PAGE) == "'self'"
    assert ancestors(f"{PAGE}?embed=1") == "'self'"
    public.change("public", "https://school.example")
    assert ancestors(PAGE) == "'self'"
    assert ancestors(f"{PAGE}?embed=1") == "'self' https://school.example"
    embedded = public.get(f"{PAGE}?embed=1", who="ada").text
    assert "data-app-form" in embedded
    assert "data-save-example" not in embedded
    assert "csrf" not in embedded
    public.change("signed_in", "https://school.example")
    assert ancestors(f"{PAGE}?embed=1", who="ada") == "'self'"


def test_jupyterlab_shows_the_form_alone_in_its_own_look(public: App) -> None:
    public.change("private")
    answer = public.get(f"{PAGE}?embed=app&theme=dark&lang=zh-CN", who="ada")
    assert answer.status == 200
    shown = answer.text
    assert '<html lang="zh-CN" data-theme="dark">' in shown
    assert "data-app-form" in shown
    assert 'name="csrf-token"' in shown, "without it the page gets no token for its calls"
    assert "topbar" not in shown
    assert "data-app-form" not in public.get(f"{PAGE}?embed=app").text
    assert "topbar" in public.get(f"{PAGE}?embed=sideways", who="ada").text
