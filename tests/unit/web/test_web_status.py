"""What the supervisor says of the processes, on the page and in the API."""

from pathlib import Path

import pytest
from support.platform import Platform
from support.web_site import Site

from openmo.core.health import Health
from openmo.core.messages import message
from openmo.core.space import DiskSpace
from openmo.signalling.reports import SentMessage, ServiceEnd, ServiceReport, ServiceState


@pytest.fixture
def site(platform: Platform) -> Site:
    return Site(platform)


_AT = "2026-01-02T03:04:05+00:00"
_END = ServiceEnd(at=_AT, how="signal SIGKILL", silent_seconds=31)


def _reports() -> tuple[ServiceReport, ...]:
    states = {
        "up": ServiceState.READY,
        "web": ServiceState.DEGRADED,
        "gateway": ServiceState.UNRESPONSIVE,
        "hub": ServiceState.BACKING_OFF,
    }
    return tuple(
        ServiceReport(
            name=name,
            state=state,
            pid=7,
            since="" if name == "up" else _AT,
            restarts=3,
            detail={"web": "database: It is away.", "hub": "See /somewhere/secret.log"}.get(name, ""),
            last_end=_END if name == "hub" else None,
        )
        for name, state in states.items()
    )


def test_each_process_is_shown_with_its_state_and_why(site: Site) -> None:
    site.platform.reports = _reports()
    browser = site.browser("ada")
    page = browser.get("/status").text
    for text in (
        "Works in part",
        "database: It is away.",
        "Does not answer",
        "Starts anew",
        "for 31 s, so it was killed",
    ):
        assert text in page
    assert "secret.log" not in page, "where files lie is nothing for a page"
    items = {item["name"]: item for item in browser.get("/api/v1/status").json()["items"]}
    assert {name: item["state"] for name, item in items.items()} == {
        "up": "ready",
        "web": "degraded",
        "gateway": "unresponsive",
        "hub": "backing off",
    }
    assert items["hub"]["last_end"]["at"].startswith("2026-01-02T03:04:05")
    assert "secret.log" not in str(items)
    chinese = site.browser("ada", language="zh-CN").get("/status").text
    assert "没有响应" in chinese


def test_what_a_process_lacks_and_a_disk_that_is_nearly_full_are_said_in_the_readers_language(
    site: Site, tmp_path: Path
) -> None:
    lack = Health({"database": message("The database does not answer: try again in a moment.")}).problem
    report = ServiceReport(
        name="web",
        state=ServiceState.DEGRADED,
        pid=7,
        since=_AT,
        restarts=0,
        detail=str(lack),
        problem=SentMessage.of(lack),
    )
    site.platform.reports = (report,)
    site.platform.warnings = {"disk": DiskSpace(tmp_path, 1 << 60).problem()}
    english, chinese = (site.browser("ada", language=each) for each in ("en", "zh-CN"))
    assert "database: The database does not answer" in english.get("/status").text
    assert "The disk is nearly full" in english.get("/status").text
    assert "数据库：数据库没有响应" in chinese.get("/status").text
    assert chinese.get("/api/v1/status").json()["warnings"][0].startswith("磁盘")
    assert DiskSpace(tmp_path, 1).problem() == ""


def test_a_stopped_supervisor_says_that_the_others_may_be_otherwise(site: Site) -> None:
    stopped = ServiceReport(name="up", state=ServiceState.UNRESPONSIVE, pid=7, since="", restarts=0)
    site.platform.reports = (stopped,)
    assert "SIGCONT" in site.browser("ada").get("/status").text


@pytest.mark.parametrize("path", ["/status", "/api/v1/status"])
def test_it_is_for_people_with_an_account(site: Site, path: str) -> None:
    assert site.browser().get(path).status_code == 401


def test_without_a_supervisor_nothing_is_claimed(site: Site) -> None:
    browser = site.browser("ada")
    assert browser.get("/api/v1/status").json() == {"supervised": False, "items": [], "warnings": []}
    assert "not run by `openmo up`" in browser.get("/status").text
