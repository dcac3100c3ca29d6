"""Ends what a killed shim left behind: its job dies with it, but processes that the job started may live on."""

import os
import select
import signal
from pathlib import Path

from openmo.execution.inside.folder import RUN_MARK

_MAX_ROUNDS = 50
_DEATH_TIMEOUT_SECONDS = 1.0


def end_leftovers(mark: str) -> None:
    """No process is left whose environment says that it belongs to a run whose mark begins so."""
    wanted = f"{RUN_MARK}={mark}".encode()
    for _ in range(_MAX_ROUNDS):
        found = [int(entry.name) for entry in Path("/proc").iterdir() if _carries(entry, wanted)]
        if not found:
            return
        for pid in found:
            _kill(pid, wanted)


def _carries(process: Path, wanted: bytes) -> bool:
    if not process.name.isdecimal():
        return False
    try:
        return any(each.startswith(wanted) for each in (process / "environ").read_bytes().split(b"\0"))
    except OSError:
        return False


def _kill(pid: int, wanted: bytes) -> None:
    """Kills the process and waits for its end, if it is still the one that was found."""
    try:
        process = os.pidfd_open(pid)
    except OSError:
        return
    try:
        if _carries(Path(f"/proc/{pid}"), wanted):
            signal.pidfd_send_signal(process, signal.SIGKILL)
            select.select([process], [], [], _DEATH_TIMEOUT_SECONDS)
    except ProcessLookupError:
        pass
    finally:
        os.close(process)
