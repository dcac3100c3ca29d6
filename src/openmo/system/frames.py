"""Length-prefixed messages over a stream socket.

A frame is four bytes of big-endian length, then that many bytes of UTF-8 JSON. Both ends state the largest frame that
they accept, so that a length is never trusted with memory. Standard library only: the child end runs in environments
that hold nothing of ours.
"""

import select
import socket
import struct
from collections.abc import Iterator

HEADER = struct.Struct(">I")
DEFAULT_LIMIT = 64 << 20


class FrameError(Exception):
    """The peer broke the framing: a frame over the limit, or an end in the middle of one."""


def pack(payload: bytes) -> bytes:
    """One frame, ready to send."""
    return HEADER.pack(len(payload)) + payload


class FrameBuffer:
    """Cuts a stream of bytes into frames, however the bytes arrive."""

    __slots__ = ("_data", "_limit")

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self._data = bytearray()
        self._limit = limit

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The frames that `data` completes; raises FrameError at a length over the limit."""
        if not self._data and len(data) >= HEADER.size:
            # The usual case by far: one whole frame in one read, no copying through the buffer.
            (length,) = HEADER.unpack_from(data)
            if length == len(data) - HEADER.size and length <= self._limit:
                yield data[HEADER.size :]
                return
        self._data += data
        while len(self._data) >= HEADER.size:
            (length,) = HEADER.unpack_from(self._data)
            if length > self._limit:
                raise FrameError(f"A frame of {length} bytes is over the limit of {self._limit}.")
            end = HEADER.size + length
            if len(self._data) < end:
                return
            frame = bytes(self._data[HEADER.size : end])
            del self._data[:end]
            yield frame

    @property
    def pending(self) -> int:
        """Bytes of an unfinished frame."""
        return len(self._data)


class FrameSocket:
    """Blocking frames over a connected stream socket; for the child's end.

    It waits first and reads then: who is killed while waiting leaves the frame unread; the peer sees a reset
    and so knows that the frame had no effect.
    """

    __slots__ = ("_buffer", "_poll", "_ready", "_socket")

    def __init__(self, connection: socket.socket, limit: int = DEFAULT_LIMIT) -> None:
        self._socket = connection
        self._buffer = FrameBuffer(limit)
        self._ready: list[bytes] = []
        self._poll = select.poll()
        self._poll.register(connection, select.POLLIN)

    def receive(self) -> bytes | None:
        """The next frame; None when the peer closed between frames. Raises FrameError at a broken stream."""
        while not self._ready:
            self._poll.poll()
            data = self._socket.recv(1 << 18)
            if not data:
                if self._buffer.pending:
                    raise FrameError("The peer closed in the middle of a frame.")
                return None
            self._ready.extend(self._buffer.feed(data))
        return self._ready.pop(0)

    def send(self, payload: bytes) -> None:
        """All of the frame is handed to the kernel."""
        self._socket.sendall(pack(payload))
