"""Publishing on the page while the module's environment is built, and the module's page with it."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.built_environments import Built
from support.platform import Platform
from support.processes import wait_for
from support.web_site import Site
from unit.web.pages.test_pages_publish import BASE, FORM, send

from openmo.db.engine import Database
from openmo.languages.language import ENGLISH
from openmo.projects.values import ProjectKind
from openmo.specs.module import ModuleKind

WAITS = 'data-building="#publish" data-address='


@pytest.fixture
def built(tmp_path: Path) -> Built:
    return Built(tmp_path / "environments")


@pytest.fixture
def pinned(tmp_path: Path, migrated_sqlite: Path, built: Built) -> Iterator[Site]:
    """A module of ada's that asks for another numpy than the base's."""
    database = Database(f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'openmo.sqlite')}")
    platform = Platform(database, tmp_path / "data", environments=built)
    ada = platform.actor("ada")
    project = platform.projects.create(ada, title="Word count", name="word-count", kind=ProjectKind.MODULE)
    platform.publishing.begin(ada, project, ModuleKind.TOOLKIT, language=ENGLISH, replace_readme=True)
    platform.write(project, {"requirements.txt": "numpy==1.26.4\n"})
    yield Site(platform)
    database.close()


def test_the_page_waits_with_what_was_typed_and_the_modules_page_says_what_came(pinned: Site, built: Built) -> None:
    browser = pinned.browser("ada")
    form: dict[str, Any] = {**FORM, "files": [*FORM["files"], "requirements.txt"], "notes": "The old numpy."}
    page = send(browser, **form)
    assert page.status_code == 503
    assert f'{WAITS}"{BASE}/publish"' in page.text
    assert "The old numpy." in page.text
    checked = send(browser, f"{BASE}/publish/check", **form)
    assert f'{WAITS}"{BASE}/publish/check"' in checked.text
    assert "正在按模块的依赖构建它的环境" in send(pinned.browser("ada", language="zh-CN"), **form).text
    assert pinned.browser("ada").get("/modules/ada/word_count").status_code == 404
    built.may_build.set()
    answer = wait_for(lambda: (found := send(browser, **form)).status_code == 303 and found)
    assert answer.headers["location"] == f"{BASE}/publish?published=0.1.0"
    about = browser.get("/modules/ada/word_count").text
    assert "Python 3.99.1" in about
    assert f"<code>{next(built.folder.iterdir()).name[:8]}</code>" in about


def test_requirements_that_cannot_be_met_stand_among_what_is_to_be_mended(pinned: Site) -> None:
    project = pinned.platform.projects.get(pinned.platform.actor("ada"), "ada", "word-count")
    pinned.platform.write(project, {"requirements.txt": "numpy==9\n"})
    page = send(pinned.browser("ada"), **{**FORM, "files": [*FORM["files"], "requirements.txt"]})
    assert page.status_code == 422
    assert "<code>requirements.txt:1</code>" in page.text
    assert WAITS not in page.text
