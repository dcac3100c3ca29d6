"""Who is concerned by what happens: one look into the log of events for all readers of a process."""

import asyncio
import logging

from fastapi.concurrency import run_in_threadpool

from openmo.core.ids import AccountId, ProjectId
from openmo.events.log import EventLog
from openmo.events.values import Cursor, EventPage

_log = logging.getLogger(__name__)
_CHANGE_SECONDS = 0.1
_TROUBLE_SECONDS = 2.0
Concern = AccountId | ProjectId


class ChangeFeed:
    """Wakes those readers whom an event concerns, and no others; looks only while somebody reads."""

    def __init__(self, events: EventLog) -> None:
        self._events = events
        self._changed = asyncio.Condition()
        self._looking = asyncio.Lock()
        self._last = self._missed = Cursor(0)
        self._latest: dict[str, Cursor] = {}
        """The newest event for each account and project that had one since the first reader came."""
        self._readers = 0
        self._watcher: asyncio.Task[None] | None = None

    async def begin(self) -> Cursor:
        """One reader more; returns where it starts. Call `end` when it goes."""
        await self._look()
        self._readers += 1
        if self._watcher is None or self._watcher.done():
            self._watcher = asyncio.create_task(self._watch())
        return self._last

    def end(self) -> None:
        self._readers -= 1

    def latest(self, concern: Concern) -> Cursor:
        """The newest event of that account or project that was seen, or may have been missed; 0: none."""
        return max(self._latest.get(concern, self._missed), self._missed)

    async def newer(self, concern: Concern, than: Cursor, *, within: float) -> bool:
        """Whether there is an event of that account or project after `than`; answers after `within` seconds at most."""
        try:
            async with asyncio.timeout(within), self._changed:
                await self._changed.wait_for(lambda: self.latest(concern) > than)
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
        async with self._looking:
            if not self._readers:  # what happened while nobody looked concerns nobody
                self._last = await run_in_threadpool(self._events.last)
                self._latest.clear()
                return
            while True:
                page = await run_in_threadpool(self._events.since, self._last)
                await self._tell(page)
                if not page.more:
                    return

    async def _tell(self, page: EventPage) -> None:
        async with self._changed:
            self._last = page.cursor
            if not page.complete:
                self._missed = page.cursor
            for recorded in page.events:
                for concern in (recorded.owner_id, recorded.event.project, *recorded.event.concerned):
                    if concern is not None:
                        self._latest[concern] = Cursor(recorded.number)
            if page.events or not page.complete:
                self._changed.notify_all()
