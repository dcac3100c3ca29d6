"""What an app's owner sees and decides on its pages."""

import html
import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from support.web_site import Site

from openmo.apps.owner.settings import SettingsChange
from openmo.apps.values import Channel
from openmo.core.durations import bucket_of
from openmo.core.visibility import Visibility
from openmo.serving.records import CallTally, RecordedCall
from openmo.web.pages.app.calls import SPANS

BASE = "/projects/ada/digits"
APP = f"{BASE}/app"


def send(site: Site, path: str, *, person: str = "ada", **fields: Any) -> httpx.Response:
    browser = site.browser(person)
    found = re.search(r'name="csrf-token" content="(\w+)"', browser.get("/workspace").text)
    assert found
    return browser.post(path, data={"csrf_token": found[1], **fields})


def look(site: Site, path: str = APP, *, person: str = "ada", language: str = "en") -> str:
    answer = site.browser(person, language=language).get(path)
    assert answer.status_code == 200, answer.text
    return answer.text


def deploy(site: Site, **options: Any) -> None:
    platform = site.platform
    platform.apps.deploy(platform.actor("ada"), platform.projects.by_name("ada", "digits"), **options)


def test_versions_are_rolled_back_and_deleted(furnished: Site) -> None:
    deploy(furnished, notes="second <b>")
    page = look(furnished)
    assert "Version 1.1.0 answers" in page
    assert "second &lt;b&gt;" in page
    assert "The same files as 1.0.0" in page
    assert f'action="{APP}/versions/1.1.0/activate"' not in page
    answer = send(furnished, f"{APP}/versions/1.0.0/activate")
    assert answer.headers["location"] == f"{APP}?done=answers&version=1.0.0"
    page = look(furnished, answer.headers["location"])
    assert "Version 1.0.0 answers now." in page
    assert send(furnished, f"{APP}/versions/1.0.0/delete").status_code == 409
    assert send(furnished, f"{APP}/versions/1.1.0/delete").status_code == 303
    assert "1.1.0" not in look(furnished)
    assert send(furnished, f"{APP}/versions/1.1.0/activate").status_code == 404


def test_a_version_that_never_was_is_not_announced(furnished: Site) -> None:
    page = look(furnished, f"{APP}?done=released&version=<script>")
    assert "&lt;script&gt;" not in page
    assert "is released" not in page
    assert look(furnished, f"{APP}?done=<script>").count("<script>") == look(furnished).count("<script>")


def test_the_development_version_is_tried_and_released(furnished: Site) -> None:
    answer = send(furnished, f"{BASE}/deploy", channel="dev")
    assert answer.headers["location"] == f"{APP}?done=tried&version=dev"
    assert "only you can call it" in look(furnished, answer.headers["location"])
    assert "/run/ada/digits@dev" in look(furnished, f"{BASE}/use?version=dev")
    assert "/run/ada/digits@dev" not in look(furnished, f"{BASE}/use")
    answer = send(furnished, f"{APP}/promote")
    assert answer.headers["location"] == f"{APP}?done=released&version=1.1.0"
    assert "Version 1.1.0 is released" in look(furnished, answer.headers["location"])


def test_the_page_that_deploys_offers_the_files_that_the_app_needs(furnished: Site) -> None:
    page = look(furnished, f"{BASE}/deploy")
    ticks = dict(re.findall(r'name="files" form="deploy" value="([^"]+)"[^>]*?(checked)?>', page))
    needed = {name for name, tick in ticks.items() if tick}
    assert needed == {"README.md", "app_spec.yml", "handler.py"}
    assert set(ticks) >= {"train.py", "coding_here.ipynb"}
    send(furnished, f"{BASE}/deploy", channel="release", choosing="true", files=["handler.py", "train.py"])
    platform = furnished.platform
    release = platform.apps.find("ada", "digits", None)
    assert release is not None
    names = {path.name for path in release.folder.iterdir() if path.is_file()}
    assert names == {"app_spec.yml", "handler.py", "train.py"}
    gone = send(furnished, f"{BASE}/deploy", channel="release", choosing="true", files=["gone.py"])
    assert "gone.py" in gone.text
    assert gone.status_code == 422
    assert "The development version is the same" not in look(furnished)
    deploy(furnished, channel=Channel.DEV, files=["handler.py", "train.py"])
    assert "The development version is the same as 1.1.0" in look(furnished)


