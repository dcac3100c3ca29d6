"""How the supervisor learns that a process has ended, answers, or says something of itself."""

import asyncio
import contextlib
import os
import secrets
import socket
import sys
from collections.abc import Callable, Mapping
from http.client import HTTPConnection
from urllib.parse import urlsplit

_ANSWER_TIMEOUT_SECONDS = 5.0
_MAX_BYTES = 64 << 10


async def process_end(pid: int) -> None:
    """Returns when the child has ended; it stays to be reaped."""
    if not hasattr(os, "pidfd_open"):
        await asyncio.to_thread(os.waitid, os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        return
    descriptor = os.pidfd_open(pid)
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


async def get(url: str) -> tuple[int, bytes]:
    """Status and body of what answers there; raises OSError or HTTPException."""
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=_ANSWER_TIMEOUT_SECONDS)

    def ask() -> tuple[int, bytes]:
        connection.request("GET", parts.path or "/")
        answer = connection.getresponse()
        return answer.status, answer.read(_MAX_BYTES)

    try:
        return await asyncio.to_thread(ask)
    finally:
        if connection.sock is not None:  # the thread of a cancelled question ends with its connection
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)
        connection.close()


class Notices:
    """Receives what one process says of itself in systemd's form (`READY=1`), on an address of its own."""

    def __init__(self, hear: Callable[[Mapping[str, str]], None]) -> None:
        self._hear = hear
        self.address = ""
        """Where it is said; empty where the system has no abstract addresses."""
        if sys.platform != "linux":
            return
        name = f"openmo-{secrets.token_hex(16)}"
        self._channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        self._channel.bind(f"\0{name}")
        self.address = f"@{name}"
        asyncio.get_running_loop().add_reader(self._channel, self._receive)

    def close(self) -> None:
        if self.address:
            asyncio.get_running_loop().remove_reader(self._channel)
            self._channel.close()

    def _receive(self) -> None:
        with contextlib.suppress(BlockingIOError):
            lines = self._channel.recv(4096).decode(errors="replace").splitlines()
            self._hear(dict(line.split("=", 1) for line in lines if "=" in line))
