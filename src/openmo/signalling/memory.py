"""A notifier within one process."""

import threading
from collections import Counter


class MemoryNotifier:
    """Wakes threads of this process; see `openmo.signalling.notifier`."""

    def __init__(self) -> None:
        self._woken: Counter[str] = Counter()
        self._changed = threading.Condition()

    def wake(self, topic: str) -> None:
        with self._changed:
            self._woken[topic] += 1
            self._changed.notify_all()

    def wait(self, topic: str, timeout: float) -> bool:
        with self._changed:
            woken = self._changed.wait_for(lambda: self._woken[topic] > 0, max(0.0, timeout))
            self._woken[topic] = 0  # many wakes are one
            return woken
