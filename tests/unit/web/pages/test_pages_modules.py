"""Pages of modules: the list with its filters, one module, and a project's imports of them."""

import re
from dataclasses import replace

import httpx
import pytest
from support.files import write_files
from support.web_site import Browser, Site

from openmo.core.catalogue import Category
from openmo.core.visibility import Visibility
from openmo.modules.repository import ModuleRepository
from openmo.modules.values import DEV, Module
from openmo.projects.values import Project
from openmo.web.pages.module import catalogue

HOSTILE = "<script>alert(1)</script>"
FILES = {
    "main.py": "class counter:\n    def predict(self, conf={}):\n        return conf\n",
    "module_spec.yml": (
        "input:\n  train:\n    epochs: {value_type: int, default_value: 2, value_range: 1-9, description: rounds}\n"
        f"    path: {{value_type: str, description: '{HOSTILE}'}}\n  predict:\n    grid: ndarray\n"
        "output:\n  predict:\n    class: str\n"
    ),
    "README.md": "# Counts things\n",
    "requirements.txt": "numpy<2\n",
}
CODE = "run('ada/counter/1.0.0', {})\n"


@pytest.fixture
def module(site: Site) -> Module:
    source = site.platform.folder.root / "source"
    write_files(source, FILES)
    return site.platform.modules.create(
        site.platform.account("ada"),
        name="counter",
        version="1.0.0",
        title=f"Counter {HOSTILE}",
        description="Counts",
        visibility=Visibility.PUBLIC,
        source=source,
        category=Category.IMAGE,
        tags=("数", "count"),
    )


def publish(site: Site, module: Module, version: str, **facts: object) -> None:
    platform = site.platform
    with platform.database.begin() as connection:
        modules = ModuleRepository(connection)
        found = modules.version(module.id, "1.0.0")
        assert found is not None
        modules.add_version(module.id, replace(found, version=version, **facts))  # type: ignore[arg-type]  # any field
        if version != DEV:
            modules.set_version(module.id, version)
    target = platform.modules.path(module, version)
    target.parent.mkdir(parents=True, exist_ok=True)
    platform.store.link_tree(found.tree, target)


@pytest.fixture
def project(site: Site, module: Module) -> Project:
    """Bob's, which imports 1.0.0 and calls it; there is 2.0.0 by now."""
    project = site.platform.project("bob", "mine", files={"a.py": CODE})
    site.platform.imports.import_module(site.platform.actor("bob"), project, module)
    publish(site, module, "2.0.0", notes="Faster")
    return project


def send(browser: Browser, path: str, **fields: str) -> httpx.Response:
    found = re.search(r'name="csrf-token" content="(\w+)"', browser.get("/modules").text)
    assert found
    return browser.post(path, data={"csrf_token": found[1], **fields})


def titles(text: str) -> list[str]:
    return re.findall(r'<h2 class="card-title">.*?<a href="/modules/([^"?]+)', text)


def test_filters_stand_in_the_address_and_narrow_the_list(site: Site, module: Module) -> None:
    site.platform.module("ada", "other")
    browser = site.browser()
    assert titles(browser.get("/modules?sort=name").text) == ["ada/counter", "ada/other"]
    for wanted in ("category=image", "kind=model", "tag=%E6%95%B0", "q=counts"):
        page = browser.get(f"/modules?{wanted}").text
        assert titles(page) == ["ada/counter"], wanted
        assert HOSTILE not in page
    said = browser.get("/modules?q=&scope=&category=image&sort=").headers
    assert said["hx-replace-url"] == "/modules?category=image"
    assert '<option value="image" selected>' in browser.get("/modules?category=image").text
    empty = browser.get("/modules?category=image&kind=toolkit").text
    assert "Nothing matches" in empty
    assert "Show all modules" in empty


def test_pages_are_turned_with_the_filters_kept(site: Site, module: Module, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogue, "PAGE_SIZE", 2)
    for name in ("one", "two"):
        site.platform.module("ada", name)
    browser, seen, address = site.browser(), list[str](), "/modules?q=ada&sort=name"
    while address:
        text = browser.get(address).text
        seen += titles(text)
        found = re.search(r'rel="next" href="([^"]+)"', text)
        address = found[1].replace("&amp;", "&") if found else ""
        assert not address or "q=ada" in address
    assert seen == ["ada/counter", "ada/one", "ada/two"]
    assert "First page" in text


def test_a_module_is_told_whole_and_markup_of_its_author_stays_text(site: Site, module: Module) -> None:
    text = site.browser().get("/modules/ada/counter").text
    assert HOSTILE not in text
    for shown in ("Counts things", "Parameters of train", "epochs", "1-9", "rounds", "ndarray", "Returns of predict"):
        assert shown in text
    for shown in ("numpy&lt;2", "#count", "Model", "Images", 'data-copy="#call-train"'):
        assert shown in text
    code = re.sub(r"<[^>]+>", "", text.partition('id="call-train"')[2].partition("</div>")[0])
    assert "ada/counter 1.0.0 · train" in code
    assert "&#39;epochs&#39;: 2" in code or "'epochs': 2" in code


