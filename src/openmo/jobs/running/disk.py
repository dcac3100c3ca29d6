"""Ending jobs that fill the disk, before the platform itself cannot write any more."""

import contextlib
from collections.abc import Mapping
from pathlib import Path

from openmo.core.clock import Clock
from openmo.core.ids import JobId
from openmo.core.space import DiskSpace, Reserve
from openmo.system.processes import read_processes

_LOOK_SECONDS = 0.2
_PAUSE_SECONDS = 1.0
"""From one job's end to the next one's: what it wrote last reaches the disk meanwhile."""
_WRITES_BYTES = 256 << 10
"""A job that has written less since the last look fills no disk."""


class DiskGuard:
    """Looks at the space that is left, and says which job must end.

    With a quarter of the low mark left, that is the one that has written most since the last look. What is held in
    reserve is given when even that does not help, so that ends can be written, and is held again once there is space.
    """

    def __init__(self, space: DiskSpace, reserve: Reserve, clock: Clock) -> None:
        self._space = space
        self._reserve = reserve
        self._clock = clock
        self._written: Mapping[JobId, int] = {}
        self._next_look = self._not_before = 0.0

    @property
    def is_low(self) -> bool:
        """Whether no job may start."""
        return self._space.is_low

    def look(self, processes: Mapping[JobId, int]) -> JobId | None:
        """The job that must end, of those that run as these processes."""
        now, low = self._clock.monotonic(), self._space.low_bytes
        if not low or now < self._next_look:
            return None
        self._next_look = now + _LOOK_SECONDS
        left = self._space.left()
        if left >= low:
            self._reserve.keep()
            self._written = {}
            self._next_look = now + _PAUSE_SECONDS
            return None
        before, self._written = self._written, _written(processes)
        if left < low // 16:
            self._reserve.release()
        if left >= low // 4 or now < self._not_before:
            return None
        grown = {job: written - before.get(job, 0) for job, written in self._written.items()}
        worst = max(grown, key=lambda job: grown[job], default=None)
        if worst is None or grown[worst] < _WRITES_BYTES:
            return None
        self._not_before = now + _PAUSE_SECONDS
        return worst


def _written(processes: Mapping[JobId, int]) -> dict[JobId, int]:
    """Bytes that the trees of these processes have written, to whatever."""
    table = read_processes()
    return {job: sum(map(_written_by, (pid, *table.descendants(pid)))) for job, pid in processes.items()}


def _written_by(pid: int) -> int:
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path(f"/proc/{pid}/io").read_text("ascii").splitlines():
            if line.startswith("wchar:"):
                return int(line.split()[1])
    return 0
