"""Frames over a stream socket: a head, a document of JSON, the small buffers, and descriptors beside them."""

import os
import socket
import struct
from array import array
from collections.abc import Sequence
from typing import NamedTuple

from openmo_sdk.calls.parcel import BadFrame

HELLO, CALL, RESULT, FAILURE, STDOUT, STDERR = range(1, 7)
MAX_DOCUMENT = 64 << 20
MAX_INLINE = 2 << 20
MAX_DESCRIPTORS = 250  # the kernel passes 253 at once
_HEAD = struct.Struct(">BBII")  # kind, number of descriptors, bytes of the document, bytes of the buffers
_SPACE = socket.CMSG_SPACE(MAX_DESCRIPTORS * array("i").itemsize)
_CLOSE_ON_EXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)


class Frame(NamedTuple):
    """A frame as it came; its descriptors are the receiver's to close."""

    kind: int
    document: bytearray
    inline: bytearray
    descriptors: list[int]


def send(
    connection: socket.socket,
    kind: int,
    document: bytes = b"",
    inline: bytes | bytearray = b"",
    descriptors: Sequence[int] = (),
) -> None:
    """Hands the whole frame to the kernel; raises OSError when the other side is gone."""
    data = b"".join((_HEAD.pack(kind, len(descriptors), len(document), len(inline)), document, inline))
    if not descriptors:
        connection.sendall(data)
        return
    sent = socket.send_fds(connection, [data], descriptors)
    connection.sendall(memoryview(data)[sent:])


def receive(connection: socket.socket) -> Frame | None:
    """The next frame; None when the other side has closed. Raises BadFrame, OSError."""
    descriptors: list[int] = []
    try:
        head, ancillary, flags, _ = connection.recvmsg(_HEAD.size, _SPACE, _CLOSE_ON_EXEC)
        for level, kind, data in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                numbers = array("i")
                numbers.frombytes(data[: len(data) - len(data) % numbers.itemsize])
                descriptors.extend(numbers)
        if not head:
            return None
        if len(head) < _HEAD.size:
            head += _read(connection, _HEAD.size - len(head))
        frame_kind, count, document, inline = _HEAD.unpack(head)
        _check(document, inline, complete=count == len(descriptors) and not flags & socket.MSG_CTRUNC)
        return Frame(frame_kind, _read(connection, document), _read(connection, inline), descriptors)
    except BaseException:
        for descriptor in descriptors:
            os.close(descriptor)
        raise


def _check(document: int, inline: int, *, complete: bool) -> None:
    """No length is trusted with memory."""
    if not complete:
        raise BadFrame("descriptors were lost")
    if document > MAX_DOCUMENT or inline > MAX_INLINE:
        raise BadFrame(f"a frame of {document} and {inline} bytes is over the limit")


def _read(connection: socket.socket, size: int) -> bytearray:
    data = bytearray(size)
    view, done = memoryview(data), 0
    while done < size:
        count = connection.recv_into(view[done:])
        if not count:
            raise BadFrame("the other side closed in the middle of a frame")
        done += count
    return data
