"""Holds one process tree on a leash: `python -m ... LEASH GRACE COMMAND...`.

A notebook server must outlive a killed Hub, which takes it over again, but not the installation. So it is held by this
small process. The leash is one end of a socket pair whose other end only `openmo up` has: it reads as ended when that
process is gone, however it went. Then, and on SIGTERM, the whole tree is asked to end, and after GRACE seconds made to.
As the tree's subreaper this process also finds descendants that left their session, and returns when none is left.
"""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

from openmo.system.linux import become_subreaper, die_with_parent
from openmo.system.processes import read_processes

_TICK_SECONDS = 0.02


def main(arguments: Sequence[str]) -> int:
    """Runs the command until it or the leash ends; the command's exit code."""
    leash, grace, command = int(arguments[0]), float(arguments[1]), list(arguments[2:])
    become_subreaper()
    wakeup, wakened = os.pipe()
    for descriptor in (wakeup, wakened):
        os.set_blocking(descriptor, False)
    signal.set_wakeup_fd(wakened, warn_on_full_buffer=False)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD):
        signal.signal(number, lambda *_: None)
    holder = os.getpid()
    process = subprocess.Popen(command, start_new_session=True, preexec_fn=lambda: _die_with(holder))  # noqa: PLW1509 (no threads here)
    _wait(process, leash, wakeup)
    if process.poll() is None:
        _signal_all(holder, signal.SIGTERM, only=process.pid)
        deadline = time.monotonic() + grace
        while process.poll() is None and time.monotonic() < deadline:
            select.select([wakeup], [], [], deadline - time.monotonic())
            _empty(wakeup)
    while descendants(holder):
        _signal_all(holder, signal.SIGKILL)
        _reap_adopted(process)
        time.sleep(_TICK_SECONDS)
    code = process.wait()
    return code if code >= 0 else 128 - code


def _die_with(holder: int) -> None:
    signal.set_wakeup_fd(-1)
    die_with_parent(signal.SIGKILL)
    if os.getppid() != holder:
        os._exit(1)


def _wait(process: subprocess.Popen[bytes], leash: int, wakeup: int) -> None:
    """Until the command has ended, or this process is told to end it."""
    watched = [wakeup] if leash < 0 else [wakeup, leash]
    while process.poll() is None:
        readable, _, _ = select.select(watched, [], [])
        if leash in readable:
            return
        if set(_empty(wakeup)) & {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}:
            return
        _reap_adopted(process)


def _empty(wakeup: int) -> bytes:
    try:
        return os.read(wakeup, 4096)
    except BlockingIOError:
        return b""


def _reap_adopted(process: subprocess.Popen[bytes]) -> None:
    """Descendants whose parents died are children of this process now; the command itself is left to `process`."""
    while True:
        process.poll()
        try:
            ended = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if ended is None or ended.si_pid == process.pid:
            return  # `poll` takes the command's own end at its next call
        os.waitpid(ended.si_pid, 0)


def descendants(pid: int) -> list[int]:
    """All living processes below `pid`, parents before children."""
    return read_processes().descendants(pid)


def _signal_all(holder: int, number: signal.Signals, only: int | None = None) -> None:
    for pid in [only] if only is not None else descendants(holder):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
