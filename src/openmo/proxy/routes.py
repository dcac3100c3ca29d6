"""The proxy's routing table: URL prefix to target, longest prefix first, kept in a file.

Because the table survives the proxy, a killed proxy serves every route again at its first request, without waiting for
the Hub to notice.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

import msgspec

from openmo.core.clock import Clock
from openmo.core.hostile.paths import write_over
from openmo.core.plain import read_plain


def normalise(prefix: str) -> str:
    """`/a/b` for every way of writing that prefix; `/` for the root."""
    return "/" + "/".join(part for part in prefix.split("/") if part)


class StoredRoute(msgspec.Struct, frozen=True):
    """A route in the file."""

    target: str
    data: dict[str, object]


_decode = msgspec.json.Decoder(dict[str, StoredRoute]).decode


@dataclass(slots=True)
class Route:
    """Requests below `prefix` go to `target`; `data` belongs to whoever added the route."""

    prefix: str
    target: str
    data: dict[str, object] = field(default_factory=dict)
    last_activity: datetime | None = None
    fixed: bool = False
    """Given at start: neither the API nor the file changes it."""

    def describe(self) -> dict[str, object]:
        """The route as JupyterHub's proxy API shows it."""
        seen = self.last_activity.isoformat() if self.last_activity else None
        return {**self.data, "target": self.target, "last_activity": seen}


class RouteTable:
    """All routes; every change is on disk before it is answered."""

    def __init__(self, file: Path, clock: Clock, fixed: Mapping[str, str]) -> None:
        self._file = file
        self._clock = clock
        self._routes: dict[str, Route] = {}
        self._load()
        for prefix, target in fixed.items():
            self._routes[normalise(prefix)] = Route(normalise(prefix), target, {"extra": True}, clock.now(), fixed=True)

    def find(self, path: str) -> Route | None:
        """The route with the longest prefix of the (still quoted) request path."""
        prefix = normalise(unquote(path))
        while True:
            if route := self._routes.get(prefix):
                return route
            if prefix == "/":
                return None
            prefix = prefix.rpartition("/")[0] or "/"

    def touch(self, route: Route) -> None:
        """The route was used now."""
        route.last_activity = self._clock.now()

    def add(self, prefix: str, target: str, data: Mapping[str, object]) -> None:
        key = normalise(prefix)
        known = self._routes.get(key)
        if known is not None and (known.fixed or (known.target == target and known.data == dict(data))):
            return
        self._routes[key] = Route(key, target, dict(data), self._clock.now())
        self._save()

    def remove(self, prefix: str) -> bool:
        """Whether there was such a route."""
        known = self._routes.get(normalise(prefix))
        if known is None or known.fixed:
            return known is not None
        del self._routes[normalise(prefix)]
        self._save()
        return True

    def describe(self, prefix: str | None = None) -> dict[str, object] | None:
        """One route, or all by prefix; None for an unknown one."""
        if prefix is not None:
            route = self._routes.get(normalise(prefix))
            return route.describe() if route else None
        return {key: route.describe() for key, route in self._routes.items()}

    def _load(self) -> None:
        try:
            stored = _decode(read_plain(self._file))
        except (OSError, msgspec.DecodeError, RecursionError):
            return  # no table, or half of one from another version: the Hub fills it anew
        for prefix, entry in stored.items():
            self._routes[prefix] = Route(prefix, entry.target, entry.data, self._clock.now())

    def _save(self) -> None:
        table = {key: StoredRoute(r.target, r.data) for key, r in self._routes.items() if not r.fixed}
        write_over(self._file, msgspec.json.encode(table))
