"""Wakes across processes of one machine: one datagram socket a topic, in the run folder.

Losing a wake is harmless by contract: every waiter looks again after its timeout.
"""

import contextlib
import os
import select
import socket
from pathlib import Path


class DatagramNotifier:
    """Sockets named `<topic>.wake`; several processes may wake, one process waits on a topic."""

    def __init__(self, folder: Path) -> None:
        # A socket's name is limited to 108 bytes; going through the descriptor keeps it short wherever the folder lies.
        self._folder = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        self._waiting: dict[str, socket.socket] = {}

    def wake(self, topic: str) -> None:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.sendto(b"!", str(self._path(topic)))

    def wait(self, topic: str, timeout: float) -> bool:
        receiver = self._waiting.get(topic) or self._listen(topic)
        waiting = select.poll()  # unlike select(), it takes descriptors above 1023
        waiting.register(receiver, select.POLLIN)
        if not waiting.poll(max(0.0, timeout) * 1000):
            return False
        with contextlib.suppress(BlockingIOError):
            while receiver.recv(16):
                pass  # many wakes are one
        return True

    def close(self) -> None:
        for topic, receiver in self._waiting.items():
            receiver.close()
            self._path(topic).unlink(missing_ok=True)
        self._waiting.clear()
        os.close(self._folder)

    def _listen(self, topic: str) -> socket.socket:
        path = self._path(topic)
        path.unlink(missing_ok=True)
        receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        receiver.bind(str(path))
        receiver.setblocking(False)
        self._waiting[topic] = receiver
        return receiver

    def _path(self, topic: str) -> Path:
        return Path(f"/proc/self/fd/{self._folder}/{topic}.wake")
