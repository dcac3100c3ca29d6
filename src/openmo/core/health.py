"""Whether a process can do its work: each part that it stands on is asked, and the answer kept for a second.

Every process says so at `/health`, where load balancers, monitors and `openmo up` look.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from openmo.core.clock import Clock
from openmo.core.errors import OpenMoError

HEALTH_PATH = "/health"
CACHE_SECONDS = 1.0
UNHEALTHY_CACHE_SECONDS = 0.2  # whoever waits until it works hears so soon
PART_TIMEOUT_SECONDS = 2.0
OK = "ok"
_log = logging.getLogger(__name__)

Check = Callable[[], Awaitable[str]]
"""Empty when the part works, else one sentence that says why not, without secrets; it may raise OpenMoError instead."""


@dataclass(frozen=True, slots=True)
class Health:
    """Each part's name with `ok`, or with why it does not work."""

    parts: Mapping[str, str]

    @property
    def healthy(self) -> bool:
        return all(state == OK for state in self.parts.values())

    @property
    def status(self) -> int:
        """Of the HTTP answer."""
        return 200 if self.healthy else 503

    @property
    def problem(self) -> str:
        """What does not work and why, in one line; empty when all does."""
        return "; ".join(f"{name}: {state}" for name, state in self.parts.items() if state != OK)

    def body(self) -> bytes:
        """JSON with a line for each part."""
        document = {"status": OK if self.healthy else "unavailable", "parts": dict(self.parts)}
        return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


def read_health(body: bytes) -> Health | None:
    """What `Health.body` wrote; None for anything else."""
    try:
        parts = json.loads(body)["parts"]
        return Health({str(name): str(state) for name, state in parts.items()})
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


class HealthCheck:
    """Asks all parts at once, at most once a second however many ask. Made anywhere, used on one event loop."""

    def __init__(self, checks: Mapping[str, Check], clock: Clock) -> None:
        self._checks = checks
        self._clock = clock
        self._asking: dict[str, asyncio.Task[str]] = {}
        self._reading: asyncio.Task[Health] | None = None
        self._until = 0.0

    async def read(self) -> Health:
        """The health of this second."""
        if self._reading is None or (self._reading.done() and self._clock.monotonic() >= self._until):
            self._reading = asyncio.create_task(self._read())
        return await asyncio.shield(self._reading)  # whoever asked may go away; the others still wait for the answer

    async def _read(self) -> Health:
        # A part that hangs is asked once, not once a second: its question goes on, and every answer says that it hangs.
        # What it said in the end, after nobody waited any more, is of then, so it is asked again.
        for name, check in self._checks.items():
            if name not in self._asking or self._asking[name].done():
                self._asking[name] = asyncio.create_task(_answer(name, check))
        if self._asking:
            await asyncio.wait(self._asking.values(), timeout=PART_TIMEOUT_SECONDS)
        health = Health({name: self._take(name) for name in self._checks})
        self._until = self._clock.monotonic() + (CACHE_SECONDS if health.healthy else UNHEALTHY_CACHE_SECONDS)
        return health

    def _take(self, name: str) -> str:
        if not self._asking[name].done():
            return f"It does not answer within {PART_TIMEOUT_SECONDS:g} s."
        return self._asking.pop(name).result()


async def _answer(name: str, check: Check) -> str:
    try:
        return await check() or OK
    except OpenMoError as error:
        return error.message
    except Exception:  # noqa: BLE001 (recorded; a check that fails must read as a part that fails)
        _log.exception("the health of %s could not be found out", name)
        return "Its check failed; the log of this process says how."
