"""Bytes that come are appended in their order, once, whatever is cut off, refused or done twice at once."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from openmo.core.errors import NotFound, TooLarge
from openmo.datasets.uploads.errors import ChecksumMismatch, Locked, WrongOffset
from openmo.datasets.uploads.receiving import Checksum, PartialFile, Receiver

BIG = bytes(range(256)) * (3 << 12)
"""Three batches."""


class Gone(Exception):
    """The sender went."""


async def chunks(data: bytes, *, size: int = 1 << 16, ends: Exception | None = None) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]
    if ends:
        raise ends


@pytest.fixture
def path(tmp_path: Path) -> Path:
    PartialFile.create(tmp_path / "1")
    return tmp_path / "1"


def run(work: Callable[[Receiver], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work(Receiver()))


def test_parts_make_the_whole(path: Path) -> None:
    async def work(receiver: Receiver) -> None:
        first = await receiver.receive(path, chunks(BIG[:-7]), offset=0, limit=len(BIG))
        assert first == len(BIG) - 7
        assert await receiver.receive(path, chunks(BIG[-7:], size=1), offset=first, limit=len(BIG)) == len(BIG)
        assert await receiver.offset(path) == len(BIG)
        assert await receiver.receive(path, chunks(b""), offset=len(BIG), limit=len(BIG)) == len(BIG)

    run(work)
    assert path.read_bytes() == BIG


def test_what_came_before_the_sender_went_stays(path: Path) -> None:
    async def work(receiver: Receiver) -> None:
        with pytest.raises(Gone):
            await receiver.receive(path, chunks(BIG[:70_000], ends=Gone()), offset=0, limit=len(BIG))
        assert await receiver.offset(path) == 70_000
        await receiver.receive(path, chunks(BIG[70_000:]), offset=70_000, limit=len(BIG))

    run(work)
    assert path.read_bytes() == BIG


def test_another_offset_is_refused_and_changes_nothing(path: Path) -> None:
    path.write_bytes(b"abc")

    async def work(receiver: Receiver) -> None:
        for offset in (0, 2, 4):
            with pytest.raises(WrongOffset) as refusal:
                await receiver.receive(path, chunks(b"xyz"), offset=offset, limit=9)
            assert refusal.value.fields["offset"] == 3

    run(work)
    assert path.read_bytes() == b"abc"


@pytest.mark.parametrize("checksum", [None, Checksum("sha256", hashlib.sha256(b"other").digest())])
def test_more_than_the_file_has_is_refused_and_thrown_away(path: Path, checksum: Checksum | None) -> None:
    path.write_bytes(b"abc")

    async def work(receiver: Receiver) -> None:
        with pytest.raises(TooLarge):
            await receiver.receive(path, chunks(BIG), offset=3, limit=len(BIG), checksum=checksum)

    run(work)
    assert path.read_bytes() == b"abc"


def test_what_is_not_what_was_sent_is_thrown_away(path: Path) -> None:
    path.write_bytes(b"abc")
    right = Checksum("sha1", hashlib.sha1(BIG, usedforsecurity=False).digest())

    async def work(receiver: Receiver) -> None:
        with pytest.raises(ChecksumMismatch):
            await receiver.receive(path, chunks(b"x" + BIG[1:]), offset=3, limit=1 << 30, checksum=right)
        assert await receiver.offset(path) == 3
        with pytest.raises(Gone):  # half of it cannot be compared
            await receiver.receive(path, chunks(BIG[:-1], ends=Gone()), offset=3, limit=1 << 30, checksum=right)
        assert await receiver.offset(path) == 3
        await receiver.receive(path, chunks(BIG), offset=3, limit=1 << 30, checksum=right)

    run(work)
    assert path.read_bytes() == b"abc" + BIG


async def _stalled(path: Path, receiver: Receiver, data: bytes) -> "asyncio.Task[int]":
    """Somebody who sends the data, and then neither goes on nor goes."""
    written = asyncio.Event()

    async def stalling() -> AsyncIterator[bytes]:
        yield data
        written.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(receiver.receive(path, stalling(), offset=0, limit=1 << 30))
    await written.wait()
    return task


def test_one_sender_at_a_time_and_who_asks_ends_the_one_before(path: Path) -> None:
    async def work(receiver: Receiver) -> None:
        first = await _stalled(path, receiver, BIG[:1000])
        with pytest.raises(Locked):
            await receiver.receive(path, chunks(b"xyz"), offset=0, limit=1 << 30)
        assert await receiver.offset(path) == 1000
        with pytest.raises(Locked):
            await first
        await receiver.receive(path, chunks(BIG[1000:]), offset=1000, limit=1 << 30)

    run(work)
    assert path.read_bytes() == BIG


def test_another_process_is_kept_out_too(path: Path) -> None:
    other = PartialFile.open(path)

    async def work(receiver: Receiver) -> None:
        with pytest.raises(Locked):
            await receiver.receive(path, chunks(b"xyz"), offset=0, limit=3)
        other.close()
        await receiver.receive(path, chunks(b"xyz"), offset=0, limit=3)

    run(work)
    assert path.read_bytes() == b"xyz"


def test_a_request_that_is_cancelled_leaves_no_lock(path: Path) -> None:
    async def work(receiver: Receiver) -> None:
        task = await _stalled(path, receiver, b"abc")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await receiver.receive(path, chunks(b"def"), offset=3, limit=6)

    run(work)
    assert path.read_bytes() == b"abcdef"


def test_what_the_store_has_is_never_written(path: Path, tmp_path: Path) -> None:
    path.write_bytes(b"abc")
    os.link(path, tmp_path / "object")

    async def work(receiver: Receiver) -> None:
        with pytest.raises(Locked):
            await receiver.receive(path, chunks(b"xyz"), offset=3, limit=6)

    run(work)
    assert path.read_bytes() == b"abc"


def test_a_file_that_nobody_awaits_is_not_made(tmp_path: Path) -> None:
    async def work(receiver: Receiver) -> None:
        for wait in (_receive_nothing(receiver, tmp_path / "2"), receiver.offset(tmp_path / "2")):
            with pytest.raises(NotFound):
                await wait

    run(work)
    assert not (tmp_path / "2").exists()


def _receive_nothing(receiver: Receiver, path: Path) -> Awaitable[int]:
    return receiver.receive(path, chunks(b"xyz"), offset=0, limit=3)
