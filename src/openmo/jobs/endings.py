"""How a job ended, in one sentence with the one action that mends it."""

import re

from openmo.core.states import JobState
from openmo.ports.executor import Exit, ExitKind

_ERROR_LINE = re.compile(r"^(?:[A-Za-z_][\w.]*\.)?[A-Z]\w*(?:Error|Exception|Interrupt|Exit|Warning)\b.*$")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_LINE_LIMIT = 300


def state_after(end: Exit) -> JobState:
    """The one terminal state that this ending means."""
    if end.kind is ExitKind.TERMINATED:
        return JobState.TERMINATED
    if end.kind is ExitKind.EXITED and end.code == 0:
        return JobState.SUCCEEDED
    return JobState.FAILED


def reason(end: Exit, log_tail: str, stopped: str) -> str:
    """Why the job ended so; empty for a job that simply succeeded.

    Args:
        end: What the executor saw.
        log_tail: The last few kilobytes of the log.
        stopped: The note of who asked the job to stop; empty when nobody did.
    """
    if end.kind is ExitKind.EXITED:
        if end.code == 0:
            return ""
        error = last_error(log_tail)
        return f"Exit code {end.code}: {error}" if error else f"The script ended with exit code {end.code}."
    if end.kind is ExitKind.TERMINATED:
        return stopped or end.detail or "It was asked to stop."
    return end.detail or _DEFAULTS[end.kind]


_DEFAULTS = {
    ExitKind.SIGNALLED: "Its process was killed by a signal from outside.",
    ExitKind.TIME_LIMIT: "It reached its time limit: run it again with a larger one.",
    ExitKind.OUT_OF_MEMORY: "It ran out of memory: use smaller batches or load less data at once.",
    ExitKind.LOST: "Its process vanished without a record: it was killed, or the machine was restarted. Run it again.",
    ExitKind.NOT_STARTED: "Its process could not be started.",
}


def last_error(log_tail: str) -> str:
    """The last line of a Python traceback in the text, or nothing."""
    for line in reversed(_ANSI.sub("", log_tail).splitlines()):
        if _ERROR_LINE.match(line.strip()):
            return line.strip()[:_LINE_LIMIT]
    return ""
