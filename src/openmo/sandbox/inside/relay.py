"""Between whoever starts a sandbox as a command and the program in its PID namespace. Stdlib only, for children.

The process that was started stays outside and passes signals on, so that it looks as if it were the program; it ends as
the program ends.
"""

# ruff: noqa: PTH208 (loading pathlib would cost every child 9 ms of its start)

import os
import signal

from openmo.sandbox.inside.pid_namespace import PidNamespace
from openmo.system.processes import send

_PASSED_ON = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2})


def go_on_in_namespace() -> None:
    """Returns in a new PID namespace; raises OSError where there can be none. Call it with one thread running."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {*_PASSED_ON, signal.SIGCHLD})
    namespace = PidNamespace(drain=False)
    if namespace.pid == 0:
        namespace.start_program()
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        return
    try:
        _hold(namespace)
    finally:
        os._exit(1)


def _hold(namespace: PidNamespace) -> None:
    """This process's whole life from here on."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(nowhere, descriptor)
    highest = max(map(int, os.listdir("/proc/self/fd")))
    os.closerange(3, namespace.ended)
    os.closerange(namespace.ended + 1, highest + 1)
    while True:
        told = signal.sigwaitinfo({*_PASSED_ON, signal.SIGCHLD})
        if told.si_signo != signal.SIGCHLD:
            if told.si_code <= 0:  # sent by a process; what a terminal sends goes to the whole group anyway
                send(namespace.pid, signal.Signals(told.si_signo))
            continue
        pid, status = os.waitpid(namespace.pid, os.WNOHANG)
        if pid:
            end = namespace.end()
            _end_like(status if end is None else end.status)


def _end_like(status: int) -> None:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.kill(os.getpid(), number)
        os._exit(128 + number)
    os._exit(os.WEXITSTATUS(status))
