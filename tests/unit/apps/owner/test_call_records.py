"""Figures of calls: what the gateway notes, and what owners see."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.asgi import Client, bearer
from support.identity import MemoryIdentity
from support.platform import Platform

from openmo.apps.owner.calls import KEPT_CALLS, Period, add_up
from openmo.apps.owner.settings import SettingsChange
from openmo.core.durations import bucket_of, quantile
from openmo.core.errors import InvalidInput
from openmo.core.ids import ProjectId
from openmo.projects.values import Project
from openmo.serving.forked.log import AppLog
from openmo.serving.records import CallTally, RecordedCall

API = "/api/v1/projects/ada/digits"


@pytest.fixture
def project(platform: Platform) -> Project:
    return platform.project("ada", "digits")


def tally(platform: Platform, project: Project, *seconds: float, hours_ago: int = 0, **more: Any) -> CallTally:
    durations: dict[int, int] = {}
    for each in seconds:
        durations[bucket_of(each)] = durations.get(bucket_of(each), 0) + 1
    hour = platform.clock.now().replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours_ago)
    values = {"version": "1.0.0", "errors": 0, **more}
    return CallTally(project_id=project.id, hour=hour, calls=len(seconds), durations=durations, **values)


def recorded(platform: Platform, project: Project, number: int, **more: Any) -> RecordedCall:
    values = {"code": "handler_failed", "message": f"failure {number}", "trace": "Traceback", "inputs": None, **more}
    at = platform.clock.now() + timedelta(seconds=number)
    return RecordedCall(project_id=project.id, version="1.0.0", at=at, duration_ms=1.5, **values)


@given(st.lists(st.floats(min_value=1e-5, max_value=1e4), min_size=1, max_size=200))
def test_quantiles_are_within_five_percent(seconds: list[float]) -> None:
    buckets: dict[int, int] = {}
    for each in seconds:
        buckets[bucket_of(each)] = buckets.get(bucket_of(each), 0) + 1
    for share in (0.5, 0.99, 1.0):
        rank = max(1, -(-len(seconds) * share // 1))
        exact = sorted(seconds)[int(rank) - 1]
        told = quantile(buckets, share)
        assert told is not None
        assert told == pytest.approx(exact, rel=0.06)


@pytest.mark.both_databases
def test_hours_are_added_to(platform: Platform, project: Project) -> None:
    platform.call_records.save([tally(platform, project, 0.1, 0.1, errors=1)], [])
    platform.call_records.save([tally(platform, project, 0.1, 2.0), tally(platform, project, 0.5, version="1.1.0")], [])
    stats = platform.serving.stats(platform.actor("ada"), project, period=Period.HOUR, days=1)
    assert (stats.total.calls, stats.total.errors) == (5, 1)
    assert stats.total.p50_ms == pytest.approx(100, rel=0.05)
    assert stats.total.p99_ms == pytest.approx(2000, rel=0.05)
    assert [(version, figures.calls) for version, figures in stats.versions] == [("1.0.0", 4), ("1.1.0", 1)]


def test_days_are_made_of_hours() -> None:
    from datetime import UTC, datetime

    start = datetime(2026, 1, 31, 22, tzinfo=UTC)
    tallies = [
        CallTally(
            project_id=ProjectId("p"),
            version="1.0.0",
            hour=start + timedelta(hours=number),
            calls=1,
            errors=0,
            durations={50: 1},
        )
        for number in range(4)
    ]
    by_day = add_up(tallies, Period.DAY).periods
    assert [(each.day, figures.calls) for each, figures in by_day] == [(31, 2), (1, 2)]
    assert len(add_up(tallies, Period.HOUR).periods) == 4
    assert add_up([], Period.DAY).total.p99_ms is None


@pytest.mark.both_databases
def test_old_hours_are_left_out_and_in_the_end_forgotten(platform: Platform, project: Project) -> None:
    platform.call_records.save([tally(platform, project, 0.1), tally(platform, project, 0.1, hours_ago=30)], [])
    actor = platform.actor("ada")
    assert platform.serving.stats(actor, project, period=Period.HOUR, days=1).total.calls == 1
    assert platform.serving.stats(actor, project, period=Period.HOUR, days=2).total.calls == 2


@pytest.mark.both_databases
def test_the_newest_calls_are_kept(platform: Platform, project: Project) -> None:
    calls = [recorded(platform, project, number) for number in range(KEPT_CALLS + 20)]
    platform.call_records.save([], calls[:60])
    platform.call_records.save([], calls[60:])
    kept = platform.serving.recent_calls(platform.actor("ada"), project)
    assert [call.message for call in kept] == [f"failure {n}" for n in range(KEPT_CALLS + 19, 19, -1)]


@pytest.mark.both_databases
def test_calls_of_deleted_projects_cost_the_others_nothing(platform: Platform, project: Project) -> None:
    gone = platform.project("ada", "gone")
    platform.projects.remove_row(gone)
    platform.call_records.save(
        [tally(platform, gone, 0.1), tally(platform, project, 0.1)],
        [recorded(platform, gone, 1), recorded(platform, project, 2)],
    )
    assert [call.message for call in platform.serving.recent_calls(platform.actor("ada"), project)] == ["failure 2"]


@pytest.mark.both_databases
def test_inputs_are_forgotten_when_the_owner_opts_out(platform: Platform, project: Project) -> None:
    actor = platform.actor("ada")
    platform.serving.change(actor, project, SettingsChange(keep_inputs=True))
    kept = [recorded(platform, project, 1, inputs="{}"), recorded(platform, project, 2, code="", inputs="{}")]
    platform.call_records.save([], kept)
    assert [call.inputs for call in platform.serving.recent_calls(actor, project)] == ["{}", "{}"]
    platform.serving.change(actor, project, SettingsChange(keep_inputs=False))
    assert [(call.code, call.inputs) for call in platform.serving.recent_calls(actor, project)] == [
        ("handler_failed", None)
    ]
    platform.call_records.save([], [replace(call, message="on its way") for call in kept])  # noted before, saved after
    late, _ = platform.serving.recent_calls(actor, project)
    assert (late.message, late.inputs) == ("on its way", None)


def test_the_api_shows_figures_failures_and_the_log(platform: Platform, project: Project) -> None:
    platform.call_records.save([tally(platform, project, 0.1, errors=1)], [recorded(platform, project, 1)])
    platform.app_logs.mkdir(parents=True, exist_ok=True)
    (platform.app_logs / f"{project.id}.log.1").write_bytes(b"older\n")
    (platform.app_logs / f"{project.id}.log").write_bytes("newer 你好\n".encode())
    identity = MemoryIdentity()
    client = Client(platform.app(identity))
    ada = bearer(identity.token("ada"))
    stats = client.get(f"{API}/app/stats?by=day&days=30", headers=ada).json
    assert (stats["total"]["calls"], stats["total"]["errors"], len(stats["periods"])) == (1, 1, 1)
    assert client.get(f"{API}/app/stats?by=week", headers=ada).status == 422
    (call,) = client.get(f"{API}/app/calls", headers=ada).json["items"]
    assert (call["code"], call["trace"], call["inputs"]) == ("handler_failed", "Traceback", None)
    log = client.get(f"{API}/app/log", headers=ada)
    assert log.text == "older\nnewer 你好\n"
    assert log.headers["content-type"].startswith("text/plain")
    assert client.get(f"{API}/app/log?limit=7", headers=ada).text == "你好\n"
    client.close()


def test_a_log_is_followed_by_place_while_it_is_turned_over(platform: Platform, project: Project) -> None:
    actor, limit, shown = platform.actor("ada"), 64, ""
    newest = platform.app_logs / f"{project.id}.log"
    log = AppLog(newest, limit=100)
    printed = [f"{'重' * (number % 3)} line {number}, the same each time\n".encode() for number in range(40)]
    part = platform.serving.log(actor, project)
    assert (part.text, part.whole) == ("", True)
    for data in printed:
        for piece in (data[:1], data[1:]):  # a character may be half written
            log.write(piece)
            part = platform.serving.log(actor, project, limit=limit, after=part.end)
            shown += part.text
    while (part := platform.serving.log(actor, project, limit=limit, after=part.end)).text:
        shown += part.text
    log.close()
    assert shown == b"".join(printed).decode()
    newest.unlink()
    newest.write_bytes(b"a new log\n")
    newest.with_name(f"{newest.name}.1").unlink()
    assert platform.serving.log(actor, project, after=part.end).text == "a new log\n"
    assert platform.serving.log(actor, project, limit=4).whole is False
    for wrong in ("x", "1", "1-", "-1-2", "1-2\n", "٢-1"):
        with pytest.raises(InvalidInput):
            platform.serving.log(actor, project, after=wrong)
