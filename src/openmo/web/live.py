"""What is happening now: logs as they grow, jobs as they change, notices as they come.

Readers of a log look at its file, which costs microseconds. Changes are looked up in the database once for all
readers, by the numbers of the last ones.
"""

import asyncio
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Protocol

from fastapi.concurrency import run_in_threadpool

from openmo.accounts.values import Actor
from openmo.core.errors import NotFound
from openmo.jobs.log.growth import LogGrowth
from openmo.jobs.schemas import JobView
from openmo.jobs.service import JobService
from openmo.jobs.values import Job
from openmo.notices.schemas import NoticeCountView
from openmo.notices.service import NoticeService
from openmo.notices.values import NoticeCount
from openmo.projects.values import Project
from openmo.web.presentation.language import Language
from openmo.web.presentation.notices import notice_view
from openmo.web.sse import KEEP_ALIVE, KEEP_ALIVE_SECONDS, Event

_log = logging.getLogger(__name__)
_LOG_SECONDS = 0.05
_CHANGE_SECONDS = 0.1
_TROUBLE_SECONDS = 2.0
_CHUNK = 256 << 10


class News(Protocol):
    """What there is to say of a log since the last look."""

    def __call__(self, *, ended: bool) -> AsyncIterator[Event]: ...


@dataclass(frozen=True, slots=True)
class Moment:
    """How far the world has come."""

    jobs: int = 0
    """The number of the last change of any job."""
    notices: int = 0
    """The number of the last change of anybody's notices."""

    def is_past(self, now: "Moment") -> bool:
        return now.jobs > self.jobs or now.notices > self.notices

    def is_past_for_jobs(self, now: "Moment") -> bool:
        return now.jobs > self.jobs


class Changes:
    """Tells all readers that some job or notice changed; looks only while somebody reads."""

    def __init__(self, jobs: JobService, notices: NoticeService) -> None:
        self._jobs = jobs
        self._notices = notices
        self._changed = asyncio.Condition()
        self._last = Moment()
        self._readers = 0
        self._watcher: asyncio.Task[None] | None = None

    @property
    def last(self) -> Moment:
        """The last that was seen."""
        return self._last

    async def begin(self) -> Moment:
        """One reader more; returns the present moment. Call `end` when it goes."""
        await self._look()
        self._readers += 1
        if self._watcher is None or self._watcher.done():
            self._watcher = asyncio.create_task(self._watch())
        return self._last

    def end(self) -> None:
        self._readers -= 1

    async def until(self, happened: Callable[[Moment], bool], *, within: float) -> bool:
        """Whether that moment has come; answers after `within` seconds at the latest."""
        try:
            async with asyncio.timeout(within), self._changed:
                await self._changed.wait_for(lambda: happened(self._last))
        except TimeoutError:
            return False
        return True

    async def _watch(self) -> None:
        while self._readers:
            try:
                await self._look()
            except Exception:  # noqa: BLE001 (the database may be away for a moment; readers wait, and miss nothing)
                _log.exception("Changes cannot be looked up.")
                await asyncio.sleep(_TROUBLE_SECONDS)
            await asyncio.sleep(_CHANGE_SECONDS)

    async def _look(self) -> None:
        now = await run_in_threadpool(self._now)
        async with self._changed:
            # Two looks may overtake each other, so neither number goes back.
            last = Moment(max(now.jobs, self._last.jobs), max(now.notices, self._last.notices))
            if last != self._last:
                self._last = last
                self._changed.notify_all()

    def _now(self) -> Moment:
        return Moment(self._jobs.last_change(), self._notices.last_change())


