"""Health: every part is asked, none twice at a time, and the answer says what does not work and why."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import msgspec
import pytest
from support.clocks import ManualClock

from openmo.core import health
from openmo.core.errors import Unavailable
from openmo.core.health import Check, Health, HealthCheck, read_health
from openmo.core.messages import message, translated
from openmo.signalling.reports import SentMessage


async def _works() -> str:
    return ""


async def _away() -> str:
    return "It is away."


async def _refuses() -> str:
    raise Unavailable("It is full.")


async def _breaks() -> str:
    raise ZeroDivisionError


def _read(checks: Mapping[str, Check]) -> Health:
    return asyncio.run(HealthCheck(checks, ManualClock()).read())


def test_what_works_answers_200_with_a_line_for_each_part() -> None:
    found = _read({"database": _works, "hub": _works})
    assert (found.status, found.problem) == (200, "")
    assert json.loads(found.body()) == {"status": "ok", "parts": {"database": "ok", "hub": "ok"}}
    assert [line.strip() for line in found.body().decode().splitlines() if "hub" in line] == ['"hub": "ok"']


def test_one_part_that_does_not_work_is_named_with_its_reason() -> None:
    found = _read({"database": _works, "hub": _away, "disk": _refuses})
    assert (found.status, found.problem) == (503, "hub: It is away.; disk: It is full.")
    assert read_health(found.body()) == found


def test_what_does_not_work_is_said_in_the_readers_language_also_by_another_process() -> None:
    """`openmo up` reads what a service says of itself, and pages show it, each in another process."""

    async def full() -> str:
        raise Unavailable(message("It has %(left)s of %(all)s in %(at)s.", left=3, all=message("ten"), at=Path("/srv")))

    words = {"%(part)s: %(problem)s": "%(part)s：%(problem)s", "hub": "登录", "ten": "十"}
    words["It has %(left)s of %(all)s in %(at)s."] = "%(at)s 的 %(all)s 中有 %(left)s。"
    found = _read({"hub": full})
    assert json.loads(found.body(lambda text: words.get(text, text)))["parts"] == {"hub": "/srv 的 十 中有 3。"}
    heard = read_health(found.body())
    assert heard is not None
    passed_on = msgspec.json.decode(msgspec.json.encode(SentMessage.of(heard.problem)), type=SentMessage).message()
    assert passed_on == "hub: It has 3 of ten in /srv."
    assert translated(passed_on, lambda text: words.get(text, text)) == "登录：/srv 的 十 中有 3。"


def test_a_warning_hinders_nothing_and_is_said() -> None:
    async def body() -> Health:
        return await HealthCheck({"hub": _works}, ManualClock(), warnings=lambda: {"disk": "It is low."}).read()

    found = asyncio.run(body())
    assert found.status == 200
    assert json.loads(found.body()) == {"status": "ok", "parts": {"hub": "ok"}, "warnings": {"disk": "It is low."}}


def test_a_check_that_breaks_is_a_part_that_does_not_work(caplog: pytest.LogCaptureFixture) -> None:
    found = _read({"hub": _breaks})
    assert found.status == 503
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("body", [b"", b"ok", b"[]", b"{}", b'{"parts": 1}', b"\xff"])
def test_what_is_no_health_is_none(body: bytes) -> None:
    assert read_health(body) is None


def _run(body: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(30):
            await body()

    asyncio.run(bounded())


def test_however_many_ask_the_parts_are_asked_once_a_second() -> None:
    asked: list[int] = []

    async def count() -> str:
        asked.append(len(asked))
        return ""

    async def body() -> None:
        clock = ManualClock()
        check = HealthCheck({"part": count}, clock)
        await asyncio.gather(*(check.read() for _ in range(20)))
        await check.read()
        assert asked == [0]
        clock.advance(1.0)
        await check.read()
        assert asked == [0, 1]

    _run(body)


def test_a_part_that_hangs_is_asked_once_and_said_until_it_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PART_TIMEOUT_SECONDS", 0.01)
    asked: list[asyncio.Event] = []

    async def hang() -> str:
        asked.append(asyncio.Event())
        if len(asked) == 1:
            await asked[0].wait()
        return ""

    async def body() -> None:
        clock = ManualClock()
        check = HealthCheck({"part": hang}, clock)
        for _ in range(3):
            assert "does not answer" in (await check.read()).problem
            clock.advance(1.0)
        assert len(asked) == 1
        asked[0].set()
        assert (await check.read()).healthy

    _run(body)


def test_an_answer_that_came_too_late_is_not_the_answer_of_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "PART_TIMEOUT_SECONDS", 0.01)
    late, given = asyncio.Event(), asyncio.Event()

    async def slow_at_first() -> str:
        if late.is_set():
            return ""
        await late.wait()
        given.set()
        return "It is starting."

    async def body() -> None:
        clock = ManualClock()
        check = HealthCheck({"part": slow_at_first}, clock)
        assert "does not answer" in (await check.read()).problem
        late.set()
        await given.wait()
        await asyncio.sleep(0)  # the question has its answer, and nobody asked for it
        clock.advance(1.0)
        assert (await check.read()).healthy

    _run(body)


def test_who_asks_and_goes_away_takes_nobody_else_along() -> None:
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slow() -> str:
        asked.set()
        await answer.wait()
        return ""

    async def body() -> None:
        check = HealthCheck({"part": slow}, ManualClock())
        gone, stays = asyncio.create_task(check.read()), asyncio.create_task(check.read())
        await asked.wait()
        gone.cancel()
        answer.set()
        assert (await stays).healthy

    _run(body)
