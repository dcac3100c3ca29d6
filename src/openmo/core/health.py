"""Whether a process can do its work: each part that it stands on is asked, and the answer kept for a second.

Every process says so at `/health`, where load balancers, monitors and `openmo up` look.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from openmo.core.clock import Clock
from openmo.core.errors import OpenMoError
from openmo.core.messages import Message, as_message, as_plain, from_plain, message, translated

HEALTH_PATH = "/health"
CACHE_SECONDS = 1.0
UNHEALTHY_CACHE_SECONDS = 0.2  # whoever waits until it works hears so soon
PART_TIMEOUT_SECONDS = 2.0
OK = "ok"
_PARTS = {"database": message("database"), "hub": message("hub"), "workers": message("workers")}
"""What people call them."""
_log = logging.getLogger(__name__)

Check = Callable[[], Awaitable[str]]
"""Empty when the part works, else one sentence (of the catalogues) that says why not, without secrets.

It may raise OpenMoError instead.
"""


Warnings = Callable[[], Mapping[str, str]]
"""What does not hinder yet, by what it is about, each in one sentence of the catalogues."""


@dataclass(frozen=True, slots=True)
class Health:
    """Each part's name with `ok`, or with why it does not work."""

    parts: Mapping[str, str]
    warnings: Mapping[str, str] = field(default_factory=dict)
    """What does not hinder this process yet, by what it is about."""

    @property
    def healthy(self) -> bool:
        return all(state == OK for state in self.parts.values())

    @property
    def status(self) -> int:
        """Of the HTTP answer."""
        return 200 if self.healthy else 503

    @property
    def problem(self) -> Message:
        """What does not work and why, in one line; empty when all does."""
        found = {name: as_message(state) for name, state in self.parts.items() if state != OK}
        lines = {
            name: message("%(part)s: %(problem)s", part=_PARTS.get(name, name), problem=state)
            for name, state in found.items()
        }
        return Message("; ".join(f"%({name})s" for name in lines), lines)

    def body(self, translate: Callable[[str], str] = str) -> bytes:
        """JSON with a line for each part, in the language of `translate`; `problems` are for programs."""
        document: dict[str, object] = {
            "status": OK if self.healthy else "unavailable",
            "parts": {
                name: state if state == OK else translated(state, translate) for name, state in self.parts.items()
            },
        }
        if self.warnings:
            document["warnings"] = {name: translated(text, translate) for name, text in self.warnings.items()}
        if not self.healthy:
            document["problems"] = {name: as_plain(state) for name, state in self.parts.items() if state != OK}
        return json.dumps(document, indent=2, ensure_ascii=False).encode() + b"\n"


def read_health(body: bytes) -> Health | None:
    """What `Health.body` wrote; None for anything else."""
    try:
        document = json.loads(body)
        sent = {str(name): from_plain(each) for name, each in document.get("problems", {}).items()}
        return Health({str(name): sent.get(name, str(state)) for name, state in document["parts"].items()})
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


class HealthCheck:
    """Asks all parts at once, at most once a second however many ask. Made anywhere, used on one event loop."""

    def __init__(self, checks: Mapping[str, Check], clock: Clock, *, warnings: Warnings = dict) -> None:
        self._checks = checks
        self.warnings = warnings
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
        health = Health({name: self._take(name) for name in self._checks}, self.warnings())
        self._until = self._clock.monotonic() + (CACHE_SECONDS if health.healthy else UNHEALTHY_CACHE_SECONDS)
        return health

    def _take(self, name: str) -> str:
        if not self._asking[name].done():
            return message("It does not answer within %(seconds)s s.", seconds=f"{PART_TIMEOUT_SECONDS:g}")
        return self._asking.pop(name).result()


async def _answer(name: str, check: Check) -> str:
    try:
        return await check() or OK
    except OpenMoError as error:
        return error.message
    except Exception:  # noqa: BLE001 (recorded; a check that fails must read as a part that fails)
        _log.exception("the health of %s could not be found out", name)
        return message("Its check failed; the log of this process says how.")
