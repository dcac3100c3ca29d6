"""How a job ended: the state that it means, and why, with the one action that mends it."""

import signal

from openmo.core.states import JobState
from openmo.execution.executor import Exit, ExitKind
from openmo.jobs.running.reasons import Reason
from openmo.jobs.running.tracebacks import failure
from openmo.jobs.values import Job

_CRASHES = frozenset({signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE})
"""What the kernel or the program's own libraries send when compiled code goes wrong."""


def state_after(end: Exit) -> JobState:
    """The one terminal state that this ending means."""
    if end.kind is ExitKind.TERMINATED:
        return JobState.TERMINATED
    if end.kind is ExitKind.EXITED and end.code == 0:
        return JobState.SUCCEEDED
    return JobState.FAILED


def reason(end: Exit, job: Job, log_tail: str) -> Reason:
    """Why the job ended so; nothing for a job that simply succeeded.

    Args:
        end: What the executor saw.
        job: The job as it was before the end: its limits, and who asked it to stop.
        log_tail: The last few kilobytes of the log.
    """
    match end.kind:
        case ExitKind.EXITED:
            found = _exited(end, log_tail)
        case ExitKind.SIGNALLED:
            code = "crashed" if end.signal in _CRASHES else "signalled"
            found = Reason(code, {"signal": _signal_name(end.signal)})
        case ExitKind.TERMINATED:
            asked = job.stop_requested and job.reason_code
            found = Reason(job.reason_code, job.reason_params) if asked else Reason("terminated")
        case ExitKind.TIME_LIMIT:
            found = Reason("time_limit", {"limit_seconds": job.time_limit or 0})
        case ExitKind.OUT_OF_MEMORY:
            found = _out_of_memory(end.peak_memory_bytes or 0, job.memory_limit)
        case ExitKind.TOO_MANY_PROCESSES:
            found = Reason("too_many_processes")
        case ExitKind.DISK_FULL:
            found = Reason("disk_full")
        case ExitKind.LOST:
            found = Reason("end_unrecorded" if end.unrecorded else "lost_machine" if end.rebooted else "lost")
        case ExitKind.NOT_STARTED:
            found = _not_started(end)
    return found


def _exited(end: Exit, log_tail: str) -> Reason:
    if not end.code:
        return Reason()
    found = failure(end.code, log_tail)
    if end.disk_full and found.code in ("exited", "exited_saying"):  # what it said last did not reach the log
        return Reason("disk_full", {"exit_code": end.code})
    return found


def _not_started(end: Exit) -> Reason:
    if end.failure:
        return Reason("cannot_start", {"why": end.failure.rstrip(".").replace("\0", "")})
    return Reason("not_started", {"detail": end.detail} if end.detail else {})


def _out_of_memory(peak: int, limit: int | None) -> Reason:
    if limit is None or peak <= limit:  # the kernel did it, for want of memory in the whole machine
        return Reason("machine_out_of_memory", {"peak_bytes": peak})
    return Reason("out_of_memory", {"peak_bytes": peak, "limit_bytes": limit})


def _signal_name(number: int | None) -> str:
    if number in set(signal.Signals):
        return signal.Signals(number).name
    return "a signal" if number is None else f"signal {number}"
