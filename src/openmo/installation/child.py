"""What a supervised process does about its supervisor: die with it, and tell it when it is ready."""

import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable, MutableMapping

from openmo.system import linux

PARENT_VARIABLE = "OPENMO_SUPERVISOR_PID"
READY_VARIABLE = "NOTIFY_SOCKET"  # systemd's own name: the same command works as a unit of Type=notify


def die_with_parent(environ: MutableMapping[str, str], number: signal.Signals = signal.SIGTERM) -> None:
    """This process gets the signal when its supervisor dies, however it dies; nothing where no supervisor is named.

    Call it first, in the main thread. A supervisor that died before the call is found out by the pid it left behind,
    so there is no moment in which its death goes unnoticed.
    """
    expected = environ.pop(PARENT_VARIABLE, "")
    if not expected or sys.platform != "linux":
        return
    linux.die_with_parent(number)
    if os.getppid() != int(expected):
        sys.exit(0)


class Announcer:
    """Tells the supervisor, or systemd, how this process is; nobody where nobody listens. Never blocks, never fails."""

    def __init__(self, address: str) -> None:
        self._address = f"\0{address[1:]}" if address.startswith("@") else address

    def say(self, **lines: str) -> None:
        """The lines of `sd_notify`, such as `READY="1"`."""
        if not self._address:
            return
        data = "\n".join(f"{name}={value}" for name, value in lines.items()).encode()
        with (
            contextlib.suppress(OSError),  # a supervisor that is stopped has a full queue, one that died has none
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC | socket.SOCK_NONBLOCK) as channel,
        ):
            channel.sendto(data, self._address)


def announce_ready(environ: MutableMapping[str, str]) -> Announcer:
    """Says that this process now does its work; the result is for what it has to say later."""
    announcer = Announcer(environ.pop(READY_VARIABLE, ""))
    announcer.say(READY="1", MAINPID=str(os.getpid()))
    return announcer


def stop_on_signals(stop: Callable[[], None]) -> None:
    """`stop` is called at SIGTERM and SIGINT; call it in the main thread."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop())
