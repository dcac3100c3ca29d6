"""The page that publishes a project's module."""

import re
from typing import Any

import httpx
import pytest
from support.web_site import Browser, Site

from openmo.languages.language import ENGLISH
from openmo.projects.values import ProjectKind
from openmo.specs.module import ModuleKind

BASE = "/projects/ada/word-count"
FORM: dict[str, Any] = {
    "version": "0.1.0",
    "channel": "release",
    "title": "Word count",
    "category": "text",
    "tags": "words，文本",
    "visibility": "public",
    "files": ["main.py", "module_spec.yml", "README.md"],
}


@pytest.fixture
def begun(site: Site) -> Site:
    """With a module project of ada's."""
    ada = site.platform.actor("ada")
    project = site.platform.projects.create(ada, title="Word count", name="word-count", kind=ProjectKind.MODULE)
    site.platform.publishing.begin(ada, project, ModuleKind.TOOLKIT, language=ENGLISH, replace_readme=True)
    return site


def send(browser: Browser, path: str = f"{BASE}/publish", **fields: Any) -> httpx.Response:
    found = re.search(r'name="csrf-token" content="(\w+)"', browser.get("/workspace").text)
    assert found
    return browser.post(path, data={"csrf_token": found[1], **fields})


def test_a_module_project_is_published_and_not_deployed(begun: Site) -> None:
    page = begun.browser("ada").get(BASE).text
    assert f'href="{BASE}/publish"' in page
    assert f"{BASE}/deploy" not in page
    form = begun.browser("ada").get(f"{BASE}/publish").text
    assert 'value="0.1.0"' in form
    ticked = re.findall(r'name="files"[^>]*value="([^"]+)"[^>]*checked', form)
    assert ticked == ["README.md", "main.py", "module_spec.yml"]
    assert "least" in form
    assert "发布" in begun.browser("ada", language="zh-CN").get(f"{BASE}/publish").text


def test_publishing_leads_to_the_modules_page(begun: Site) -> None:
    browser = begun.browser("ada")
    answer = send(browser, **FORM)
    assert answer.headers["location"] == f"{BASE}/publish?published=0.1.0"
    page = browser.get(f"{BASE}/publish", params={"published": "0.1.0"}).text
    assert "Published ada/word_count/0.1.0." in page
    assert 'href="/modules/ada/word_count"' in page
    assert 'value="0.1.1"' in page
    assert "Word count" in begun.browser("bob").get("/modules/ada/word_count").text


