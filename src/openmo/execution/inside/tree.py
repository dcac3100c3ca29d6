"""All processes of one job: the shim is their subreaper, so none can leave its tree. Stdlib only, for the job shim."""

import os
import resource
import signal
import time

from openmo.system.processes import proportional_bytes, read_processes, send

_INTERVAL_SECONDS = 0.2
_NEAR_INTERVAL_SECONDS = 0.02
_NEAR = 0.7  # of the limit
_SHARE = 0.02  # of one core, at most, for looking at memory
_MAX_KILL_ROUNDS = 20


class JobTree:
    """The descendants of the process `root`; with `memory_limit` (bytes) their memory is looked at now and then."""

    def __init__(self, root: int, memory_limit: int | None) -> None:
        self._root = root
        self._init: int | None = None
        self._limit = memory_limit
        self._peak = 0
        self.has_children = True
        self.due = None if memory_limit is None else time.monotonic()
        """When memory must be looked at again."""

    def is_below(self, init: int) -> None:
        """The tree has a PID namespace of its own, whose first process this is; it counts as nobody's."""
        self._root = self._init = init

    def reap(self) -> list[tuple[int, int]]:
        """Pid and status of the children that died."""
        dead: list[tuple[int, int]] = []
        while self.has_children:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                self.has_children = False
                break
            if pid == 0:
                break
            dead.append((pid, status))
        return dead

    def signal(self, number: signal.Signals) -> None:
        """Every process of the tree gets the signal; one that is stopped goes on, so that it can act on it."""
        for pid in read_processes().descendants(self._root):
            send(pid, number)
            send(pid, signal.SIGCONT)

    def kill(self) -> None:
        """Every process of the tree is killed; by the kernel, or stopped first, so that none forks past the killing."""
        if self._init is not None:
            send(self._init, signal.SIGKILL)
            return
        stopped: set[int] = set()
        for _ in range(_MAX_KILL_ROUNDS):
            found = set(read_processes().descendants(self._root)) - stopped
            if not found:
                break
            for pid in found:
                send(pid, signal.SIGSTOP)
            stopped |= found
        for pid in stopped:
            send(pid, signal.SIGKILL)

    def over_memory(self) -> bool:
        """Whether the tree holds more than it may. Shared pages count once."""
        if self._limit is None:
            return False
        began = time.monotonic()
        table = read_processes()
        pids = table.descendants(self._root)
        used = sum(table.resident[pid] for pid in pids)
        if used > self._limit:  # resident sizes count shared pages again for each process: look closer
            used = sum(proportional_bytes(pid) for pid in pids)
        self._peak = max(self._peak, used)
        now = time.monotonic()
        pause = _NEAR_INTERVAL_SECONDS if used > self._limit * _NEAR else _INTERVAL_SECONDS
        self.due = now + max(pause, (now - began) / _SHARE)
        return used > self._limit

    def saw_memory(self, size: int) -> None:
        """Somebody else looked at the whole tree, and saw it hold so many bytes."""
        self._peak = max(self._peak, size)

    def peak_memory(self) -> int | None:
        """Bytes: of the whole tree when it was looked at, and at least of its largest process; None if none ran."""
        largest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
        return max(self._peak, largest) or None
