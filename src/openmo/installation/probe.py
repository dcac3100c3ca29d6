"""How the supervisor learns that a process has ended, answers, or says that it is ready."""

import asyncio
import contextlib
import os
import secrets
import socket
import sys
from urllib.parse import urlsplit

_PAUSE_SECONDS = 0.03
_ANSWER_SECONDS = 10.0


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


async def answers(url: str) -> None:
    """Returns when the URL answers with a status below 500."""
    while True:
        with contextlib.suppress(OSError, TimeoutError, ValueError):
            if await status_of(url) < 500:
                return
        await asyncio.sleep(_PAUSE_SECONDS)


async def status_of(url: str, *, method: str = "GET", headers: str = "") -> int:
    """The status of one request; raises OSError, TimeoutError or ValueError."""
    parts = urlsplit(url)
    async with asyncio.timeout(_ANSWER_SECONDS):
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
        try:
            request = f"{method} {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\n{headers}"
            writer.write(f"{request}Content-Length: 0\r\nConnection: close\r\n\r\n".encode())
            await writer.drain()
            line = await reader.readline()
            return int(line.split(b" ", 2)[1]) if line.startswith(b"HTTP/") else 599
        except IndexError:
            raise ValueError("not an HTTP answer") from None
        finally:
            writer.close()


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
