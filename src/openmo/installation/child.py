"""What a supervised process does about its supervisor: die with it, and tell it when it is ready."""

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


def announce_ready(environ: MutableMapping[str, str]) -> None:
    """Tells the supervisor, or systemd, that this process now does its work; nothing where nobody listens."""
    address = environ.pop(READY_VARIABLE, "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as channel:
        channel.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        channel.send(f"READY=1\nMAINPID={os.getpid()}".encode())


def stop_on_signals(stop: Callable[[], None]) -> None:
    """`stop` is called at SIGTERM and SIGINT; call it in the main thread."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop())
