"""What a job uses: sampled by its shim, as records of a fixed size in the job's folder. Stdlib only, for children."""

# ruff: noqa: PTH123 (loading pathlib would cost every job 9 ms of its start)

import contextlib
import os
import resource
import struct
import time

from openmo.execution.inside.nvml import Gpus
from openmo.system.processes import proportional_bytes, read_processes

USAGE = "usage"
RECORD = struct.Struct("<ddQdQ")
"""Unix seconds, CPUs busy since the last record, bytes of memory, GPUs busy (NaN: unknown), bytes of GPU memory."""
_INTERVAL_SECONDS = 1.0
_MAX_INTERVAL_SECONDS = 10.0
_GROWS_AFTER_SECONDS = 600.0
"""Running time after which samples become rarer, so that a week needs no more than two megabytes."""
_SHARE = 0.005  # of one core, at most, for looking
_TICK = os.sysconf("SC_CLK_TCK")


class UsageMeter:
    """Samples the descendants of the process `root`; `due` is the moment (monotonic) of the next sample."""

    def __init__(self, folder: str, root: int, gpus: "list[str]") -> None:
        self._path = f"{folder}/{USAGE}"
        self._root = root
        self._gpus: Gpus | None = None
        if gpus:
            with contextlib.suppress(OSError, AttributeError):  # no driver, or one that is too old to ask
                self._gpus = Gpus(gpus)
        self._began = self._last = time.monotonic()
        self._cpu = 0.0
        self.due = self._began + _INTERVAL_SECONDS
        self.peak = 0
        """The most bytes of memory seen."""

    def sample(self) -> None:
        """One record more."""
        began = time.monotonic()
        table = read_processes()
        pids = table.descendants(self._root)
        cpu = _cpu_seconds(pids)
        memory = sum(proportional_bytes(pid) or table.resident[pid] for pid in pids)
        busy, gpu_memory = (float("nan"), 0) if self._gpus is None else self._gpus.use()
        cpus = max(0.0, cpu - self._cpu) / max(began - self._last, 1e-3)
        self.peak = max(self.peak, memory)
        self._cpu, self._last = cpu, began
        with contextlib.suppress(OSError):  # a full disk costs samples, never the job
            # Not core.clock: importing it costs a job's start 10 ms.
            self._append(RECORD.pack(time.time(), cpus, memory, busy, gpu_memory))
        now = time.monotonic()
        grown = _INTERVAL_SECONDS * (now - self._began) / _GROWS_AFTER_SECONDS
        pause = min(max(_INTERVAL_SECONDS, grown), _MAX_INTERVAL_SECONDS)
        self.due = now + max(pause, (now - began) / _SHARE)

    def _append(self, record: bytes) -> None:
        descriptor = os.open(self._path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        try:
            size = os.fstat(descriptor).st_size
            os.pwrite(descriptor, record, size - size % RECORD.size)  # over the part that a full disk took of the last
        finally:
            os.close(descriptor)


def _cpu_seconds(pids: "list[int]") -> float:
    """Of the living processes, of those that they waited for, and of those that this process waited for."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    ticks = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/stat", "rb", buffering=0) as file:
                fields = file.read(2048).rpartition(b")")[2].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))
    return ended.ru_utime + ended.ru_stime + ticks / _TICK
