"""Which process a number stands for: a pid alone may by now belong to somebody else."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import psutil

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """Changes with every start of the machine; where the system has no such thing, the time of the start."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return str(int(psutil.boot_time()))


def start_ticks(pid: int) -> int | None:
    """When the process started, in a unit that only equality is asked of; None when there is no such process."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return _portable_start(pid)
    return None if fields[0] in "ZX" else int(fields[19])


def _portable_start(pid: int) -> int | None:
    if Path("/proc/self/stat").exists():
        return None
    try:
        return int(psutil.Process(pid).create_time() * 100)
    except psutil.Error:
        return None


@dataclass(frozen=True, slots=True)
class ProcessIdentity:
    """One process for ever: pid, start time, and the boot in which both mean something."""

    pid: int
    started: int
    boot: str

    @classmethod
    def of(cls, pid: int | None = None) -> Self:
        """The identity of a living process (default: this one); raises ProcessLookupError."""
        number = os.getpid() if pid is None else pid
        started = start_ticks(number)
        if started is None:
            raise ProcessLookupError(number)
        return cls(number, started, boot_id())

    @classmethod
    def from_json(cls, value: Any) -> Self | None:
        """The identity that `to_json` wrote; None for anything else."""
        try:
            return cls(int(value["pid"]), int(value["started"]), str(value["boot"]))
        except (TypeError, KeyError, ValueError):
            return None

    def to_json(self) -> dict[str, Any]:
        return {"pid": self.pid, "started": self.started, "boot": self.boot}

    def alive(self) -> bool:
        return self.boot == boot_id() and start_ticks(self.pid) == self.started
