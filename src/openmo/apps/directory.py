"""The app directory that the gateway asks at every call: a short memory over the database."""

import threading
from collections.abc import Sequence

from openmo.apps.service import AppService
from openmo.core.clock import Clock
from openmo.core.errors import Unavailable
from openmo.environments.service import EnvironmentBuilding
from openmo.serving.directory import DeployedRelease

_FRESH_SECONDS = 0.5
_STALE_SECONDS = 60.0
"""For so long apps go on while the database is away."""
_LIMIT = 10_000
Key = tuple[str, str, str | None]


class CachedAppDirectory:
    """Answers from memory for half a second, so that a new release is served that soon after its deploy."""

    def __init__(self, apps: AppService, clock: Clock) -> None:
        self._apps = apps
        self._clock = clock
        self._known: dict[Key, tuple[float, DeployedRelease | None]] = {}
        self._lock = threading.Lock()

    def find(self, owner: str, app: str, version: str | None) -> DeployedRelease | None:
        """See the port; names that nobody could have registered are refused by length."""
        if len(owner) > 64 or len(app) > 64 or len(version or "") > 32:
            return None
        key = (owner, app, version)
        now = self._clock.monotonic()
        known = self._known.get(key)
        if known is not None and now - known[0] < _FRESH_SECONDS:
            return known[1]
        try:
            found = self._apps.find(owner, app, version)
        except EnvironmentBuilding:
            raise
        except Unavailable:
            if known is None or now - known[0] > _STALE_SECONDS:
                raise
            return known[1]  # what held a moment ago; asked again at the next call
        if known is not None and known[1] == found:
            found = known[1]  # the same object, so that the gateway's own caches stay warm
        with self._lock:
            if len(self._known) >= _LIMIT:
                self._known.clear()
            self._known[key] = (now, found)
        return found

    def public_releases(self, *, after: tuple[str, str] = ("", ""), limit: int = 100) -> Sequence[DeployedRelease]:
        """See the port; read anew at each asking."""
        return self._apps.public_releases(after=after, limit=limit)
