"""What is happening now: logs as they grow, jobs as they change.

Readers of a log look at its file, which costs microseconds. Changes of jobs are looked up in the database once for all
readers, by the number of the last change.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator

from fastapi.concurrency import run_in_threadpool

from openmo.accounts.values import Actor
from openmo.core.errors import NotFound
from openmo.jobs.schemas import JobView
from openmo.jobs.service import JobService
from openmo.jobs.values import Job
from openmo.projects.values import Project
from openmo.web.sse import KEEP_ALIVE, KEEP_ALIVE_SECONDS, Event

_log = logging.getLogger(__name__)
_LOG_SECONDS = 0.05
_CHANGE_SECONDS = 0.1
_TROUBLE_SECONDS = 2.0
_CHUNK = 256 << 10


class JobChanges:
    """Tells all readers that some job changed; looks only while somebody reads."""

    def __init__(self, jobs: JobService) -> None:
        self._jobs = jobs
        self._changed = asyncio.Condition()
        self._last = 0
        self._readers = 0
        self._watcher: asyncio.Task[None] | None = None

    @property
    def last(self) -> int:
        """The number of the last change that was seen."""
        return self._last

    async def begin(self) -> int:
        """One reader more; returns the present change number. Call `end` when it goes."""
        await self._look()
        self._readers += 1
        if self._watcher is None or self._watcher.done():
            self._watcher = asyncio.create_task(self._watch())
        return self._last

    def end(self) -> None:
        self._readers -= 1

    async def after(self, change: int, *, within: float) -> bool:
        """Whether there is a change after `change`; answers after `within` seconds at the latest."""
        try:
            async with asyncio.timeout(within), self._changed:
                await self._changed.wait_for(lambda: self._last > change)
        except TimeoutError:
            return False
        return True

    async def _watch(self) -> None:
        while self._readers:
            try:
                await self._look()
            except Exception:  # noqa: BLE001 (the database may be away for a moment; readers wait, and miss nothing)
                _log.exception("Changes of jobs cannot be looked up.")
                await asyncio.sleep(_TROUBLE_SECONDS)
            await asyncio.sleep(_CHANGE_SECONDS)

    async def _look(self) -> None:
        last = await run_in_threadpool(self._jobs.last_change)
        async with self._changed:
            if last > self._last:
                self._last = last
                self._changed.notify_all()


async def follow_jobs(jobs: JobService, changes: JobChanges, actor: Actor) -> AsyncIterator[Event]:
    """An event `job` for every change of the actor's jobs, without end."""
    seen = await changes.begin()
    try:
        yield KEEP_ALIVE
        while True:
            if not await changes.after(seen, within=KEEP_ALIVE_SECONDS):
                yield KEEP_ALIVE
                continue
            target = changes.last
            found = await run_in_threadpool(jobs.changed_since, actor, seen)
            for job in found:
                yield Event("job", _wire(job))
            # What is looked up has a limit, so go on behind the last that came; behind it nothing is the actor's own.
            seen = found[-1].change if found else target
    finally:
        changes.end()


async def follow_log(
    jobs: JobService, changes: JobChanges, actor: Actor, project: Project, job: Job, *, start: int
) -> AsyncIterator[Event]:
    """Events `log` with what the job prints from byte `start` on, `state` when it moves, `end` when all is said."""
    log = jobs.log(job)
    seen = await changes.begin()
    silent_since = time.monotonic()
    try:
        yield Event("state", _wire(job))
        while True:
            ended = job.state.is_terminal  # looked at before the log, so that nothing printed before the end is missed
            while (chunk := log.read(start, _CHUNK, growing=not ended)).end > start:
                start, silent_since = chunk.end, time.monotonic()
                yield Event("log", {"text": chunk.text, "start": chunk.start, "end": chunk.end})
            if ended:
                yield Event("end", {"end": start})
                return
            if changes.last > seen:
                seen = changes.last
                now = await _again(jobs, actor, project, job)
                if now is None:
                    yield Event("end", {"end": start})
                    return
                if now.change != job.change:
                    job = now
                    yield Event("state", _wire(job))
                    continue
            if time.monotonic() - silent_since > KEEP_ALIVE_SECONDS:
                silent_since = time.monotonic()
                yield KEEP_ALIVE
            await changes.after(seen, within=_LOG_SECONDS)
    finally:
        changes.end()


async def _again(jobs: JobService, actor: Actor, project: Project, job: Job) -> Job | None:
    try:
        return await run_in_threadpool(jobs.get, actor, project, job.number)
    except NotFound:
        return None  # deleted while somebody watched


def _wire(job: Job) -> dict[str, object]:
    return JobView.of(job).model_dump(mode="json")
