"""What one job may hold at once: memory, processes and threads. Stdlib only, for the job shim.

Both are looked at now and then, because no limit of the kernel counts a whole tree for everybody (where it has one for
processes, that stands behind this one; see `openmo.sandbox.inside.pid_namespace`). How soon depends on how near the
limit is and how fast the tree has grown, so that a job holds little more than it may.
"""

import time

from openmo.system.processes import (
    ProcessTable,
    proportional_bytes,
    read_processes,
    resident_bytes,
    tasks_of_machine,
)

OUT_OF_MEMORY, TOO_MANY_PROCESSES = "out_of_memory", "too_many_processes"
_INTERVAL_SECONDS, _NEAR_INTERVAL_SECONDS, _MIN_INTERVAL_SECONDS = 0.2, 0.02, 0.001
_NEAR = 0.7  # of the limit
_SHARE = 0.02  # of one core, at most, for looking
_FASTEST = 4 << 30
"""Bytes a second by which a tree may begin to grow; one that has grown faster is expected to do so again."""
_MAX_CALM = 64
_MAX_EARLY = 2


class Bounds:
    """The limits of all descendants of a process, `memory` in bytes; None: no limit.

    `due` is the moment (monotonic) of the next look; None: there is nothing to look for.
    """

    def __init__(self, *, memory: "int | None", processes: "int | None") -> None:
        self._memory = memory
        self._processes = processes
        self._root = 0
        self._pids: list[int] = []
        self._shared = 0
        """Bytes that the last whole look found to be counted more than once."""
        self._all_at = self._closely_at = 0.0
        self._early = 0
        """Close looks that did not wait for their time: the first often shows what is shared, the next the truth."""
        self._last = (0.0, 0)
        self._fastest = float(_FASTEST)
        self._calm = 1
        self.peak = 0
        """The most bytes of memory seen."""
        self.due = None if memory is None and processes is None else time.monotonic()

    def watch(self, root: int) -> None:
        """From now on those below `root`."""
        self._root = root

    def passed(self) -> str:
        """Which limit the tree has passed, by its name above; empty: none."""
        began = time.monotonic()
        if self._memory is None:
            passed = self._look_at_number()
            now = time.monotonic()
            self.due = now + max(_INTERVAL_SECONDS, (now - began) / _SHARE)
            return passed
        passed, used = "", self._glance()
        glanced = time.monotonic()
        if used > self._memory and (began >= self._closely_at or self._early < _MAX_EARLY):
            self._early = 0 if began >= self._closely_at else self._early + 1
            passed, used = self._look_closely(self._memory)
        elif began >= self._all_at:
            passed, used = self._look_at_all(self._memory)
        self.peak = max(self.peak, used)
        now = time.monotonic()
        self.due = now + max(self._pause(now, used, self._memory), (glanced - began) / _SHARE)
        return passed

    def _look_at_number(self) -> str:
        """The machine's own count first, which is one short file: while it is small, so is the tree's."""
        if self._processes is None or tasks_of_machine() <= self._processes:
            return ""
        table = read_processes()
        return TOO_MANY_PROCESSES if self._too_many(table, table.descendants(self._root)) else ""

    def _too_many(self, table: ProcessTable, pids: "list[int]") -> bool:
        return self._processes is not None and sum(table.tasks[pid] for pid in pids) > self._processes

    def _glance(self) -> int:
        """Bytes of the processes that are known, about."""
        return max(0, sum(map(resident_bytes, self._pids)) - self._shared)

    def _look_closely(self, limit: int) -> "tuple[str, int]":
        """Resident sizes count shared pages again for each process. Whether it is really more than the limit."""
        began = time.monotonic()
        held = sum(map(resident_bytes, self._pids))
        used = sum(map(proportional_bytes, self._pids))
        self._shared = max(0, held - used)
        now = time.monotonic()
        self._closely_at = now + (now - began) / _SHARE  # where much is shared, glances alarm again and again
        return (OUT_OF_MEMORY if used > limit else ""), used

    def _look_at_all(self, limit: int) -> "tuple[str, int]":
        """All processes of the tree are known; what that costs is made up for by a pause."""
        began = time.monotonic()
        table = read_processes()
        self._pids = table.descendants(self._root)
        if self._too_many(table, self._pids):
            return TOO_MANY_PROCESSES, self._glance()
        used = sum(table.resident[pid] for pid in self._pids) - self._shared
        passed = ""
        if used > limit or self._shared:
            passed, used = self._look_closely(limit)
        now = time.monotonic()
        pause = _NEAR_INTERVAL_SECONDS if used > limit * _NEAR else _INTERVAL_SECONDS
        self._all_at = now + max(pause, (now - began) / _SHARE)
        return passed, used

    def _pause(self, now: float, used: int, limit: int) -> float:
        """Until half of what is left can be taken; the longer, the longer the tree has not grown."""
        then, before = self._last
        self._last, grown = (now, used), used - before
        if then:
            self._fastest = max(self._fastest, grown / max(now - then, _MIN_INTERVAL_SECONDS))
        self._calm = 1 if grown > limit >> 10 else min(2 * self._calm, _MAX_CALM)
        most = _NEAR_INTERVAL_SECONDS if used > limit * _NEAR else _INTERVAL_SECONDS
        return min(max((limit - used) / self._fastest / 2 * self._calm, _MIN_INTERVAL_SECONDS), most)