def test_what_others_may_not_see_is_absent_from_every_page(begun: Site) -> None:
    assert send(begun.browser("ada"), **{**FORM, "channel": "dev"}).status_code == 303
    for browser in (begun.browser("bob"), begun.browser()):
        assert browser.get("/modules/ada/word_count").status_code == 404
        assert "word_count" not in browser.get("/modules").text
        assert browser.get(f"{BASE}/publish").status_code in (401, 404)
        assert browser.get("/api/v1/modules/ada/word_count/versions/dev").status_code == 404
    assert begun.browser("ada").get("/modules/ada/word_count").status_code == 200


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"version": "1"}, "version"),
        ({"tags": "no good!"}, "tags"),
        ({"category": "smells"}, "category"),
        ({"title": "x" * 300}, "title"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_is_lost(begun: Site, fields: dict[str, str], name: str) -> None:
    answer = send(begun.browser("ada"), **{**FORM, "notes": "kept & <b>", **fields})
    assert answer.status_code == 422
    assert f'id="{name}-error"' in answer.text
    assert "kept &amp; &lt;b&gt;" in answer.text


def test_a_failed_check_names_file_line_and_mend(begun: Site) -> None:
    project = begun.platform.projects.by_name("ada", "word-count")
    begun.platform.write(
        project, {"main.py": "class word_count:\n    def run(self, conf={}):\n        return {}\n    )\n"}
    )
    answer = send(begun.browser("ada"), **FORM)
    assert answer.status_code == 422
    assert "main.py:4" in answer.text
    assert "Nothing was published" in answer.text


def test_a_check_publishes_nothing_and_keeps_what_was_typed(begun: Site) -> None:
    browser = begun.browser("ada")
    answer = send(browser, f"{BASE}/publish/check", **{**FORM, "notes": "not yet", "version": "7.0.0"})
    assert answer.status_code == 200
    assert "The check found nothing to mend. Nothing was published." in answer.text
    assert all(kept in answer.text for kept in ("not yet", 'value="7.0.0"'))
    assert browser.get("/modules/ada/word_count").status_code == 404
    assert 'value="0.1.0"' in browser.get(f"{BASE}/publish/check").text  # after a switch of languages, or a reload
    assert send(begun.browser("bob"), f"{BASE}/publish/check", **FORM).status_code == 404


def test_a_check_names_file_line_and_mend(begun: Site) -> None:
    project = begun.platform.projects.by_name("ada", "word-count")
    begun.platform.write(project, {"main.py": "class word_count:\n    )\n"})
    answer = send(begun.browser("ada"), f"{BASE}/publish/check", **FORM)
    assert answer.status_code == 200
    assert "main.py:2" in answer.text
    assert "found nothing to mend" not in answer.text


def test_a_check_of_no_such_file_says_so(begun: Site) -> None:
    answer = send(begun.browser("ada"), f"{BASE}/publish/check", **{**FORM, "files": ["gone.py"]})
    assert answer.status_code == 422
    assert "gone.py" in answer.text


def test_its_owner_yanks_a_version_on_its_page_and_offers_it_again(begun: Site) -> None:
    ada, module = begun.browser("ada"), "/modules/ada/word_count"
    assert send(ada, **FORM).status_code == 303
    assert f'action="{module}/yank"' in ada.get(module).text
    assert f'action="{module}/yank"' not in begun.browser("bob").get(module).text
    assert send(begun.browser("bob"), f"{module}/yank", version="0.1.0", reason="mine").status_code in (403, 404)
    assert send(ada, f"{module}/yank", version="0.1.0", reason=" ").status_code == 422

    answer = send(ada, f"{module}/yank", version="0.1.0", reason="counts <b> as a word")
    assert answer.headers["location"] == f"{module}?version=0.1.0"
    page = ada.get(answer.headers["location"]).text
    assert "Version 0.1.0 was yanked: counts &lt;b&gt; as a word" in page
    assert f'action="{module}/unyank"' in page
    assert send(ada, f"{module}/unyank", version="0.1.0").status_code == 303
    assert "was yanked" not in ada.get(f"{module}?version=0.1.0").text


def test_a_project_without_main_py_begins_on_the_page(site: Site) -> None:
    ada = site.platform.actor("ada")
    site.platform.projects.create(ada, title="Word count", name="word-count", kind=ProjectKind.MODULE)
    browser = site.browser("ada")
    assert "module_kind" in browser.get(f"{BASE}/publish").text
    assert send(browser, f"{BASE}/publish/skeleton", module_kind="model").status_code == 303
    assert "module_kind" not in browser.get(f"{BASE}/publish").text


def test_the_very_same_files_are_published_again_only_after_a_question(begun: Site) -> None:
    browser = begun.browser("ada")
    send(browser, **FORM)
    assert "Nothing has changed since 0.1.0." in browser.get(f"{BASE}/publish").text
    asked = send(browser, **{**FORM, "version": "", "notes": "kept"})
    assert asked.status_code == 409
    assert 'name="again"' in asked.text
    assert "kept" in asked.text
    assert send(browser, **{**FORM, "version": "", "again": "true"}).headers["location"].endswith("published=0.1.1")


def test_the_page_tells_what_changed_and_which_number_it_demands(begun: Site) -> None:
    browser = begun.browser("ada")
    send(browser, **FORM)
    project = begun.platform.projects.by_name("ada", "word-count")
    workspace = begun.platform.workspace(project)
    main = (workspace / "main.py").read_text()
    (workspace / "module_spec.yml").unlink()
    begun.platform.write(project, {"main.py": main.replace("conf.get('least', 1)", "conf.get('most', 9)")})
    page = browser.get(f"{BASE}/publish").text
    assert "What changed since 0.1.0" in page
    assert "breaks calls" in page
    assert 'value="1.0.0"' in page


def test_a_project_is_copied_as_a_module_from_its_settings(begun: Site) -> None:
    browser = begun.browser("ada")
    begun.platform.project("ada", "digits", files={"helper.py": "x = 1", ".env": "KEY=1"})
    assert "/copy-as-module" in browser.get("/projects/ada/digits/settings").text
    answer = send(browser, "/projects/ada/digits/copy-as-module", title="Digits once more", module_kind="model")
    assert answer.headers["location"] == "/projects/ada/digits-once-more/publish"
    page = browser.get(answer.headers["location"]).text
    assert "helper.py" in page
    assert ".env" not in page
    assert send(begun.browser("bob"), "/projects/ada/digits/copy-as-module", title="x").status_code in (403, 404)


def test_a_module_has_no_way_to_be_deployed(begun: Site) -> None:
    browser = begun.browser("ada")
    for answer in (browser.get(f"{BASE}/deploy"), send(browser, f"{BASE}/deploy", channel="release")):
        assert answer.status_code == 409
        assert "This project makes a module: publish it" in answer.text