async def follow_account(
    jobs: JobService, notices: NoticeService, changes: Changes, actor: Actor, language: Language, *, after: int | None
) -> AsyncIterator[Event]:
    """What concerns the actor, without end.

    An event `notices` says how many are unread, at once and whenever that changes; `notice` is a new one, and with
    `after` one with a larger number than that; `job` a change of one of the actor's jobs.
    """
    begun = await changes.begin()
    job_seen, look_again = begun.jobs, begun.notices
    try:
        count = await run_in_threadpool(notices.count, actor)
        told = count.last if after is None else min(after, count.last)
        yield Event("notices", _counted(count))
        fresh = told < count.last
        while True:
            if fresh or changes.last.notices > look_again:
                look_again, fresh = changes.last.notices, False
                for notice in await run_in_threadpool(notices.after, actor, told):
                    told = notice.number
                    yield Event("notice", notice_view(notice, language).model_dump(mode="json"))
                if (now := await run_in_threadpool(notices.count, actor)) != count:
                    count = now
                    yield Event("notices", _counted(count))
            if changes.last.jobs > job_seen:
                target = changes.last.jobs
                found = await run_in_threadpool(jobs.changed_since, actor, job_seen)
                for job in found:
                    yield Event("job", _wire(job))
                # What is looked up has a limit, so go on behind the last that came; behind it nothing is the actor's.
                job_seen = found[-1].change if found else target
            seen = Moment(job_seen, look_again)
            if not await changes.until(seen.is_past, within=KEEP_ALIVE_SECONDS):
                yield KEEP_ALIVE
    finally:
        changes.end()


async def follow_log(
    jobs: JobService, changes: Changes, actor: Actor, project: Project, job: Job, *, start: int
) -> AsyncIterator[Event]:
    """Events `log` with what the job prints from byte `start` on, `state` when it moves, `end` when all is said."""
    log = jobs.log(job)

    async def printed(*, ended: bool) -> AsyncIterator[Event]:
        nonlocal start
        while (chunk := log.read(start, _CHUNK, growing=not ended)).end > start:
            start = chunk.end
            yield Event("log", {"text": chunk.text, "start": chunk.start, "end": chunk.end})

    async with aclosing(_follow(jobs, changes, actor, project, job, news=printed)) as events:
        async for event in events:
            yield event if event.name != "end" else Event("end", {"end": start})


async def follow_size(
    jobs: JobService, changes: Changes, actor: Actor, project: Project, job: Job, *, start: int
) -> AsyncIterator[Event]:
    """Events `grown` with the log's size and how many lines came since byte `start`; `state` and `end` as above.

    What a reader costs does not depend on how much is printed: it fetches the rows that it shows.
    """
    growth = LogGrowth(jobs.log(job), start)

    async def grown(*, ended: bool) -> AsyncIterator[Event]:
        del ended
        while growth.behind:
            await run_in_threadpool(growth.look)
            yield Event("grown", {"size": growth.size, "lines": growth.lines})

    async with aclosing(_follow(jobs, changes, actor, project, job, news=grown)) as events:
        async for event in events:
            yield event if event.name != "end" else Event("end", {"end": growth.size})


async def _follow(
    jobs: JobService, changes: Changes, actor: Actor, project: Project, job: Job, *, news: News
) -> AsyncGenerator[Event]:
    """What is new of the log, `state` when the job moves, `end` when all is said."""
    seen = (await changes.begin()).jobs
    silent_since = time.monotonic()
    try:
        yield Event("state", _wire(job))
        while True:
            ended = job.state.is_terminal  # looked at before the log, so that nothing printed before the end is missed
            async for event in news(ended=ended):
                silent_since = time.monotonic()
                yield event
            if ended:
                yield Event("end")
                return
            if changes.last.jobs > seen:
                seen = changes.last.jobs
                now = await _again(jobs, actor, project, job)
                if now is None:
                    yield Event("end")
                    return
                if now.change != job.change:
                    job = now
                    yield Event("state", _wire(job))
                    continue
            if time.monotonic() - silent_since > KEEP_ALIVE_SECONDS:
                silent_since = time.monotonic()
                yield KEEP_ALIVE
            await changes.until(Moment(jobs=seen).is_past_for_jobs, within=_LOG_SECONDS)
    finally:
        changes.end()


async def _again(jobs: JobService, actor: Actor, project: Project, job: Job) -> Job | None:
    try:
        return await run_in_threadpool(jobs.get, actor, project, job.number)
    except NotFound:
        return None  # deleted while somebody watched


def _counted(count: NoticeCount) -> dict[str, object]:
    return NoticeCountView.of(count).model_dump()


def _wire(job: Job) -> dict[str, object]:
    return JobView.of(job).model_dump(mode="json")
