"""PID namespaces made ahead of need, for a process that is too large to be forked twice for each sandbox.

A small process makes one when it is asked, init included (see `openmo.sandbox.inside.pid_namespace`), so the large one
only joins it and forks once; and it stays the parent of what it forks, whose end it sees as ever. Stdlib only, for
children.
"""

# ruff: noqa: PTH208 (loading pathlib would cost every child 9 ms of its start)

import contextlib
import os
import select
import signal
import socket

from openmo.sandbox.inside import pid_namespace
from openmo.system import linux

_JOINED_INSIDE = linux.CLONE_NEWNS | linux.CLONE_NEWIPC
_EXIT_TIMEOUT_MILLISECONDS = 3000


class SpareNamespace:
    """A PID namespace without a program: what is forked after `join` is in it, and ends at the latest by `end`."""

    __slots__ = ("_init", "_lifeline")

    def __init__(self, init: int, lifeline: int) -> None:
        self._init = init
        self._lifeline = lifeline

    def join(self) -> None:
        """This process's next children are inside; it stays where it is."""
        linux.set_namespaces(self._init, linux.CLONE_NEWPID)

    def enter(self) -> None:
        """In such a child, at once: it gets the namespace's other parts, too."""
        flags = _JOINED_INSIDE if os.geteuid() == 0 else _JOINED_INSIDE | linux.CLONE_NEWUSER
        linux.set_namespaces(self._init, flags)
        pid_namespace.mark_entered()

    def end(self) -> None:
        """All that is inside is killed; it is gone once its parents have reaped it."""
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1

    def close(self) -> None:
        """Nothing inside is left; waits for that, so what the caller forked there must have been reaped."""
        self.end()
        poll = select.poll()
        poll.register(self._init, select.POLLIN)
        poll.poll(_EXIT_TIMEOUT_MILLISECONDS)
        os.close(self._init)


class NamespaceSource:
    """Hands out namespaces; one is always ready or in the making. Make it while the process is small."""

    def __init__(self) -> None:
        if os.geteuid() != 0:  # the maker's and the joiner's rights over the namespaces come from a common one above
            user, group = os.geteuid(), os.getegid()
            linux.unshare(linux.CLONE_NEWUSER)
            linux.map_own_ids(user, group)
        self._home = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
        self._maker, theirs = socket.socketpair()
        self.pid = os.fork()
        """The maker's: a child of this process."""
        if self.pid == 0:
            try:
                self._maker.close()
                _make_for_ever(theirs)
            finally:
                os._exit(0)
        theirs.close()
        self._ask()

    def take(self) -> SpareNamespace:
        """A namespace, joined already; raises OSError when none can be made."""
        data, descriptors, _flags, _address = socket.recv_fds(self._maker, 1, 2)
        if len(descriptors) != 2:
            raise OSError(f"no namespace: {data!r}")
        self._ask()
        found = SpareNamespace(*descriptors)
        found.join()
        return found

    def leave(self) -> None:
        """Later children are where this process is, as far as it may choose."""
        with contextlib.suppress(OSError):  # only root may
            linux.set_namespaces(self._home, linux.CLONE_NEWPID)

    def _ask(self) -> None:
        self._maker.send(b"?")


def _make_for_ever(customer: socket.socket) -> None:
    """Until the customer is gone."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # inits are reaped unseen
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while customer.recv(1):
        init, lifeline = _make_one()
        socket.send_fds(customer, [b"!"], [init, lifeline])
        os.close(init)
        os.close(lifeline)


def _make_one() -> tuple[int, int]:
    """A pidfd of init, and the descriptor whose closing ends it."""
    user, group = os.geteuid(), os.getegid()
    ready, say_ready = os.pipe2(os.O_CLOEXEC)
    theirs, lifeline = os.pipe2(os.O_CLOEXEC)
    pid = linux.clone(pid_namespace.namespace_flags())
    if pid == 0:
        try:
            if user != 0:
                linux.map_own_ids(user, group)
            os.close(say_ready)
            _hold(theirs)
        finally:
            os._exit(0)
    for descriptor in (say_ready, theirs):
        os.close(descriptor)
    os.read(ready, 1)  # ends when init is as far
    os.close(ready)
    return os.pidfd_open(pid), lifeline


def _hold(lifeline: int) -> None:
    """Init's whole life: orphans are reaped until nobody holds the other end."""
    signal.signal(signal.SIGCHLD, lambda *_: pid_namespace.reap())
    highest = max(map(int, os.listdir("/proc/self/fd")))
    os.closerange(0, lifeline)
    os.closerange(lifeline + 1, highest + 1)
    linux.keep_capabilities(0)
    linux.die_with_parent(signal.SIGKILL)
    while os.read(lifeline, 1):
        pass
