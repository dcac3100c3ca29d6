"""Live streams: nothing is missed, and a database that is away for a moment ends none."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel
from support.platform import Platform

from openmo.accounts.values import Actor
from openmo.core.ids import JobId
from openmo.core.states import JobState
from openmo.events.log import EventLog
from openmo.events.values import Cursor, EventPage, JobDeleted
from openmo.execution.executor import Exit, ExitKind
from openmo.execution.memory import MemoryExecutor
from openmo.jobs.log.schemas import LogEnd, LogText
from openmo.jobs.repository import JobRepository
from openmo.jobs.schemas import JobView
from openmo.languages.language import ENGLISH, Language
from openmo.projects.values import Project
from openmo.web import change_feed
from openmo.web.change_feed import ChangeFeed
from openmo.web.live import follow_account, follow_log
from openmo.web.sse import Event


@pytest.fixture
def project(platform: Platform) -> Project:
    return platform.project(files={"train.py": ""})


def follow(
    platform: Platform, feed: ChangeFeed, actor: Actor, *, language: Language = ENGLISH, after: int | None = None
) -> AsyncIterator[Event]:
    return follow_account(platform.job_watch, platform.notices, feed, actor, language, after=after)


async def take(events: AsyncIterator[Event], wanted: int, *, name: str) -> list[Event]:
    """The next `wanted` events of that name."""
    found: list[Event] = []
    async with asyncio.timeout(30):
        async for event in events:
            if event.name == name:
                found.append(event)
            if len(found) == wanted:
                break
    return found


View = TypeVar("View", bound=BaseModel)


def read(event: Event, view: type[View]) -> View:
    assert isinstance(event.data, view)
    return event.data


def states(events: list[Event]) -> list[str]:
    return [read(event, JobView).state for event in events if event.name == "state"]


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story())


def test_more_changes_than_one_look_takes_all_arrive(
    platform: Platform, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = JobRepository.changed_since
    monkeypatch.setattr(JobRepository, "changed_since", lambda self, change, **who: whole(self, change, **who, limit=3))
    ada = platform.actor("ada")

    async def story() -> None:
        feed = ChangeFeed(platform.events)
        events = follow(platform, feed, ada)
        await anext(events)
        for _ in range(8):
            platform.submit(project)
        found = await take(events, 8, name="job")
        assert [read(event, JobView).number for event in found] == list(range(1, 9))
        await events.aclose()  # type: ignore[attr-defined]  # an async generator
        assert feed._readers == 0

    run(story)


def test_a_reader_that_comes_later_swallows_no_change_of_another(platform: Platform, project: Project) -> None:
    ada = platform.actor("ada")

    async def story() -> None:
        feed = ChangeFeed(platform.events)
        first = follow(platform, feed, ada)
        await anext(first)
        waiting = asyncio.create_task(take(first, 1, name="job"))
        await asyncio.sleep(0)
        platform.submit(project)
        second = follow(platform, feed, ada)
        await anext(second)
        async with asyncio.timeout(10):  # far less than the silence after which a reader looks by itself
            assert len(await waiting) == 1
        for events in (first, second):
            await events.aclose()  # type: ignore[attr-defined]  # an async generator

    run(story)


def test_an_event_wakes_those_alone_whom_it_concerns(platform: Platform, project: Project) -> None:
    ada, bob = platform.account("ada"), platform.account("bob")

    async def story() -> None:
        feed = ChangeFeed(platform.events)
        start = await feed.begin()
        platform.submit(project)
        assert await feed.newer(ada.id, start, within=10)
        assert await feed.newer(project.id, start, within=10)
        assert feed.latest(bob.id) <= start
        with platform.events.begin() as transaction:
            gone = JobDeleted(project_id=project.id, job_id=JobId("1"), number=1, name="his", created_by=bob.id)
            platform.events.append(transaction, gone)
        assert await feed.newer(bob.id, start, within=10)
        feed.end()

    run(story)


def test_readers_look_again_when_events_were_forgotten_before_they_came(
    platform: Platform, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = EventLog.since
    monkeypatch.setattr(EventLog, "since", lambda log, cursor: replace(whole(log, cursor), complete=False))

    async def story() -> None:
        feed = ChangeFeed(platform.events)
        start = await feed.begin()
        platform.submit(platform.project("bob", "other", files={"train.py": ""}))
        assert await feed.newer(project.owner_id, start, within=10)
        feed.end()

    run(story)


def test_a_job_that_ended_before_its_stream_began_is_said_to_have_ended(platform: Platform, project: Project) -> None:
    job, ada = platform.submit(project), platform.actor("ada")
    platform.jobs.terminate(ada, job)
    platform.runner().step()

    async def story() -> None:
        events = follow_log(
            platform.jobs, ChangeFeed(platform.events), ada, project, job, log=platform.job_logs.file(job), start=0
        )
        async with asyncio.timeout(30):
            seen = [event async for event in events]
        assert states(seen) == ["pending", "terminated"]
        assert seen[-1].name == "end"

    run(story)


def test_a_database_that_is_away_for_a_moment_ends_no_stream(
    platform: Platform, project: Project, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(change_feed, "_TROUBLE_SECONDS", 0.0)
    ada, asked, whole = platform.actor("ada"), [0], EventLog.since

    def sometimes(log: EventLog, cursor: Cursor) -> EventPage:
        asked[0] += 1
        if asked[0] in (1, 2):
            raise OSError("the database is away")
        return whole(log, cursor)

    monkeypatch.setattr(EventLog, "since", sometimes)

    async def story() -> None:
        events = follow(platform, ChangeFeed(platform.events), ada)
        await anext(events)
        platform.submit(project)
        assert len(await take(events, 1, name="job")) == 1
        await events.aclose()  # type: ignore[attr-defined]  # an async generator

    run(story)
    assert "cannot be looked up" in caplog.text


def test_a_log_is_followed_to_its_very_end(platform: Platform, project: Project) -> None:
    executor, runner = platform.executor, platform.runner()
    assert isinstance(executor, MemoryExecutor)
    job, ada = platform.submit(project), platform.actor("ada")
    runner.step()
    folder = platform.launcher.folder(job)

    async def story() -> None:
        running = platform.job(job)
        events = follow_log(
            platform.jobs,
            ChangeFeed(platform.events),
            ada,
            project,
            running,
            log=platform.job_logs.file(running),
            start=0,
        )
        seen = [await anext(events)]
        whole = "训练 done".encode()
        for index in range(len(whole)):
            executor.emit(folder, whole[index : index + 1])
            if index == 4:
                seen.append(await anext(events))
        executor.finish(folder, Exit(kind=ExitKind.EXITED, code=0, ended_at=platform.clock.now().timestamp()))
        runner.step()
        async with asyncio.timeout(30):
            seen += [event async for event in events]
        assert "".join(read(event, LogText).text for event in seen if event.name == "log") == "训练 done"
        assert states(seen)[-1] == JobState.SUCCEEDED
        assert (seen[-1].name, seen[-1].data) == ("end", LogEnd(end=len(whole)))

    run(story)


def test_a_job_deleted_while_it_is_watched_ends_the_stream(platform: Platform, project: Project) -> None:
    job, ada = platform.submit(project), platform.actor("ada")
    platform.jobs.terminate(ada, job)

    async def story() -> None:
        feed = ChangeFeed(platform.events)
        events = follow_log(
            platform.jobs, feed, ada, project, platform.job(job), log=platform.job_logs.file(platform.job(job)), start=0
        )
        await anext(events)
        platform.runner().step()
        platform.jobs.delete(ada, job)
        async with asyncio.timeout(30):
            rest = [event.name async for event in events]
        assert rest[-1] == "end"

    run(story)


def test_an_event_is_one_block_whatever_it_holds() -> None:
    encoded = Event("log", LogText(text="a\n\nevent: state\ndata: {}\r\n\u2028 训练", start=0, end=9)).encode()
    assert encoded.count(b"\n\n") == 1
    assert encoded.startswith(b"event: log\ndata: {")
    assert Event("").encode() == b": \n\n"
