"""Pages of datasets: the list with its filters, one dataset, its versions, its settings, and a project's imports."""

import re

import httpx
import pytest
from support.files import write_files
from support.web_site import Browser, Site

from openmo.core.hostile.folder import HostileFolder
from openmo.core.visibility import Visibility
from openmo.datasets.values import Dataset
from openmo.web.pages.dataset import catalogue

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def cats(site: Site) -> Dataset:
    """Two versions, the second with a file more."""
    platform = site.platform
    files = {"README.md": "# Cats\n", "a.csv": "1", "in/b.csv": "2"}
    first = platform.dataset("ada", "cats", files=files)
    source = platform.folder.root / "second"
    write_files(source, {**files, "in/<b>.csv": "3"})
    tree = platform.store.put_tree(HostileFolder(source))
    return platform.datasets.add_version(platform.actor("ada"), first, tree, notes=HOSTILE)


def send(browser: Browser, path: str, **fields: str) -> httpx.Response:
    found = re.search(r'name="csrf-token" content="(\w+)"', browser.get("/datasets").text)
    assert found is not None
    return browser.post(path, data={"csrf_token": found[1], **fields})


def test_the_list_is_filtered_and_turned_by_its_address(
    site: Site, cats: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue, "PAGE_SIZE", 1)
    site.platform.dataset("ada", "dogs")
    bob = site.browser("bob")
    first = bob.get("/datasets", params={"sort": "name", "q": "ada"})
    assert "/datasets/ada/cats" in first.text
    assert "/datasets/ada/dogs" not in first.text
    address = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "/datasets/ada/dogs" in bob.get(address).text
    assert "Nothing matches" in bob.get("/datasets?category=image").text
    assert "No favourites here" in bob.get("/datasets?scope=favourites").text
    assert bob.get("/datasets?sort=other&scope=x&category=y&after=z").status_code == 200
    send(bob, "/datasets/ada/cats/favourite", marked="yes")
    assert "/datasets/ada/cats" in bob.get("/datasets?scope=favourites").text
    assert 'aria-pressed="true"' in bob.get("/datasets/ada/cats").text


def test_a_page_is_about_one_version(site: Site, cats: Dataset) -> None:
    guest = site.browser()
    newest = guest.get("/datasets/ada/cats").text
    assert "&lt;script&gt;" in newest
    assert HOSTILE not in newest
    assert "Settings" not in newest
    older = guest.get("/datasets/ada/cats?version=1&path=in").text
    assert "Version 2 is newer." in older
    assert "versions/1/file?path=in/b.csv" in older
    assert "&lt;b&gt;" not in older
    assert "file?path=in/%3Cb%3E.csv" in guest.get("/datasets/ada/cats?path=in").text
    assert guest.get("/datasets/ada/cats?version=3").status_code == 404
    assert guest.get("/datasets/ada/cats?version=x").status_code == 422
    versions = guest.get("/datasets/ada/cats/versions").text
    assert "/datasets/ada/cats/diff?a=1&amp;b=2" in versions
    different = guest.get("/datasets/ada/cats/diff?a=1&b=2").text
    assert "1 added, 0 removed, 0 changed, 3 the same." in different
    assert "in/&lt;b&gt;.csv" in different
    assert "All files are the same." in guest.get("/datasets/ada/cats/diff?a=2&b=2").text


def test_the_owner_says_something_else_and_shows_who_uses_it(site: Site, cats: Dataset) -> None:
    platform, ada = site.platform, site.browser("ada")
    project = platform.project("bob", "zoo", visibility=Visibility.PUBLIC)
    platform.imports.import_dataset(platform.actor("bob"), project, cats)
    page = ada.get("/datasets/ada/cats/settings").text
    assert "1 project of other people imports it" in page
    assert "/projects/bob/zoo" in page
    assert site.browser("bob").get("/datasets/ada/cats/settings").status_code == 403
    form = {
        "title": "猫",
        "description": "",
        "category": "image",
        "licence": "MIT",
        "visibility": "private",
    }
    wrong = send(ada, "/datasets/ada/cats/settings", **form, tags="a b")
    assert (wrong.status_code, "cannot be a tag" in wrong.text, 'value="a b"' in wrong.text) == (422, True, True)
    assert send(ada, "/datasets/ada/cats/settings", **form, tags="Pets，猫").status_code == 303
    dataset = platform.datasets.get(platform.actor("ada"), "ada", "cats")
    assert (dataset.tags, dataset.visibility) == (("pets", "猫"), Visibility.PRIVATE)
    zoo = site.browser("bob").get("/projects/bob/zoo").text
    assert "hidden" in zoo
    assert 'href="/datasets/ada/cats"' not in zoo
    refused = send(ada, "/datasets/ada/cats/delete", confirmation="cats")
    assert refused.status_code == 409
    send(site.browser("bob"), "/projects/bob/zoo/datasets/remove", dataset="ada/cats")
    assert send(ada, "/datasets/ada/cats/delete", confirmation="dogs").status_code == 422
    assert send(ada, "/datasets/ada/cats/delete", confirmation="cats").headers["location"] == "/datasets?scope=mine"


def test_a_project_updates_after_a_look_and_goes_back(site: Site, cats: Dataset) -> None:
    platform, bob = site.platform, site.browser("bob")
    project = platform.project("bob", "zoo")
    platform.imports.import_dataset(platform.actor("bob"), project, cats, 1)
    overview = bob.get("/projects/bob/zoo").text
    assert "Update to 2" in overview
    look = bob.get("/projects/bob/zoo/datasets/update?dataset=ada/cats@2").text
    assert "1 added" in look
    done = send(bob, "/projects/bob/zoo/datasets/update", dataset="ada/cats@2")
    assert done.headers["location"] == "/projects/bob/zoo?updated=ada%2Fcats%401"
    (imported,) = platform.imports.datasets(platform.actor("bob"), project)
    assert imported.version == 2
    offered = bob.get(done.headers["location"]).text
    assert 'name="dataset" value="ada/cats@1"' in offered
    send(bob, "/projects/bob/zoo/datasets/update", dataset="ada/cats@1")
    (imported,) = platform.imports.datasets(platform.actor("bob"), project)
    assert imported.version == 1
    assert bob.get("/projects/bob/zoo?updated=nonsense").status_code == 200
    assert bob.get("/projects/bob/zoo/datasets/update?dataset=ada/dogs@2").status_code == 404
