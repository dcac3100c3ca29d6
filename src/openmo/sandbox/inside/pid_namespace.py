"""A PID namespace of a sandbox's own: nothing inside can name, signal, limit or slow down a process outside.

The first process of such a namespace, its init, is treated apart by the kernel: signals without a handler do nothing to
it, orphans become its children, and when it ends all others are killed. So a program is never the first: init is a copy
of whoever started the sandbox, which waits, and the program is its child. Stdlib only, for children.
"""

# ruff: noqa: PTH123, PTH208 (loading pathlib would cost every child 9 ms of its start)

import contextlib
import errno
import os
import select
import signal
import struct

from openmo.system import linux
from openmo.system.processes import send

_PASSED_ON = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGUSR1, signal.SIGUSR2)
_END = struct.Struct("=i?")
"""The program's status as waitpid gives it, and whether it left processes behind."""
_state = {"entered": False}

_RESERVED = 300
"""Numbers that the kernel keeps for the first processes of a namespace once it has counted through all."""
_OWN_NUMBERS_SINCE = (6, 14)
"""Linux from which on each PID namespace has a highest number of its own; before, it is the whole machine's."""


def entered() -> bool:
    """Whether this process has namespaces of its own, made here: only then may it change what is mounted."""
    return _state["entered"]


def mark_entered() -> None:
    """This process has joined namespaces that were made here."""
    _state["entered"] = True


def namespace_flags() -> int:
    """What a sandbox gets for itself; who is not root needs a user namespace for the rest."""
    flags = linux.CLONE_NEWPID | linux.CLONE_NEWNS | linux.CLONE_NEWIPC
    return flags if os.geteuid() == 0 else flags | linux.CLONE_NEWUSER


def limit_processes(proc: str, most: int) -> None:
    """This PID namespace has at most about `most` processes and threads, also root's; `proc`: where its /proc is.

    More fail to start (EAGAIN). Nothing changes on a kernel that cannot count them so.
    """
    if not entered() or linux.release() < _OWN_NUMBERS_SINCE:
        return
    highest = most + _RESERVED
    while highest < 1 << 22:
        try:
            with open(f"{proc}/sys/kernel/pid_max", "wb", buffering=0) as file:
                file.write(b"%d\n" % highest)
        except OSError as error:
            if error.errno != errno.EINVAL:  # else fewer than the kernel demands for so many cores
                return
            highest *= 2
        else:
            return


class Ended:
    """How a program in a PID namespace ended."""

    __slots__ = ("left", "status")

    def __init__(self, status: int, *, left: bool) -> None:
        self.status = status
        """As waitpid gives it."""
        self.left = left
        """Whether processes that it started live on."""


class PidNamespace:
    """Forks init into namespaces of its own, as `os.fork` does: `pid` is init's, and 0 in init itself.

    There `start_program` must follow at once. Raises OSError where the kernel makes none. Use it with one thread
    running. `drain`: init stays until all that the program left behind has ended; else it ends with the program, and
    takes them along. It always dies with the thread that started it.
    """

    __slots__ = ("_drain", "_ending", "_group", "_user", "ended", "pid")

    def __init__(self, *, drain: bool) -> None:
        self._drain = drain
        self._user, self._group = os.geteuid(), os.getegid()
        self.ended, self._ending = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        """Readable once the program has ended."""
        try:
            self.pid = linux.clone(namespace_flags())
        except OSError:
            os.close(self.ended)
            os.close(self._ending)
            raise
        os.close(self._ending if self.pid else self.ended)

    def end(self) -> Ended | None:
        """How the program ended, once; None while it runs, and when it was killed together with init."""
        try:
            data = os.read(self.ended, _END.size)
        except BlockingIOError:
            return None
        if len(data) < _END.size:
            return None
        status, left = _END.unpack(data)
        return Ended(status, left=left)

    def start_program(self) -> None:
        """In init: the program begins where this returns; raises OSError when it cannot."""
        if self._user != 0:
            linux.map_own_ids(self._user, self._group)
        descriptors = max(map(int, os.listdir("/proc/self/fd")))
        program = os.fork()
        if program == 0:
            os.close(self._ending)
            mark_entered()
            return
        try:
            self._hold(program, descriptors)
        finally:
            os._exit(1)

    def _hold(self, program: int, descriptors: int) -> None:
        """Init's whole life."""
        signal.set_wakeup_fd(-1)
        for number in _PASSED_ON:
            signal.signal(number, lambda received, _frame: send(program, signal.Signals(received)))
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.closerange(0, self._ending)
        os.closerange(self._ending + 1, descriptors + 1)
        linux.keep_capabilities(0)
        linux.forbid_tracing()
        linux.die_with_parent(signal.SIGKILL)
        if _nobody_reads(self._ending):  # the parent ended before that took hold
            return
        status = _wait_for(program)
        left = reap()
        with contextlib.suppress(OSError):  # nobody asks any more
            os.write(self._ending, _END.pack(status, left))
        while left and self._drain:
            os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
            left = reap()


def _wait_for(program: int) -> int:
    """The program's status; orphans that end meanwhile are reaped."""
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == program:
            return status


def reap() -> bool:
    """Whether living children are left once the dead are reaped."""
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return True
        except ChildProcessError:
            return False


def _nobody_reads(pipe: int) -> bool:
    poll = select.poll()
    poll.register(pipe, 0)
    return bool(poll.poll(0))
