"""A new project that is to be a module begins as one."""

import re

from support.web_site import Site

from openmo.projects.values import ProjectKind


def create(site: Site, *, language: str = "en", **fields: str) -> str:
    browser = site.browser("ada", language=language)
    found = re.search(r'name="csrf-token" content="(\w+)"', browser.get("/projects/new").text)
    assert found
    form = {"csrf_token": found[1], "title": "My tool", "name": "my-tool", "template": "blank", **fields}
    return browser.post("/projects/new", data=form).text


def test_a_module_project_begins_with_the_chosen_skeleton_in_the_readers_language(site: Site) -> None:
    create(site, kind="module", module_kind="toolkit", language="zh-CN")
    project = site.platform.projects.by_name("ada", "my-tool")
    assert project.kind is ProjectKind.MODULE
    workspace = site.platform.workspace(project)
    names = {"main.py", "module_spec.yml", "test.ipynb", "README.md", "coding_here.ipynb"}
    assert names <= {path.name for path in workspace.iterdir()}
    main = (workspace / "main.py").read_text("utf-8")
    assert "class my_tool:" in main
    assert "工具有 `run`" in main
    assert (workspace / "README.md").read_text("utf-8").startswith("# My tool\n")


def test_another_kind_of_module_is_refused_before_anything_is_made(site: Site) -> None:
    page = create(site, kind="module", module_kind="other")
    assert 'id="module_kind-error"' in page
    assert site.platform.projects.list_own(site.platform.actor("ada")) == ()


def test_an_app_gets_no_module(site: Site) -> None:
    create(site, kind="app", module_kind="model")
    project = site.platform.projects.by_name("ada", "my-tool")
    assert not (site.platform.workspace(project) / "main.py").exists()
