"""All processes of one job: the shim is their subreaper, so none can leave its tree. Stdlib only, for the job shim."""

import os
import resource
import signal

from openmo.system.processes import read_processes, send

_MAX_KILL_ROUNDS = 20


class JobTree:
    """The descendants of the process `root`."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._init: int | None = None
        self.has_children = True

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

    @property
    def root(self) -> int:
        """Whose descendants they are."""
        return self._root


def largest_ended_child() -> int:
    """The most memory in bytes that a process held which this one has waited for; 0: there was none."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
