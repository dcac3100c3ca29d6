"""Going into the background without losing what the caller must hear."""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

_READY = b"1"


def run_detached(work: Callable[[Callable[[], None]], None], log: Path) -> None:
    """Runs `work` in a process of its own session; returns once it calls the function it is given.

    Until then it writes to the caller's terminal, afterwards to `log`. When it ends before that, this process ends too,
    with its exit code.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.setsid()
        work(lambda: _go_quiet(writer, log))
        return  # the caller unwinds and ends as it would have in the foreground
    os.close(writer)
    with os.fdopen(reader, "rb") as messages:
        try:
            ready = messages.read(1) == _READY
        except KeyboardInterrupt:
            os.kill(child, signal.SIGTERM)
            ready = False
    sys.stdout.flush()
    if ready:
        return
    _, status = os.waitpid(child, 0)
    os._exit(os.waitstatus_to_exitcode(status) or 1)


def _go_quiet(writer: int, log: Path) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    nowhere = os.open(os.devnull, os.O_RDONLY)
    target = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for source, number in ((nowhere, 0), (target, 1), (target, 2)):
        os.dup2(source, number)
    os.close(nowhere)
    os.close(target)
    os.write(writer, _READY)
    os.close(writer)
