"""How the supervisor learns that a process has ended, answers, or says that it is ready."""

import asyncio
import contextlib
import os
import secrets
import socket
import sys
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from openmo.core.health import read_health

_RETRY_SECONDS = 0.03
_ANSWER_TIMEOUT_SECONDS = 10.0
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


async def wait_for_health(url: str, report: Callable[[str], None], *, answers_alone: bool = False) -> None:
    """Returns when the process at `url` says that it works.

    Until then `report` gets what it says of itself, and nothing while it does not answer. `answers_alone`: any answer
    will do.
    """
    while True:
        try:
            status, body = await _get(url)
        except (OSError, HTTPException):
            report("")
        else:
            if status == 200 or answers_alone:
                return
            health = read_health(body)
            report(health.problem if health else f"It answers with status {status}.")
        await asyncio.sleep(_RETRY_SECONDS)


async def _get(url: str) -> tuple[int, bytes]:
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
    """Receives `READY=1` messages in systemd's form, each service on an address of its own."""

    def __init__(self) -> None:
        self._channels: dict[str, socket.socket] = {}
        self._ready: dict[str, asyncio.Event] = {}

    def expect(self, name: str) -> str:
        """The address on which the service announces itself; empty where the system has no abstract addresses."""
        if sys.platform != "linux":
            return ""
        self._forget(name)
        address = f"openmo-{secrets.token_hex(16)}"
        channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK | socket.SOCK_CLOEXEC)
        channel.bind(f"\0{address}")
        event = asyncio.Event()
        self._channels[name], self._ready[name] = channel, event
        asyncio.get_running_loop().add_reader(channel, self._receive, channel, event)
        return f"@{address}"

    async def wait(self, name: str) -> None:
        """Returns when the service has announced itself; at once where it cannot."""
        if event := self._ready.get(name):
            await event.wait()

    def close(self) -> None:
        for name in list(self._channels):
            self._forget(name)

    def _receive(self, channel: socket.socket, event: asyncio.Event) -> None:
        with contextlib.suppress(BlockingIOError):
            if b"READY=1" in channel.recv(4096).splitlines():
                event.set()

    def _forget(self, name: str) -> None:
        if channel := self._channels.pop(name, None):
            asyncio.get_running_loop().remove_reader(channel)
            channel.close()
