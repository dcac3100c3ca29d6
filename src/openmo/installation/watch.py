"""Whether a service that runs also works: it is asked again and again, for as long as it lives.

It is judged by its silence, in seconds that the supervisor itself was awake: a machine that was suspended, a supervisor
that was stopped or did not get its turn, and clocks that jump count for nothing. One that answers is left alone,
whatever it says of the parts behind it: starting it anew would not bring them back.
"""

import asyncio
import os
from collections.abc import Callable
from http.client import HTTPException

from openmo.core.clock import Clock
from openmo.core.health import read_health
from openmo.core.messages import message
from openmo.installation.probe import get
from openmo.signalling.reports import ServiceState

START_SECONDS = 180.0
"""What a service may take until it answers at all: a loaded machine is slow; one that hangs is started anew."""
UNRESPONSIVE_SECONDS = 6.0
"""Of silence, after which a service is called unresponsive."""
HANG_SECONDS = 30.0
"""Of silence, after which a service is killed, on a machine that is not overloaded."""
MAX_LOAD = 10.0
_ASK_SECONDS = 2.0
_RETRY_SECONDS = 0.03
_TICK_SECONDS = 0.5
_MAX_TICK_SECONDS = 1.0


class AwakeTime:
    """Seconds that this process was awake: what passed unseen between two looks counts as one second at most."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = clock.monotonic()
        self._seconds = 0.0

    def now(self) -> float:
        """Look at least twice a second."""
        now = self._clock.monotonic()
        self._seconds += min(now - self._last, _MAX_TICK_SECONDS)
        self._last = now
        return self._seconds


def overload() -> float:
    """How many times more than its processors the machine has to do, from 1 to `MAX_LOAD`."""
    try:
        load = os.getloadavg()[0]
    except OSError:
        return 1.0
    return min(MAX_LOAD, max(1.0, load / (os.cpu_count() or 1)))


class Watch:
    """One running process under watch.

    `seen` is called with a state and what the process says of itself, as often as it is heard. `start_seconds` is what
    it may take until its first answer (None: as long as it likes), `leniency` a factor on the silence that kills it.
    """

    def __init__(
        self,
        awake: AwakeTime,
        seen: Callable[[ServiceState, str], None],
        *,
        start_seconds: float | None,
        leniency: float = 1.0,
    ) -> None:
        self._awake = awake
        self._seen = seen
        self._start_seconds = start_seconds
        self._leniency = leniency
        self._began = self._heard = awake.now()
        self._answers = False
        self.working = asyncio.Event()
        """It has said once that it works."""

    @property
    def stuck(self) -> bool:
        """It answers, but has not worked in all the time that it may take to start."""
        return self._answers and not self.working.is_set() and self._awake.now() - self._began >= START_SECONDS

    def ready(self) -> None:
        """It says that it works, and not whether it will say more: its silence is not judged yet."""
        self.working.set()
        self._seen(ServiceState.READY, "")

    def hear(self, problem: str = "") -> None:
        """It answers; `problem` is what does not work."""
        self._heard, self._answers = self._awake.now(), True
        if not problem:
            self.ready()
        else:
            self._seen(ServiceState.DEGRADED if self.working.is_set() else ServiceState.STARTING, problem)

    async def until_hung(self) -> float:
        """Returns when the process must be killed: the seconds for which it has been silent."""
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            silent = self._awake.now() - self._heard
            if silent >= self._limit():
                return silent
            if self._answers and silent >= UNRESPONSIVE_SECONDS:
                self._seen(ServiceState.UNRESPONSIVE, "")

    def _limit(self) -> float:
        if not self._answers:
            return float("inf") if self._start_seconds is None else self._start_seconds
        return HANG_SECONDS * self._leniency * overload()


async def ask_for_health(url: str, watch: Watch, *, answers_alone: bool = False) -> None:
    """Asks for ever, often until the process works; `answers_alone`: any answer will do."""
    while True:
        try:
            status, body = await get(url)
        except (OSError, HTTPException):
            pass  # silence speaks for itself
        else:
            watch.hear("" if status == 200 or answers_alone else _problem(status, body))
        await asyncio.sleep(_ASK_SECONDS if watch.working.is_set() else _RETRY_SECONDS)


def _problem(status: int, body: bytes) -> str:
    health = read_health(body)
    return (health.problem if health else "") or message("It answers with status %(status)s.", status=status)
