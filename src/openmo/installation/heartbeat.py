"""Tells the supervisor each second that a loop goes on, for as long as it does."""

import json
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from openmo.core.messages import as_plain
from openmo.installation.child import Announcer

BEAT_SECONDS = 1.0
_WORK_SECONDS = 0.001
"""Of processor time in a second: a thread that had less has waited."""


class Heartbeat:
    """A thread that says `WATCHDOG=1` while the thread that made it gets on.

    It gets on when it finished another round (`rounds` counts them), or worked: a round that copies a large project may
    take long, one that waits for ever for what never comes must not. `problem` is what does not work right now.
    """

    def __init__(self, announcer: Announcer, rounds: Callable[[], int], problem: Callable[[], str]) -> None:
        self._announcer = announcer
        self._rounds = rounds
        self._problem = problem
        self._worker = threading.get_ident()
        self._seen = (-1, 0.0)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        while True:
            if self._gets_on():
                self._announcer.say(WATCHDOG="1", **_status(self._problem()))
            if self._ended.wait(BEAT_SECONDS):
                return

    def _gets_on(self) -> bool:
        rounds, worked = self._seen
        now = (self._rounds(), _processor_seconds(self._worker))
        if now[0] == rounds and now[1] - worked < _WORK_SECONDS:
            return False
        self._seen = now
        return True


def _status(problem: str) -> dict[str, str]:
    """For systemd a line, for `openmo up` the message, which pages show in their readers' languages."""
    if not problem:
        return {"STATUS": ""}
    return {"STATUS": " ".join(problem.split()), "X_OPENMO_PROBLEM": json.dumps(as_plain(problem))}


def _processor_seconds(thread: int) -> float:
    """What the thread has used; where the system does not say, its rounds alone count."""
    if not hasattr(time, "pthread_getcpuclockid"):
        return 0.0
    return time.clock_gettime(time.pthread_getcpuclockid(thread))
