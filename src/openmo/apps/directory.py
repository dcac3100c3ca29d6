"""The app directory that the gateway asks at every call: a short memory over the database.

The gateway answers all calls on one event loop. So the database is asked in threads, and waited for as long as the call
can wait: an app that was known a moment ago goes on while the database is away, or says nothing.
"""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

from openmo.apps.service import AppService
from openmo.core.clock import Clock
from openmo.core.errors import Unavailable
from openmo.environments.service import EnvironmentBuilding
from openmo.serving.directory import DeployedRelease

_FRESH_SECONDS = 0.5
_STALE_SECONDS = 60.0
"""For so long apps go on while the database is away."""
_SHORT_WAIT_SECONDS = 1.0
"""For the database, where what was known a moment ago would do."""
_LONG_WAIT_SECONDS = 20.0
"""Where nothing is known; the database gives up sooner by itself."""
_THREADS = 8
_LIMIT = 10_000
Key = tuple[str, str, str | None]


@dataclass(frozen=True, slots=True)
class _Known:
    release: DeployedRelease | None
    at: float


@dataclass(frozen=True, slots=True)
class _Question:
    answer: asyncio.Task[DeployedRelease | None]
    at: float


class CachedAppDirectory:
    """Answers from memory for half a second, so that a new release is served that soon after its deploy.

    Used on one event loop.
    """

    def __init__(self, apps: AppService, clock: Clock) -> None:
        self._apps = apps
        self._clock = clock
        self._known: dict[Key, _Known] = {}
        self._pending: dict[Key, _Question] = {}
        """One question at a time for each app, however many call it."""
        self._threads = ThreadPoolExecutor(_THREADS, "app-directory")

    async def find(self, owner: str, app: str, version: str | None) -> DeployedRelease | None:
        """See the port; names that nobody could have registered are refused by length."""
        if len(owner) > 64 or len(app) > 64 or len(version or "") > 32:
            return None
        key, now = (owner, app, version), self._clock.monotonic()
        known = self._known.get(key)
        if known is not None and now - known.at < _FRESH_SECONDS:
            return known.release
        if known is not None and (known.release is None or now - known.at > _STALE_SECONDS):
            known = None  # that there was no such app a moment ago is nothing to go on with: it may be deployed by now
        question = self._pending.get(key) or self._ask(key, now)
        timeout = _LONG_WAIT_SECONDS if known is None else _SHORT_WAIT_SECONDS
        await asyncio.wait({question.answer}, timeout=max(0.0, question.at + timeout - now))
        if question.answer.done():
            try:
                return question.answer.result()
            except EnvironmentBuilding:
                raise
            except Unavailable:
                if known is None:
                    raise
        if known is None:
            raise Unavailable("The database does not answer: try again in a moment.")
        return known.release  # what held a moment ago; asked again at the next call

    async def public_releases(
        self, *, after: tuple[str, str] = ("", ""), limit: int = 100
    ) -> Sequence[DeployedRelease]:
        """See the port; read anew at each asking."""
        ask = partial(self._apps.public_releases, after=after, limit=limit)
        return await asyncio.get_running_loop().run_in_executor(self._threads, ask)

    def _ask(self, key: Key, now: float) -> _Question:
        question = self._pending[key] = _Question(asyncio.create_task(self._look(key, now)), now)
        question.answer.add_done_callback(_heard)
        return question

    async def _look(self, key: Key, now: float) -> DeployedRelease | None:
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._threads, self._apps.find, *key)
        finally:
            del self._pending[key]
        known = self._known.get(key)
        if known is not None and known.release == found:
            found = known.release  # the same object, so that the gateway's own caches stay warm
        if len(self._known) >= _LIMIT:
            self._known.clear()
        self._known[key] = _Known(found, now)
        return found


def _heard(answer: "asyncio.Task[DeployedRelease | None]") -> None:
    """Whoever asked may have gone: nobody else must be told what came of it."""
    if not answer.cancelled():
        answer.exception()
