"""What is happening now: logs as they grow, jobs as they change, notices as they come.

Readers of a log look at its file, which costs microseconds. Whom a change concerns, the change feed tells once for all.
"""

import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Protocol

from fastapi.concurrency import run_in_threadpool

from openmo.accounts.values import Actor
from openmo.core.errors import NotFound
from openmo.events.values import Cursor
from openmo.jobs.log.file import LogFile
from openmo.jobs.log.growth import LogGrowth
from openmo.jobs.log.schemas import LogEnd, LogSize, LogText
from openmo.jobs.schemas import JobView
from openmo.jobs.service import JobService
from openmo.jobs.values import Job
from openmo.jobs.watching import JobWatchService
from openmo.languages.language import Language
from openmo.notices.schemas import NoticeCountView
from openmo.notices.service import NoticeService
from openmo.projects.values import Project
from openmo.web.change_feed import ChangeFeed
from openmo.web.presentation.notices import notice_view
from openmo.web.sse import KEEP_ALIVE, KEEP_ALIVE_SECONDS, Event

_LOG_SECONDS = 0.05
_CHUNK = 256 << 10


class LogEvents(Protocol):
    """What there is to say of a log since the last look."""

    def __call__(self, *, ended: bool) -> AsyncIterator[Event]: ...


async def follow_account(
    jobs: JobWatchService,
    notices: NoticeService,
    feed: ChangeFeed,
    actor: Actor,
    language: Language,
    *,
    after: int | None,
) -> AsyncIterator[Event]:
    """What concerns the actor, without end.

    An event `notices` says how many are unread, at once and whenever that changes; `notice` is a new one, and with
    `after` one with a larger number than that; `job` a change of one of the actor's jobs.
    """
    assert actor.account is not None  # noqa: S101 (the route is for those who are signed in)
    account = actor.account.id
    jobs_seen = notices_seen = await feed.begin()
    try:
        count = await run_in_threadpool(notices.count, actor)
        told = count.last if after is None else min(after, count.last)
        yield Event("notices", NoticeCountView.of(count))
        fresh = told < count.last
        while True:
            latest = feed.latest(account)
            if fresh or latest > notices_seen:
                notices_seen, fresh = max(latest, notices_seen), False
                for notice in await run_in_threadpool(notices.after, actor, told):
                    told = notice.number
                    yield Event("notice", notice_view(notice, language))
                if (now := await run_in_threadpool(notices.count, actor)) != count:
                    count = now
                    yield Event("notices", NoticeCountView.of(count))
            if latest > jobs_seen:
                found = await run_in_threadpool(jobs.changed_since, actor, jobs_seen)
                for job in found:
                    yield Event("job", JobView.of(job))
                # What is looked up has a limit, so go on behind the last that came; behind it nothing is the actor's.
                jobs_seen = Cursor(found[-1].change) if found else latest
            if not await feed.newer(account, min(jobs_seen, notices_seen), within=KEEP_ALIVE_SECONDS):
                yield KEEP_ALIVE
    finally:
        feed.end()


async def follow_log(
    jobs: JobService, feed: ChangeFeed, actor: Actor, project: Project, job: Job, *, log: LogFile, start: int
) -> AsyncIterator[Event]:
    """Events `log` with what the job prints from byte `start` on, `state` when it moves, `end` when all is said."""

    async def printed(*, ended: bool) -> AsyncIterator[Event]:
        nonlocal start
        while (chunk := log.read(start, _CHUNK, growing=not ended)).end > start:
            start = chunk.end
            yield Event("log", LogText(text=chunk.text, start=chunk.start, end=chunk.end))

    async with aclosing(_follow(jobs, feed, actor, project, job, log_events=printed)) as events:
        async for event in events:
            yield event if event.name != "end" else Event("end", LogEnd(end=start))


async def follow_size(
    jobs: JobService, feed: ChangeFeed, actor: Actor, project: Project, job: Job, *, log: LogFile, start: int
) -> AsyncIterator[Event]:
    """Events `grown` with the log's size and how many lines came since byte `start`; `state` and `end` as above.

    What a reader costs does not depend on how much is printed: it fetches the rows that it shows.
    """
    growth = LogGrowth(log, start)

    async def grown(*, ended: bool) -> AsyncIterator[Event]:
        del ended
        while growth.behind:
            await run_in_threadpool(growth.look)
            yield Event("grown", LogSize(size=growth.size, lines=growth.lines))

    async with aclosing(_follow(jobs, feed, actor, project, job, log_events=grown)) as events:
        async for event in events:
            yield event if event.name != "end" else Event("end", LogEnd(end=growth.size))


async def _follow(
    jobs: JobService, feed: ChangeFeed, actor: Actor, project: Project, job: Job, *, log_events: LogEvents
) -> AsyncGenerator[Event]:
    """What is new of the log, `state` when the job moves, `end` when all is said."""
    seen, stale = await feed.begin(), True  # the job was looked up before
    silent_since = time.monotonic()
    try:
        yield Event("state", JobView.of(job))
        while True:
            ended = job.state.is_terminal  # looked at before the log, so that nothing printed before the end is missed
            async for event in log_events(ended=ended):
                silent_since = time.monotonic()
                yield event
            if ended:
                yield Event("end")
                return
            if stale or feed.latest(project.id) > seen:
                seen, stale = max(feed.latest(project.id), seen), False
                now = await _again(jobs, actor, project, job)
                if now is None:
                    yield Event("end")
                    return
                if now.change != job.change:
                    job = now
                    yield Event("state", JobView.of(job))
                    continue
            if time.monotonic() - silent_since > KEEP_ALIVE_SECONDS:
                silent_since = time.monotonic()
                yield KEEP_ALIVE
            await feed.newer(project.id, seen, within=_LOG_SECONDS)
    finally:
        feed.end()


async def _again(jobs: JobService, actor: Actor, project: Project, job: Job) -> Job | None:
    try:
        return await run_in_threadpool(jobs.get, actor, project, job.number)
    except NotFound:
        return None  # deleted while somebody watched
