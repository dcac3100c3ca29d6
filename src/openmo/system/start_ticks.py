"""Which process a number stands for: pid, start time and boot, never a pid alone. Stdlib only, for children."""

# ruff: noqa: PTH123 (loading pathlib would cost every job 9 ms of its start)

import os
from collections.abc import Mapping

TYPE_CHECKING = False  # `typing` is slow to load
if TYPE_CHECKING:
    from typing import Any


def boot_id() -> str:
    """Another text after every start of the machine."""
    with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
        return file.read().strip()


def start_ticks(pid: int) -> int | None:
    """When the process started, in the kernel's clock ticks since boot; None when it is gone or a zombie."""
    try:
        with open(f"/proc/{pid}/stat", "rb", buffering=0) as file:
            fields = file.read(2048).rpartition(b")")[2].split()
    except OSError:
        return None
    return None if not fields or fields[0] in (b"Z", b"X") else int(fields[19])


def identify(pid: int) -> "dict[str, Any]":
    """The record by which the process is known again: `pid`, `start` and `boot`."""
    return {"pid": pid, "start": start_ticks(pid), "boot": boot_id()}


def is_alive(identity: "Mapping[str, Any]") -> bool:
    """Whether that very process still runs; a record that names none has none."""
    if "pid" not in identity:
        return False
    start = start_ticks(identity["pid"])
    return start is not None and start == identity["start"] and identity["boot"] == boot_id()


def open_process(identity: "Mapping[str, Any]") -> int | None:
    """A pidfd of that very process, for signals and for waiting (readable when it ends); None when it is gone."""
    try:
        descriptor = os.pidfd_open(identity["pid"])
    except (OSError, KeyError):
        return None
    if is_alive(identity):  # asked after opening: from here on the number cannot pass to another process unseen
        return descriptor
    os.close(descriptor)
    return None
