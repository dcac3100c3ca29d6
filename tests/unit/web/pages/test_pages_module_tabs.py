"""The pages of one module beside its overview: files, *Try it*, settings, and the way into JupyterLab."""

import re
from dataclasses import replace

import httpx
import pytest
from support.files import write_files
from support.web_site import Browser, Site

from openmo.core.visibility import Visibility
from openmo.modules.repository import ModuleRepository
from openmo.modules.values import Module

FILES = {
    "main.py": "class counter:\n    def predict(self, conf={}):\n        return conf\n",
    "module_spec.yml": (
        "input:\n  train:\n    epochs: {value_type: int, default_value: 2, value_range: 1-9}\n"
        "  predict:\n    photo: {value_type: img}\n    n: {value_type: int, default_value: 1}\n"
        "output:\n  predict:\n    class: str\n"
        "examples:\n  predict:\n  - input: {photo: examples/one.png, n: 4}\n"
    ),
    "README.md": "# Counts things\n\n[how](docs/how.md) ![plot](plot.png)\n",
    "docs/how.md": "[up](../main.py)\n",
    "plot.png": "not really",
    "examples/one.png": "not really",
    "weights.pkl": "…",
}
AT = "/modules/ada/counter"


@pytest.fixture
def module(site: Site) -> Module:
    source = site.platform.folder.root / "source"
    write_files(source, FILES)
    return site.platform.modules.create(
        site.platform.account("ada"),
        name="counter",
        version="1.0.0",
        title="Counter",
        description="Counts",
        visibility=Visibility.PUBLIC,
        source=source,
    )


def sent(browser: Browser, path: str, fields: dict[str, str]) -> httpx.Response:
    found = re.search(r'name="csrf-token" content="(\w+)"', browser.get("/modules").text)
    assert found
    return browser.post(path, data={"csrf_token": found[1], **fields})


def opened(site: Site, module: Module) -> None:
    with site.platform.database.begin() as connection:
        ModuleRepository(connection).save(replace(module, callable=True))


def test_files_are_listed_and_shown_and_links_between_them_work(site: Site, module: Module) -> None:
    guest = site.browser()
    overview = guest.get(AT).text
    assert f'href="{AT}/files/docs/how.md"' in overview
    assert f'src="{AT}/raw/plot.png"' in overview
    assert "pickled weights" in overview
    assert f'href="{AT}/files/docs"' in guest.get(f"{AT}/files").text
    assert f'href="{AT}/files/main.py"' in guest.get(f"{AT}/files/docs/how.md").text
    shown = guest.get(f"{AT}/files/main.py?version={module.version}").text
    assert "counter" in shown
    assert guest.get(f"{AT}/raw/plot.png").headers["content-type"] == "image/png"
    assert "attachment" in guest.get(f"{AT}/raw/main.py").headers["content-disposition"]
    for absent in ("files/nothing", "files/docs/nothing.md", "raw/nothing", "raw/%2e%2e/%2e%2e/openmo.sqlite"):
        assert guest.get(f"{AT}/{absent}").status_code in (404, 422)


def test_a_form_tries_a_method_where_that_is_open(site: Site, module: Module) -> None:
    ada, bob, guest = site.browser("ada"), site.browser("bob"), site.browser()
    form = ada.get(f"{AT}/try").text
    assert "predict(conf)" in form
    assert '"examples/one.png"' not in form
    assert f"{AT}/raw/examples/one.png" in form
    assert 'id="app-data"' not in bob.get(f"{AT}/try").text
    assert f'href="{AT}/try' not in bob.get(AT).text
    opened(site, module)
    assert "train(conf)" in bob.get(f"{AT}/try?method=train").text
    assert f'href="{AT}/try' in bob.get(AT).text
    assert "Sign in" in guest.get(f"{AT}/try").text


def test_an_owner_says_what_it_is_and_lets_people_try_it(site: Site, module: Module) -> None:
    ada, bob = site.browser("ada"), site.browser("bob")
    assert bob.get(f"{AT}/settings").status_code == 403
    words = {"title": "Counts", "description": "All", "category": "image", "tags": "one，two", "callable": "yes"}
    assert sent(ada, f"{AT}/settings", {**words, "tags": "NOT/OK"}).status_code == 422
    assert sent(ada, f"{AT}/settings", words).status_code == 303
    found = site.platform.modules.get(site.platform.actor("bob"), "ada", module.name)
    assert (found.title, found.category, found.tags, found.callable) == ("Counts", "image", ("one", "two"), True)
    assert sent(ada, f"{AT}/settings", {**words, "callable": ""}).status_code == 303
    assert not site.platform.modules.get(site.platform.actor("bob"), "ada", module.name).callable


def test_inserting_imports_it_and_opens_its_tab_in_jupyterlab(site: Site, module: Module) -> None:
    project = site.platform.project("bob", "work")
    bob = site.browser("bob")
    answer = sent(bob, f"{AT}/insert", {"project": "bob/work"})
    assert answer.status_code == 303
    assert answer.headers["location"].endswith("lab/tree/coding_here.ipynb?openmo-module=ada%2Fcounter%2F1.0.0")
    (made,) = site.platform.imports.modules(site.platform.actor("bob"), project)
    assert (made.module.id, made.version) == (module.id, "1.0.0")
    assert sent(site.browser("ada"), f"{AT}/insert", {"project": "bob/work"}).status_code == 404
