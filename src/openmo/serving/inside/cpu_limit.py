"""Holds a worker and all that it starts to as many cores as its app may use.

Without rights over control groups no process can be given a share of a core, but it can be kept to some cores. A
handler that computes in one thread never needs more than one; kept to a core it would only wait for what else runs
there. So nothing is done until a tree of processes uses more than it may, and then it gets that many cores until it
rests.
"""

# ruff: noqa: PTH208 (loading pathlib would cost the zygote's looks more than they take)

import contextlib
import os
import random

from openmo.system.processes import ProcessTable

_TICKS = os.sysconf("SC_CLK_TCK")
_TOLERANCE = 0.25
"""Cores; what a look at coarse ticks may misjudge."""
_RESTING = 0.5
"""Of what it may use: a tree below it is let go."""


class CpuLimit:
    """The use of one worker's tree, from look to look."""

    __slots__ = ("_at", "_cpus", "_kept", "_ticks")

    def __init__(self, cpus: int) -> None:
        self._cpus = cpus
        self._at: float | None = None
        self._ticks: dict[int, int] = {}
        self._kept: list[int] = []

    def look(self, tree: list[int], table: ProcessTable, now: float) -> None:
        """Judges what the tree used since the last look."""
        everywhere = os.sched_getaffinity(0)
        if self._cpus >= len(everywhere):
            return
        ticks = {pid: table.ticks[pid] for pid in tree if pid in table.ticks}
        if self._at is not None and now > self._at:
            used = sum(count - self._ticks.get(pid, 0) for pid, count in ticks.items()) / _TICKS / (now - self._at)
            if used > self._cpus + _TOLERANCE and not self._kept:
                self._kept = random.sample(sorted(everywhere), self._cpus)
            elif self._kept and used < self._cpus * _RESTING:
                self._kept = []
                _keep(tree, everywhere)
        if self._kept:  # at each look again: a thread may have been started between
            _keep(tree, self._kept)
        self._at, self._ticks = now, ticks


def _keep(tree: "list[int]", cores: "set[int] | list[int]") -> None:
    for pid in tree:
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{pid}/task"):
                with contextlib.suppress(OSError):
                    os.sched_setaffinity(int(thread), cores)
