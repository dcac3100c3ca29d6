"""Forms over the real services: what they do, and what they say when it cannot be done."""

import re
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from support.web_site import Site

from openmo.serving.directory import DeployedRelease
from openmo.serving.pool import AppNotStarting
from openmo.serving.trial import TrialOutcome

BASE = "/projects/ada/digits"


def send(site: Site, path: str, *, person: str = "ada", **fields: Any) -> httpx.Response:
    """Posts the form as a browser does: with the token of the page that it stands on."""
    browser = site.browser(person)
    found = re.search(r'name="csrf-token" content="(\w+)"', browser.get("/workspace").text)
    assert found
    return browser.post(path, data={"csrf_token": found[1], **fields})


def test_a_project_is_made_from_its_form(site: Site) -> None:
    answer = send(site, "/projects/new", title="My digits", template="blank", kind="app", visibility="public")
    assert (answer.status_code, answer.headers["location"]) == (303, "/projects/ada/my-digits")
    assert "My digits" in site.browser().get("/").text


def test_a_chinese_title_gets_a_name(site: Site) -> None:
    answer = send(site, "/projects/new", title="车牌识别", template="blank")
    assert answer.headers["location"] == "/projects/ada/che-pai-shi-bie"


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"title": ""}, "title"),
        ({"title": "x", "name": "Not A Name"}, "name"),
        ({"title": "x", "name": "digits"}, "name"),
        ({"title": "x", "kind": "other"}, "kind"),
        ({"title": "x", "visibility": "everyone"}, "visibility"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_nothing_typed_is_lost(
    furnished: Site, fields: dict[str, str], name: str
) -> None:
    answer = send(furnished, "/projects/new", **{"template": "blank", "description": "kept & <b>", **fields})
    assert answer.status_code in (409, 422)
    assert f'id="{name}-error"' in answer.text
    assert "kept &amp; &lt;b&gt;" in answer.text


def test_a_form_without_its_token_does_nothing(furnished: Site) -> None:
    browser = furnished.browser("ada")
    for path in ("/projects/new", f"{BASE}/settings", f"{BASE}/delete", f"{BASE}/jobs", f"{BASE}/start"):
        assert browser.post(path, data={"title": "x", "confirmation": "digits"}).status_code == 403
    assert browser.get(BASE).status_code == 200


def test_settings_are_saved(furnished: Site) -> None:
    answer = send(furnished, f"{BASE}/settings", title="新标题", description="d", visibility="public")
    assert answer.headers["location"] == BASE
    assert "新标题" in furnished.browser().get(BASE).text
    assert 'id="title-error"' in send(furnished, f"{BASE}/settings", title="", visibility="public").text


def test_a_project_is_deleted_when_its_name_was_typed(furnished: Site) -> None:
    platform = furnished.platform
    assert 'id="confirmation-error"' in send(furnished, f"{BASE}/delete", confirmation="digit").text
    assert "notice bad" in send(furnished, f"{BASE}/delete", confirmation="digits").text  # a job still waits
    send(furnished, f"{BASE}/jobs/1/terminate")
    platform.runner().step()
    assert send(furnished, f"{BASE}/delete", person="bob", confirmation="digits").status_code == 404
    assert send(furnished, f"{BASE}/delete", confirmation="digits").headers["location"] == "/workspace"
    assert furnished.browser("ada").get(BASE).status_code == 404


def test_a_job_is_submitted_and_stopped(furnished: Site) -> None:
    answer = send(furnished, f"{BASE}/jobs", script="train.py", job_name="slow", args="--rate '0 1'")
    assert answer.headers["location"] == f"{BASE}/jobs/2"
    page = furnished.browser("ada").get(f"{BASE}/jobs/2").text
    assert "slow" in page
    assert "--rate &#39;0 1&#39;" in page, "as it was typed"
    assert send(furnished, f"{BASE}/jobs/2/terminate").status_code == 303
    assert send(furnished, f"{BASE}/jobs/2/terminate", person="bob").status_code == 404


def test_a_job_that_cannot_run_says_why(furnished: Site) -> None:
    missing = send(furnished, f"{BASE}/jobs", script="missing.py")
    assert missing.status_code in (404, 422)
    assert "missing.py" in missing.text
    assert 'id="args-error"' in send(furnished, f"{BASE}/jobs", script="train.py", args="'open").text


def test_deploying_leads_to_the_apps_versions(furnished: Site) -> None:
    answer = send(furnished, f"{BASE}/deploy", version="2.0.0", channel="release", notes="n")
    assert answer.headers["location"] == f"{BASE}/app?done=released&version=2.0.0"
    page = furnished.browser("ada").get(f"{BASE}/use").text
    assert 'for="in-0">a<' in page
    assert "Release 2.0.0" in page
    older = send(furnished, f"{BASE}/deploy", version="1.0.0", channel="release")
    assert older.status_code in (409, 422)
    assert "field-error" in older.text or "notice bad" in older.text


class _FailingTrial:
    """A trial in which the handler cannot be imported."""

    def call(self, release: DeployedRelease, inputs: Mapping[str, Any]) -> TrialOutcome:
        del release, inputs
        return TrialOutcome(error=AppNotStarting("No module named 'nothing'"), log="Traceback <most recent call last>")


def test_a_release_whose_trial_fails_shows_its_traceback(furnished: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(furnished.platform.apps, "_trial", _FailingTrial())
    answer = send(furnished, f"{BASE}/deploy", channel="release")
    assert answer.status_code == 422
    assert "Traceback &lt;most recent call last&gt;" in answer.text


def test_a_broken_handler_is_explained(furnished: Site) -> None:
    project = furnished.platform.projects.by_name("ada", "digits")
    furnished.platform.write(project, {"handler.py": "def handle(a, b, c):\n  return {"})
    (furnished.platform.workspace(project) / "app_spec.yml").unlink(missing_ok=True)
    page = furnished.browser("ada").get(f"{BASE}/deploy").text
    assert "handler.py" in page
    assert "notice bad" in page


def test_a_dataset_is_imported_and_removed(furnished: Site) -> None:
    answer = send(furnished, "/datasets/openmo/iris/import", project="ada/digits")
    assert answer.headers["location"] == f"{BASE}/files/datasets/openmo-iris"
    browser = furnished.browser("ada")
    assert "data.csv" in browser.get(answer.headers["location"]).text
    assert send(furnished, f"{BASE}/datasets/remove", dataset="openmo/iris").headers["location"] == BASE
    assert "openmo/iris" not in browser.get(BASE).text
    assert send(furnished, "/datasets/openmo/iris/import", person="bob", project="ada/digits").status_code == 404


@pytest.mark.parametrize(
    ("kind", "thing", "search"),
    [("datasets", "openmo/iris", "iris"), ("modules", "openmo/iris_classifier", "classifier")],
)
def test_importing_remembers_the_project_that_one_came_from(
    furnished: Site, kind: str, thing: str, search: str
) -> None:
    furnished.platform.project("ada", "another")
    browser = furnished.browser("ada")
    here = "?project=ada/digits"
    assert f'href="/{kind}{here}"' in browser.get(BASE).text
    found = browser.get(f"/{kind}{here}&q={search}").text
    assert f'href="/{kind}/{thing}{here}"' in found
    assert 'name="project" value="ada/digits"' in found, "a search keeps it"
    assert '<option value="ada/digits" selected>' in browser.get(f"/{kind}/{thing}{here}").text
    assert "selected" not in _options(browser.get(f"/{kind}/{thing}").text), "who came from nowhere chooses"
    assert "selected" not in _options(browser.get(f"/{kind}/{thing}?project=bob/hers").text)
    send(furnished, f"/{kind}/{thing}/import", project="ada/digits")
    assert "· has it</option>" in browser.get(f"/{kind}/{thing}").text


def _options(page: str) -> str:
    return page[page.index('<select class="form-select form-select-sm mb-2" id="project"') :].partition("</select>")[0]


def test_a_module_is_imported(furnished: Site) -> None:
    answer = send(furnished, "/modules/openmo/iris_classifier/import", project="ada/digits")
    assert answer.status_code == 303
    assert "iris_classifier" in furnished.browser("ada").get(BASE).text


def test_start_coding_leads_to_the_notebook(furnished: Site) -> None:
    answer = send(furnished, f"{BASE}/start")
    assert answer.headers["location"].endswith("/lab/tree/coding_here.ipynb")
    assert send(furnished, f"{BASE}/start", person="bob").status_code == 404
