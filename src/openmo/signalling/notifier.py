"""A tap on the shoulder between processes; whoever misses it finds out by looking."""

from typing import Protocol


class Notifier(Protocol):
    """Wakes a process that waits for work; never carries the work itself."""

    def wake(self, topic: str) -> None:
        """Whoever waits on `topic` looks now. Never blocks, never fails."""
        ...

    def wait(self, topic: str, timeout: float) -> bool:
        """Whether a wake came within `timeout` seconds."""
        ...
