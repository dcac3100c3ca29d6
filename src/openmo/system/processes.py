"""Who descends from whom, and how much memory they hold, as /proc tells. Stdlib only, for children.

Reads one small file per process, because not every kernel offers /proc/PID/task/TID/children.
"""

# ruff: noqa: PTH123, PTH208 (loading pathlib would cost every child 9 ms of its start)

import contextlib
import os
import signal
import time
from collections import defaultdict
from collections.abc import Mapping

_PAGE = os.sysconf("SC_PAGE_SIZE")


class ProcessTable:
    """One look at all processes: children by parent; by pid, resident bytes (shared ones too), CPU ticks and tasks."""

    # A dataclass would double the start of the children that use this.
    __slots__ = ("children", "resident", "tasks", "ticks")

    def __init__(
        self,
        *,
        children: Mapping[int, list[int]],
        resident: Mapping[int, int],
        ticks: Mapping[int, int],
        tasks: Mapping[int, int],
    ) -> None:
        self.children = children
        self.resident = resident
        self.ticks = ticks
        self.tasks = tasks
        """The process and its threads, by how many they are."""

    def descendants(self, pid: int) -> list[int]:
        """All processes below `pid`, parents before children."""
        found: list[int] = []
        pending = list(self.children.get(pid, ()))
        while pending:
            child = pending.pop()
            found.append(child)
            pending.extend(self.children.get(child, ()))
        return found


def is_stopped(pid: int) -> bool:
    """Whether the process stands still by a signal (SIGSTOP) or under a debugger."""
    try:
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as file:
            return file.read(2048).rpartition(b")")[2].split()[0] in (b"T", b"t")
    except (OSError, IndexError):
        return False


def read_processes() -> ProcessTable:
    """All living processes of this moment; zombies are left out."""
    children: defaultdict[int, list[int]] = defaultdict(list)
    resident: dict[int, int] = {}
    ticks: dict[int, int] = {}
    tasks: dict[int, int] = {}
    for name in os.listdir("/proc"):
        if not name.isdecimal():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb", buffering=0) as file:
                # The command stands in parentheses and may hold anything, so fields count from the last one.
                fields = file.read(2048).rpartition(b")")[2].split()
        except OSError:
            continue
        if fields and fields[0] not in (b"Z", b"X"):
            pid = int(name)
            children[int(fields[1])].append(pid)
            resident[pid] = int(fields[21]) * _PAGE
            ticks[pid] = int(fields[11]) + int(fields[12])
            tasks[pid] = int(fields[17])
    return ProcessTable(children=children, resident=resident, ticks=ticks, tasks=tasks)


def parent_of(pid: int) -> int | None:
    """The process that this one is a child of; None when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as file:
            return int(file.read(2048).rpartition(b")")[2].split()[1])
    except (OSError, IndexError):
        return None


def numbered_inside(ancestor: int, number: int) -> int | None:
    """The process below `ancestor` that has that number in its own PID namespace; None when there is none."""
    for pid in read_processes().descendants(ancestor):
        try:
            with open(f"/proc/{pid}/status", "rb") as file:
                numbers = next((line.split()[1:] for line in file if line.startswith(b"NSpid:")), [])
        except OSError:
            continue
        if len(numbers) > 1 and int(numbers[-1]) == number:
            return pid
    return None


def tasks_of_machine() -> int:
    """How many processes and threads there are on the whole machine, zombies among them; costs microseconds."""
    with open("/proc/loadavg", "rb", buffering=0) as file:
        return int(file.read(200).split()[3].partition(b"/")[2])


def resident_bytes(pid: int) -> int:
    """Memory of one process, shared pages too; 0 when it is gone. Costs microseconds."""
    try:
        with open(f"/proc/{pid}/statm", "rb", buffering=0) as file:
            return int(file.read(200).split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def proportional_bytes(pid: int) -> int:
    """Memory of one process, shared pages split among those who share them; 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", "rb") as file:
            for line in file:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def kill_tree(*pids: int, timeout: float = 1.0) -> None:
    """The processes and all their descendants are killed; stopped first, so that none can fork past the killing."""
    stopped: set[int] = set()
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        table = read_processes()
        found = {each for pid in pids for each in (pid, *table.descendants(pid))} - stopped
        if not found:
            break
        for each in found:
            send(each, signal.SIGSTOP)
        stopped |= found
    for each in stopped:
        send(each, signal.SIGKILL)


def send(pid: int, number: signal.Signals) -> None:
    """The signal, if the process is still there and ours."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