def test_an_app_is_taken_down_and_put_back(furnished: Site) -> None:
    platform = furnished.platform
    project = platform.projects.by_name("ada", "digits")
    platform.projects.update(platform.actor("ada"), project, title="d", description="", visibility=Visibility.PUBLIC)
    assert send(furnished, f"{APP}/suspended", suspended="true").headers["location"] == f"{APP}?done=suspended"
    assert "Resume" in look(furnished)
    assert furnished.browser("ada").get(f"{BASE}/use").headers["location"] == APP
    gone = furnished.browser("bob").get(f"{BASE}/use")
    assert gone.status_code == 410
    assert "This app is suspended" in gone.text
    assert "这个应用已下线" in furnished.browser(language="zh-CN").get(f"{BASE}/use").text
    assert send(furnished, f"{APP}/suspended").headers["location"] == f"{APP}?done=resumed"
    assert furnished.browser("bob").get(f"{BASE}/use").status_code == 200


def test_settings_are_saved_and_what_is_wrong_stands_at_its_field(furnished: Site) -> None:
    form = {
        "access": "link",
        "limit.timeout": "90",
        "limit.memory_bytes": "512",
        "origins": "https://a.example\nhttps://b.example",
    }
    answer = send(furnished, f"{APP}/settings", **form, keep_inputs="yes")
    assert answer.headers["location"] == f"{APP}/settings?done=saved"
    platform = furnished.platform
    project = platform.projects.by_name("ada", "digits")
    settings = platform.serving.settings(platform.actor("ada"), project)
    assert settings.limits == {"timeout": 90.0, "memory_bytes": 512 << 20}
    assert settings.origins == ("https://a.example", "https://b.example")
    assert settings.keep_inputs
    page = look(furnished, f"{APP}/settings")
    assert f"/run/~{settings.link}/ada/digits" in page
    assert 'name="limit.timeout" value="90"' in page
    assert 'name="limit.workers" value=""' in page
    wrong = send(
        furnished, f"{APP}/settings", **{**form, "access": "private", "limit.workers": "1.5", "limit.timeout": "nan"}
    )
    assert wrong.status_code == 422
    assert 'id="limit.workers-error"' in wrong.text
    assert 'id="limit.timeout-error"' in wrong.text
    assert 'value="1.5"' in wrong.text
    assert platform.serving.settings(platform.actor("ada"), project).access == "link"
    for name, value in (("origins", "a.example"), ("access", "everybody")):
        assert f'id="{name}-error"' in send(furnished, f"{APP}/settings", **{**form, name: value}).text
    assert send(furnished, f"{APP}/settings", **{**form, "limit.speed": "1"}).status_code == 422
    assert send(furnished, f"{APP}/link").headers["location"] == f"{APP}/settings?done=renewed"
    assert settings.link not in look(furnished, f"{APP}/settings")


def test_the_first_call_is_one_that_the_app_answers(furnished: Site) -> None:
    platform = furnished.platform
    project = platform.projects.by_name("ada", "digits")
    token = "Authorization: Bearer $OPENMO_TOKEN"
    for access, secured in (("private", True), ("signed_in", True), ("public", False), ("link", False)):
        settings = platform.serving.change(platform.actor("ada"), project, SettingsChange(access=access))
        page = html.unescape(look(furnished, f"{APP}/calls"))
        assert (token in page) is secured
        path = f"/run/~{settings.link}/ada/digits" if access == "link" else "/run/ada/digits"
        assert f'data-absolute="{path}"' in page
        assert f'data-absolute="{path}"' in look(furnished), "as on the page of the versions"


def test_an_example_of_somebody_elses_is_refused_unread(furnished: Site) -> None:
    project = furnished.platform.projects.by_name("ada", "digits")
    ada = furnished.platform.actor("ada")
    furnished.platform.projects.update(ada, project, title="d", description="", visibility=Visibility.PUBLIC)
    for person, status in (("bob", 403), ("ada", 422)):
        assert send(furnished, f"{BASE}/use/examples", person=person, values="{").status_code == status


