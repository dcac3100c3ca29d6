"""How long a connection may keep the proxy waiting, and how many of them one address may hold.

Only connections without a request in progress are looked at: those that send none, or never end its headers. What is
being answered, a web socket or a stream of events say, lasts as long as it lasts.
"""

import asyncio
import resource
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Protocol, TypeVar

from aiohttp.web import Server

Key = TypeVar("Key")


class Connection(Protocol):
    """What is looked at of a connection of aiohttp's server."""

    @property
    def peername(self) -> object: ...

    def force_close(self) -> None: ...


def _loopback_share() -> int:
    """A third of the descriptors, since each request takes two: other machines' share is left to them."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(1000, soft // 3) if soft != resource.RLIM_INFINITY else 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Seconds and counts, generous for people and tight for who only wants to be in the way."""

    waiting: float = 60.0
    """Seconds until a request's headers are there; also how long a connection is kept between two requests."""
    body: float = 60.0
    """Seconds of waiting in which the next BODY_STEP bytes of a body must come."""
    per_address: int = 1000
    """Connections of one address: a class behind one router is one address."""
    loopback: int = field(default_factory=_loopback_share)
    """The same for this machine's own address, where a web server in front brings everybody."""

    def of(self, address: str) -> int:
        """The connections that this address may hold."""
        return self.loopback if is_loopback(address) else self.per_address


BODY_STEP = 1024


def is_loopback(address: str) -> bool:
    """Whether the address is one of this machine for itself."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


class Connections:
    """The open connections of one server."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._busy: Counter[object] = Counter()
        self._busy_by_address: Counter[str] = Counter()
        self._since: dict[object, float] = {}

    @contextmanager
    def answering(self, connection: object, address: str) -> Iterator[bool]:
        """A request of the connection is in progress; False: its address has too many of them, so refuse it."""
        accepted = self._busy_by_address[address] < self._limits.of(address)
        self._busy[connection] += 1
        self._busy_by_address[address] += 1
        try:
            yield accepted
        finally:
            _less(self._busy, connection)
            _less(self._busy_by_address, address)
            self._since[connection] = asyncio.get_running_loop().time()

    def sweep(self, connections: Iterable[Connection]) -> None:
        """Closes what has waited too long, and of an address that has too many those that have waited longest."""
        now = asyncio.get_running_loop().time()
        by_address: defaultdict[str, list[Connection]] = defaultdict(list)
        since: dict[object, float] = {}
        for connection in connections:
            if connection in self._busy:
                continue
            since[connection] = self._since.get(connection, now)
            if now - since[connection] > self._limits.waiting:
                connection.force_close()
            else:
                by_address[_address(connection)].append(connection)
        self._since = since
        for address, waiting in by_address.items():
            excess = len(waiting) + self._busy_by_address[address] - self._limits.of(address)
            for connection in sorted(waiting, key=since.__getitem__)[: max(0, excess)]:
                connection.force_close()

    async def watch(self, server: Server) -> None:
        """Sweeps the server's connections, for ever."""
        while True:
            self.sweep(server.connections)
            await asyncio.sleep(min(1.0, self._limits.waiting / 4))

    @property
    def body_seconds(self) -> float:
        return self._limits.body


def _less(counter: Counter[Key], key: Key) -> None:
    counter[key] -= 1
    if not counter[key]:
        del counter[key]


def _address(connection: Connection) -> str:
    peer = connection.peername
    return str(peer[0]) if isinstance(peer, tuple) and peer else ""