def test_versions_tell_what_was_yanked_and_what_is_newer(site: Site, module: Module) -> None:
    publish(site, module, "2.0.0", notes="Faster")
    publish(site, module, "0.9.0", yanked_at=site.platform.clock.now(), yanked_reason="Wrong weights")
    with site.platform.database.begin() as connection:
        ModuleRepository(connection).set_version(module.id, "2.0.0")
    publish(site, module, DEV, notes="in work")
    browser = site.browser()
    assert "Faster" in browser.get("/modules/ada/counter").text
    assert "Version 2.0.0 is newer" in browser.get("/modules/ada/counter?version=1.0.0").text
    assert "Version 0.9.0 was yanked: Wrong weights" in browser.get("/modules/ada/counter?version=0.9.0").text
    assert "in work" not in browser.get("/modules/ada/counter").text
    assert browser.get("/modules/ada/counter?version=dev").status_code == 404
    assert site.browser("bob").get("/modules/ada/counter?version=dev").status_code == 404
    assert "Nobody else sees it" in site.browser("ada").get("/modules/ada/counter?version=dev").text


def test_a_favourite_is_marked_and_unmarked(site: Site, module: Module) -> None:
    bob = site.browser("bob")
    answer = send(bob, "/modules/ada/counter/favourite", marked="yes")
    assert (answer.status_code, answer.headers["location"]) == (303, "/modules/ada/counter")
    assert 'aria-pressed="true"' in bob.get("/modules/ada/counter").text
    assert titles(bob.get("/modules?scope=favourites").text) == ["ada/counter"]
    send(bob, "/modules/ada/counter/favourite", marked="no")
    assert "No favourites here" in bob.get("/modules?scope=favourites").text


def test_used_by_counts_all_and_names_public_projects_alone(site: Site, module: Module, project: Project) -> None:
    site.platform.imports.import_module(
        site.platform.actor("ada"), site.platform.project("ada", "shown", visibility=Visibility.PUBLIC), module
    )
    text = site.browser().get("/modules/ada/counter").text
    assert "2 projects" in text
    assert "/projects/ada/shown" in text
    assert "bob/mine" not in text


def test_an_update_is_shown_then_done_from_the_projects_page(site: Site, module: Module, project: Project) -> None:
    bob = site.browser("bob")
    page = bob.get("/projects/bob/mine").text
    address = "/projects/bob/mine/modules/update?module=ada/counter/1.0.0"
    assert f'href="{address}"' in page
    shown = bob.get(address).text
    assert "ada/counter/2.0.0" in shown
    digest = re.search(r'name="digest" value="(\w+)"', shown)
    assert digest
    fields = {"module": "ada/counter/1.0.0", "version": "2.0.0", "digest": digest[1]}
    site.platform.write(project, {"b.py": CODE})
    again = send(bob, "/projects/bob/mine/modules/update", **fields)
    assert again.status_code == 409
    assert "b.py" in again.text
    digest = re.search(r'name="digest" value="(\w+)"', again.text)
    assert digest
    done = send(bob, "/projects/bob/mine/modules/update", **{**fields, "digest": digest[1]})
    assert done.headers["location"] == "/projects/bob/mine"
    assert "2.0.0" in (site.platform.workspace(project) / "b.py").read_text()
    assert "modules/update" not in bob.get("/projects/bob/mine").text
    assert bob.get("/projects/bob/mine/modules/update").headers["location"] == "/projects/bob/mine"


def test_a_module_is_taken_out_from_the_projects_page(site: Site, module: Module, project: Project) -> None:
    bob = site.browser("bob")
    answer = send(bob, "/projects/bob/mine/modules/remove", module="ada/counter/1.0.0")
    assert answer.headers["location"] == "/projects/bob/mine"
    assert "ada/counter" not in bob.get("/projects/bob/mine").text
    assert send(bob, "/projects/bob/mine/modules/remove", module="ada/counter/1.0.0").status_code == 404


def test_a_job_its_module_and_its_dataset_lead_to_each_other(site: Site, project: Project) -> None:
    platform, bob = site.platform, site.platform.actor("bob")
    dataset = platform.dataset()
    platform.imports.import_dataset(bob, project, dataset)
    platform.write(project, {"a.py": f"{CODE}open('datasets/openmo-iris/data.csv')\n"})
    for _ in range(9):
        platform.submit(project, "a.py", name="counted")
    browser = site.browser("bob")
    job = browser.get("/projects/bob/mine/jobs/1").text
    assert '<a class="mono" href="/modules/ada/counter?version=1.0.0">ada/counter/1.0.0</a>' in job
    assert '<a class="mono" href="/datasets/openmo/iris">openmo/iris</a>' in job
    for address in ("/modules/ada/counter", "/datasets/openmo/iris"):
        text = browser.get(address).text
        assert "Your jobs with it" in text
        assert '<a href="/projects/bob/mine/jobs/9">counted</a>' in text
        earlier = re.search(r'rel="next" href="([^"]+)"', text)
        assert earlier
        assert '<a href="/projects/bob/mine/jobs/1">counted</a>' in browser.get(earlier[1].partition("#")[0]).text
        for stranger in (site.browser(), site.browser("ada")):
            assert "Your jobs with it" not in stranger.get(address).text
