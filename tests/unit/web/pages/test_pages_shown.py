"""Every page over the real services: who sees what, and in which language."""

import re

import pytest
from support.web_site import Site

from openmo.core.errors import Unavailable

BASE = "/projects/ada/digits"
PUBLIC_PAGES = [
    "/",
    "/datasets",
    "/datasets/openmo/iris",
    "/modules",
    "/modules?q=nothing&category=audio&kind=model&sort=used&tag=none&after=nonsense",
    "/modules?category=smell&kind=&scope=favourites&sort=best",
    "/modules/openmo/iris_classifier",
    "/modules/openmo/iris_classifier?version=1.0.0",
]
OWN_PAGES = [
    "/workspace",
    "/projects/new",
    "/status",
    BASE,
    f"{BASE}/files",
    f"{BASE}/files/train.py",
    f"{BASE}/files/README.md",
    f"{BASE}/files/coding_here.ipynb",
    f"{BASE}/files/datasets",
    f"{BASE}/use",
    f"{BASE}/jobs",
    f"{BASE}/jobs?script=train.py",
    f"{BASE}/jobs/1",
    f"{BASE}/settings",
    f"{BASE}/deploy",
]


@pytest.mark.parametrize("path", PUBLIC_PAGES)
def test_visitors_see_what_is_public(furnished: Site, path: str) -> None:
    answer = furnished.browser().get(path)
    assert answer.status_code == 200
    assert '<html lang="en">' in answer.text
    assert "/sign-in?next=" in answer.text


@pytest.mark.parametrize("path", [*PUBLIC_PAGES, *OWN_PAGES])
def test_owners_see_every_page_in_both_languages(furnished: Site, path: str) -> None:
    english = furnished.browser("ada").get(path)
    chinese = furnished.browser("ada", language="zh-CN").get(path)
    assert (english.status_code, chinese.status_code) == (200, 200)
    assert '<html lang="zh-CN">' in chinese.text
    assert "工作台" in chinese.text
    assert "<script>alert" not in english.text
    assert english.headers["content-security-policy"].startswith("default-src 'self'")
    assert re.search(r"<title>[^<]*OpenMo</title>", english.text)


@pytest.mark.parametrize("path", OWN_PAGES[3:])
def test_private_projects_look_absent_to_others(furnished: Site, path: str) -> None:
    for browser in (furnished.browser(), furnished.browser("bob")):
        answer = browser.get(path)
        assert answer.status_code in (401, 404)
        assert "digits" not in answer.text.replace("ada/digits", "").replace(path, "")


@pytest.mark.parametrize("path", OWN_PAGES[:3])
def test_visitors_are_asked_to_sign_in(furnished: Site, path: str) -> None:
    answer = furnished.browser().get(path)
    assert answer.status_code == 401
    assert f"/sign-in?next={path}" in answer.text


def test_an_unknown_address_is_a_page(site: Site) -> None:
    answer = site.browser(language="zh-CN").get("/no/such/page")
    assert answer.status_code == 404
    assert "这里什么也没有" in answer.text


def test_an_empty_site_says_so(site: Site) -> None:
    text = site.browser("ada").get("/").text
    assert "No public projects yet" in text
    assert "No datasets yet" in text
    assert "Your workspace is empty" in site.browser("ada").get("/workspace").text


def test_search_finds_by_any_word(furnished: Site) -> None:
    browser = furnished.browser()
    assert "/datasets/openmo/iris" in browser.get("/datasets", params={"q": "IRIS openmo"}).text
    assert "Nothing matches" in browser.get("/datasets", params={"q": "iris nothing"}).text
    assert "&lt;b&gt;" in browser.get("/datasets", params={"q": "<b>"}).text


def test_the_language_is_remembered(site: Site) -> None:
    browser = site.browser()
    answer = browser.get("/language/zh-CN", params={"back": "/datasets"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/datasets")
    assert '<html lang="zh-CN">' in browser.get("/datasets").text
    assert browser.get("/language/xx", params={"back": "//evil.example"}).headers["location"] == "/"


def test_images_are_shown_and_everything_else_is_saved(furnished: Site) -> None:
    platform = furnished.platform
    project = platform.projects.by_name("ada", "digits")
    (platform.workspace(project) / "a.png").write_bytes(b"\x89PNG")
    platform.write(project, {"page.html": "<script>alert(1)</script>", "drawing.svg": "<svg onload='x'/>"})
    browser = furnished.browser("ada")
    image = browser.get(f"{BASE}/raw/a.png")
    assert (image.headers["content-type"], "content-disposition" in image.headers) == ("image/png", False)
    for name in ("page.html", "drawing.svg"):
        answer = browser.get(f"{BASE}/raw/{name}")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"].startswith("attachment")
        assert "sandbox" in answer.headers["content-security-policy"]
    assert furnished.browser("bob").get(f"{BASE}/raw/a.png").status_code == 404
    assert browser.get(f"{BASE}/raw/..%2f..%2fetc%2fpasswd").status_code in (404, 422)


def test_a_frame_shows_one_part_in_its_own_theme_and_language(furnished: Site) -> None:
    page = f"{BASE}/jobs/1"
    framed = furnished.browser("ada").get(page, params={"embed": "log", "theme": "dark", "lang": "zh_CN"}).text
    assert '<html lang="zh-CN" data-embed="log" data-theme="dark">' in framed
    assert '<base target="_blank">' in framed
    for part in ("log", "charts"):
        assert f'data-part="{part}"' in framed
    calls = furnished.browser("ada").get(f"{BASE}/app/calls", params={"embed": "calls", "theme": "dark"}).text
    assert 'data-embed="calls"' in calls
    assert calls.count('&amp;embed=calls&amp;theme=dark&amp;lang=en" target="_self"') == 4, "other spans stay in it"
    hostile = (
        furnished.browser("ada").get(page, params={"embed": "log", "theme": '"><script>', "lang": "x" * 9000}).text
    )
    assert '<html lang="en" data-embed="log" data-theme="">' in hostile
    assert "data-embed" not in furnished.browser("ada").get(page, params={"embed": "everything", "lang": "zh"}).text
    signed_out = furnished.browser().get(page, params={"embed": "charts"})
    assert (signed_out.status_code, 'data-embed="charts"' in signed_out.text) == (401, True)


def test_only_a_page_that_was_read_comes_back_by_itself(furnished: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A form's answer does not: loading it again would send the form a second time."""
    browser = furnished.browser("ada")
    token = re.search(r'name="csrf-token" content="(\w+)"', browser.get("/workspace").text)
    assert token

    def away(*_: object, **__: object) -> None:
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr(type(furnished.platform.projects), "get", away)
    read, sent = browser.get(BASE), browser.post(f"{BASE}/deploy", data={"csrf_token": token[1]})
    assert (read.status_code, sent.status_code) == (503, 503)
    assert ("data-retry" in read.text, "data-retry" in sent.text) == (True, False)
