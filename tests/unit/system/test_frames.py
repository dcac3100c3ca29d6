"""Frames survive any cutting of the stream, and no length is believed."""

import socket
import struct
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openmo.system.frames import FrameBuffer, FrameError, FrameSocket, pack


@given(st.lists(st.binary(max_size=300), max_size=20), st.lists(st.integers(1, 50), min_size=1, max_size=50))
def test_frames_come_back_however_the_bytes_arrive(payloads: list[bytes], cuts: list[int]) -> None:
    stream = b"".join(map(pack, payloads))
    buffer = FrameBuffer()
    found: list[bytes] = []
    position = turn = 0
    while position < len(stream):
        step = cuts[turn % len(cuts)]
        found.extend(buffer.feed(stream[position : position + step]))
        position, turn = position + step, turn + 1
    assert found == payloads
    assert buffer.pending == 0


@given(st.integers(101, 2**32 - 1), st.booleans())
def test_a_length_over_the_limit_is_refused_before_any_of_it_is_kept(length: int, in_pieces: bool) -> None:
    buffer = FrameBuffer(limit=100)
    data = struct.pack(">I", length)
    if in_pieces:
        assert list(buffer.feed(data[:2])) == []
    with pytest.raises(FrameError):
        list(buffer.feed(data[2:] if in_pieces else data))


def test_a_socket_gives_frames_then_none() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        FrameSocket(theirs).send(b"one")
        theirs.sendall(pack(b"two") + pack(b""))
        theirs.shutdown(socket.SHUT_WR)
        frames = FrameSocket(ours)
        assert [frames.receive() for _ in range(4)] == [b"one", b"two", b"", None]


def test_an_end_within_a_frame_is_an_error() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(pack(b"whole")[:-1])
        theirs.shutdown(socket.SHUT_WR)
        with pytest.raises(FrameError):
            FrameSocket(ours).receive()


def test_large_frames_pass_while_the_reader_reads() -> None:
    ours, theirs = socket.socketpair()
    payload = bytes(range(256)) * 20_000
    with ours, theirs:
        writer = threading.Thread(target=FrameSocket(theirs).send, args=(payload,))
        writer.start()
        assert FrameSocket(ours).receive() == payload
        writer.join()