def test_calls_are_charted_and_failures_shown(furnished: Site) -> None:
    page = look(furnished, f"{APP}/calls")
    assert "No calls in this time" in page
    assert "&#34;a&#34;: 1" in page, "the first call is spelt out with inputs that fit"
    platform = furnished.platform
    project = platform.projects.by_name("ada", "digits")
    hour = platform.clock.now().replace(minute=0, second=0, microsecond=0)
    tally = CallTally(
        project_id=project.id, version="1.0.0", hour=hour, calls=12, errors=3, durations={bucket_of(0.02): 12}
    )
    failed = RecordedCall(
        project_id=project.id,
        version="1.0.0",
        at=hour,
        duration_ms=20.5,
        code="handler_failed",
        message="ValueError: <img src=x>",
        trace="Traceback <most recent>",
        inputs='{"a": "</pre>"}',
    )
    platform.serving.change(platform.actor("ada"), project, SettingsChange(keep_inputs=True))
    platform.call_records.save([tally], [failed])
    for days in (*SPANS, 5):
        page = look(furnished, f"{APP}/calls?days={days}")
        assert "12 calls" in page
        assert "3 errors" in page
        assert "<dt>Half within</dt><dd>19.5 ms</dd>" in page
    assert "ValueError: &lt;img src=x&gt;" in page
    assert "Traceback &lt;most recent&gt;" in page
    assert "&lt;/pre&gt;" in page
    assert furnished.browser("ada").get(f"{APP}/calls?days=x").status_code == 422


def test_periods_without_a_call_are_charted_too(furnished: Site) -> None:
    platform = furnished.platform
    project = platform.projects.by_name("ada", "digits")
    now = platform.clock.now()
    for days in (0, 3):
        hour = (now - timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
        tally = CallTally(project_id=project.id, version="1.0.0", hour=hour, calls=1, errors=0, durations={5: 1})
        platform.call_records.save([tally], [])
    page = look(furnished, f"{APP}/calls?days=30")
    first, last = (float(x) for x in re.findall(r'<rect class="outer" x="([\d.]+)"', page)[:2])
    assert last - first == pytest.approx(3 * 1000 / 30, abs=0.1)


def test_the_log_is_shown_and_downloaded(furnished: Site) -> None:
    assert "Nothing yet." in look(furnished, f"{APP}/log")
    platform = furnished.platform
    platform.app_logs.mkdir(parents=True, exist_ok=True)
    project = platform.projects.by_name("ada", "digits")
    (platform.app_logs / f"{project.id}.log").write_bytes(b"\x1b[31mred\x1b[0m </span> \xff\n")
    assert "red &lt;/span&gt; \ufffd" in look(furnished, f"{APP}/log")
    whole = furnished.browser("ada").get(f"{APP}/log/download")
    assert whole.headers["content-disposition"] == 'attachment; filename="digits.log"'
    assert whole.headers["content-type"].startswith("text/plain")


def test_the_owners_pages_are_the_owners(furnished: Site) -> None:
    platform = furnished.platform
    project = platform.projects.by_name("ada", "digits")
    paths = (APP, f"{APP}/calls", f"{APP}/log", f"{APP}/log/download", f"{APP}/settings")
    assert [furnished.browser("bob").get(path).status_code for path in paths] == [404] * 5
    platform.projects.update(platform.actor("ada"), project, title="d", description="", visibility=Visibility.PUBLIC)
    assert [furnished.browser("bob").get(path).status_code for path in paths] == [403] * 5
    assert [furnished.browser().get(path).status_code for path in paths] == [401] * 5
    assert 'href="/projects/ada/digits/app"' not in look(furnished, BASE, person="bob")


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_the_pages_speak_the_readers_language(furnished: Site, language: str) -> None:
    deploy(furnished, channel=Channel.DEV)
    word = {"en": "Versions", "zh-CN": "版本"}[language]
    for path in (APP, f"{APP}/calls", f"{APP}/log", f"{APP}/settings", f"{BASE}/deploy"):
        assert word in look(furnished, path, language=language)


def test_the_rest_api_is_listed(furnished: Site) -> None:
    page = look(furnished, "/api")
    assert "/api/v1/projects/{owner}/{name}/releases" in page
    assert "A new release of the project as it is now." in page
    assert "ReleaseView" in page
    assert 'href="/api"' in look(furnished, "/")
