"""Appending what comes to files, so that no byte is lost, doubled or out of its place, whatever is killed.

Nothing is written down of how much has come: the length of the file says it. No protocol is known here.
"""

import asyncio
import fcntl
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Self, TypeVar

from openmo.core.errors import NotFound, TooLarge
from openmo.core.messages import message
from openmo.datasets.uploads.errors import ChecksumMismatch, Locked, WrongOffset

CHECKSUMS = ("sha256", "sha1")
_BATCH = 1 << 20
"""So much is written at once."""
_THREADS = 16
_BUSY = message("This file is being sent from somewhere else: ask where it stands, and go on from there.")
_TOO_LONG = message("More came than the file has: send what its length says.")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Checksum:
    """What the bytes of one part must be."""

    algorithm: str
    """One of CHECKSUMS."""
    digest: bytes


class PartialFile:
    """A file that grows, open for its one writer; whatever is not kept by a call is what was there before it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.size = os.fstat(descriptor).st_size

    @classmethod
    def create(cls, path: Path) -> None:
        """An empty file is there; one that is there stays as it is."""
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))

    @classmethod
    def open(cls, path: Path) -> Self:
        """Raises Locked while another has it open, in this process or any other, and where it was stored meanwhile."""
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            raise NotFound("This file is no longer awaited: it was taken back, or the upload has ended.") from None
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _check_unstored(descriptor)
            return cls(descriptor)
        except BlockingIOError:
            os.close(descriptor)
            raise Locked(_BUSY) from None
        except BaseException:
            os.close(descriptor)
            raise

    def append(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            written = os.pwrite(self._descriptor, view, self.size)
            self.size += written
            view = view[written:]

    def cut(self, size: int) -> None:
        """What is behind `size` is gone."""
        os.ftruncate(self._descriptor, size)
        self.size = size

    def sync(self) -> None:
        """What is in it survives a power cut."""
        os.fdatasync(self._descriptor)

    def close(self) -> None:
        os.close(self._descriptor)


class Receiver:
    """Receives files in threads of its own: whoever else is served by this process does not wait for a disk."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="uploads")
        self._running: dict[Path, asyncio.Task[int]] = {}

    async def receive(
        self, path: Path, chunks: AsyncIterator[bytes], *, offset: int, limit: int, checksum: Checksum | None = None
    ) -> int:
        """The file's length after the chunks, which began at `offset`; what is kept is on the disk by then.

        Raises WrongOffset unless the file ends there, Locked while it is being received, TooLarge where it would get
        longer than `limit`, ChecksumMismatch. What came before the sender went is kept, unless it was to be compared
        with a checksum; what is refused is not.
        """
        if path in self._running:
            raise Locked(_BUSY)
        task = asyncio.create_task(self._receive(path, chunks, offset=offset, limit=limit, checksum=checksum))
        self._running[path] = task
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            await self._end(task)
            raise
        finally:
            del self._running[path]
        if task.cancelled():
            raise Locked(message("Somebody asked where this file stands, and goes on from there."))
        return task.result()

    async def offset(self, path: Path) -> int:
        """Where the file ends; whoever has been sending it, perhaps in vain, is cut off first. Raises NotFound."""
        if task := self._running.get(path):
            await self._end(task)
        try:
            return (await self._in_thread(path.stat)).st_size
        except FileNotFoundError:
            raise NotFound("This file is no longer awaited: it was taken back, or the upload has ended.") from None

    async def _receive(
        self, path: Path, chunks: AsyncIterator[bytes], *, offset: int, limit: int, checksum: Checksum | None
    ) -> int:
        file = await self._open(path)
        kept = file.size
        try:
            _check_offset(file, offset)
            kept = await self._append(file, chunks, limit=limit, checksum=checksum)
        except (TooLarge, ChecksumMismatch, WrongOffset):
            raise
        except BaseException:
            kept = kept if checksum else file.size
            raise
        finally:
            await self._in_thread(lambda: _settle(file, kept))
        return kept

    async def _open(self, path: Path) -> PartialFile:
        opening = asyncio.get_running_loop().run_in_executor(self._threads, PartialFile.open, path)
        try:
            return await self._until_done(opening)
        except asyncio.CancelledError:
            if opening.exception() is None:
                opening.result().close()
            raise

    async def _append(
        self, file: PartialFile, chunks: AsyncIterator[bytes], *, limit: int, checksum: Checksum | None
    ) -> int:
        """One batch is written while the next comes."""
        digest = hashlib.new(checksum.algorithm, usedforsecurity=False) if checksum else None

        def write(parts: list[bytes]) -> None:
            data = b"".join(parts)
            file.append(data)
            if digest:
                digest.update(data)

        batch: list[bytes] = []
        size, room = 0, limit - file.size
        writing: asyncio.Future[None] | None = None
        try:
            async for chunk in chunks:
                batch.append(chunk)
                size, room = size + len(chunk), room - len(chunk)
                if room < 0:
                    raise TooLarge(_TOO_LONG, limit=limit)
                if size >= _BATCH:
                    if writing:
                        await asyncio.shield(writing)
                    writing = self._start(write, batch)
                    batch, size = [], 0
        finally:
            if writing:
                await self._until_done(writing)
            if batch and room >= 0:
                await self._in_thread(lambda: write(batch))
        if checksum and digest and digest.digest() != checksum.digest:
            raise ChecksumMismatch("These bytes are not those that were sent: send them again.")
        return file.size

    def _start(self, write: Callable[[list[bytes]], None], batch: list[bytes]) -> "asyncio.Future[None]":
        return asyncio.get_running_loop().run_in_executor(self._threads, write, batch)

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        """Whoever is cancelled meanwhile goes when the work is done: nothing works on a file that is let go."""
        return await self._until_done(asyncio.get_running_loop().run_in_executor(self._threads, work))

    async def _until_done(self, work: "asyncio.Future[Result]") -> Result:
        cancelled = False
        while not work.done():
            try:
                await asyncio.wait({work})
            except asyncio.CancelledError:
                cancelled = True
        if cancelled:
            raise asyncio.CancelledError
        return work.result()

    async def _end(self, task: "asyncio.Task[int]") -> None:
        task.cancel()
        await asyncio.wait({task})


def _check_unstored(descriptor: int) -> None:
    """Raises Locked where the file has a name in the store: nothing ever changes there."""
    if os.fstat(descriptor).st_nlink != 1:
        raise Locked(_BUSY)


def _check_offset(file: PartialFile, offset: int) -> None:
    if file.size != offset:
        raise WrongOffset(
            message("The file ends at %(end)s: go on from there.", end=f"{file.size:,}"), offset=file.size
        )


def _settle(file: PartialFile, kept: int) -> None:
    try:
        if file.size != kept:
            file.cut(kept)
        file.sync()
    finally:
        file.close()
