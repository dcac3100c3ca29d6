"""From a process status to the exit record: what happened, told apart and in one sentence. Stdlib only."""

# ruff: noqa: PTH123 (loading pathlib would cost every job 9 ms of its start)

import os
import signal
import time

from openmo.execution.inside.records import ExitRecord, JobOrder


class JobEnd:
    """What the shim knows about the end besides the process status."""

    def __init__(self) -> None:
        self.reason: str | None = None
        """`terminated`, `time_limit`, `not_started`, or a limit of `Bounds`, when the shim brought it about."""
        self.failure = ""
        """Why the program could not be started."""
        self.started_at: float | None = None
        self.ended_at: float | None = None
        self.peak_memory_bytes: int | None = None
        self.oom_kills_before = 0
        self.disk_full = False


def oom_kills() -> int:
    """How many processes the kernel has killed for want of memory; 0 where it does not say."""
    try:
        with open("/proc/vmstat", "rb") as file:
            return next((int(line.split()[1]) for line in file if line.startswith(b"oom_kill ")), 0)
    except OSError:
        return 0


def describe_end(end: JobEnd, status: int | None, order: JobOrder) -> ExitRecord:
    """The exit record."""
    code = os.WEXITSTATUS(status) if status is not None and os.WIFEXITED(status) else None
    number = os.WTERMSIG(status) if status is not None and os.WIFSIGNALED(status) else None
    kind, detail = _explain(end, code, number, order)
    return ExitRecord(
        kind=kind,
        code=code,
        signal=number,
        started_at=end.started_at,
        ended_at=end.ended_at or time.time(),  # not core.clock: importing it costs a job's start 10 ms
        detail=detail,
        peak_memory_bytes=end.peak_memory_bytes,
        failure=end.failure,
        disk_full=end.disk_full,
    )


def _explain(end: JobEnd, code: int | None, number: int | None, order: JobOrder) -> tuple[str, str]:
    if end.reason is not None:
        return end.reason, _explain_reason(end, order)
    if number is None:
        return "exited", "" if code == 0 else f"The program ended with exit code {code}; the end of the log says why."
    if number == signal.SIGKILL and oom_kills() > end.oom_kills_before:
        return "out_of_memory", "Probably the machine ran out of memory; use less of it (smaller batches, say)."
    name = signal.Signals(number).name if number in set(signal.Signals) else f"signal {number}"
    return "signalled", f"The program was ended by {name}; the end of the log may say why."


def _explain_reason(end: JobEnd, order: JobOrder) -> str:
    if end.reason == "not_started":
        return f"The job could not be started: {end.failure}. Check that the file is there."
    if end.reason == "time_limit":
        return f"Stopped after its time limit of {order.time_limit or 0:g} seconds; allow more time and run it again."
    if end.reason == "out_of_memory":
        held, limit = _amount(end.peak_memory_bytes or 0), _amount(order.memory_bytes or 0)
        return f"It held {held} of memory and may hold {limit}; use less of it (smaller batches, say) or allow more."
    if end.reason == "too_many_processes":
        return f"It started more than {order.processes} processes and threads; use fewer workers, or allow more."
    return "Stopped on request."


def _amount(size: int) -> str:
    """Bytes for people."""
    return f"{size / 2**30:.1f} GiB" if size >= 2**30 else f"{size / 2**20:.0f} MiB"
