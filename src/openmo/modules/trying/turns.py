"""Who may call now: a few at once on this machine, of each person fewer, and a queue that does not grow."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from openmo.core.errors import TooManyRequests, Unavailable
from openmo.core.ids import AccountId
from openmo.core.messages import message
from openmo.modules.trying.values import CallLimits

_RETRY_SECONDS = 5.0


class Turns:
    """Calls that run and that wait, of all people."""

    def __init__(self, limits: CallLimits) -> None:
        self._limits = limits
        self._places = threading.BoundedSemaphore(limits.at_once)
        self._lock = threading.Lock()
        self._of: Counter[AccountId] = Counter()

    @contextmanager
    def turn(self, person: AccountId) -> Iterator[None]:
        """A place for as long as the block lasts; waits for one.

        Raises TooManyRequests where the person has enough of them, and Unavailable where too many wait already.
        """
        with self._queued(person):
            if not self._places.acquire(timeout=self._limits.wait_seconds):
                raise _busy()
            try:
                yield
            finally:
                self._places.release()

    @contextmanager
    def _queued(self, person: AccountId) -> Iterator[None]:
        limits = self._limits
        with self._lock:
            if self._of[person] >= limits.per_person:
                raise TooManyRequests(
                    message(
                        "%(count)s of your calls of modules are running: try again when one has ended.",
                        count=limits.per_person,
                    ),
                    retry_after=_RETRY_SECONDS,
                )
            if self._of.total() >= limits.at_once + limits.waiting:
                raise _busy()
            self._of[person] += 1
        try:
            yield
        finally:
            with self._lock:
                self._of[person] -= 1
                self._of += Counter()  # without those who have none


def _busy() -> Unavailable:
    return Unavailable("Other people are trying modules at this moment. Try again soon.", retry_after=_RETRY_SECONDS)
