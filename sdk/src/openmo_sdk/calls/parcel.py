"""The bytes beside a document: small ones within the frame, large ones in a sealed file, shared ones where they are."""

import mmap
import os
from typing import Any

from openmo_sdk.calls import memory

INLINE, IN_BODY = -1, -2
"""Places of a buffer; a number from 0 is a piece of shared memory, by its place among the descriptors."""
MAX_SHARED = 200
"""Pieces of shared memory in one call; what is beyond is copied."""
_SMALL = 64 << 10
_MAX_INLINE = 1 << 20
_ALIGNED = 64


class BadFrame(Exception):
    """The other side sent what no honest one sends."""


class Outgoing:
    """What goes along with a document. `close` it in any case: its descriptors are then closed here."""

    __slots__ = ("_body", "_body_size", "_owned", "_shared", "inline")

    def __init__(self) -> None:
        self.inline = bytearray()
        self._body: list[tuple[int, memoryview]] = []
        self._body_size = 0
        self._shared: dict[int, object] = {}  # descriptor -> the memory, which would close it at its end
        self._owned: list[int] = []

    def add(self, data: Any) -> list[int]:
        """Where the bytes will lie: place, offset, size. `data` must not change before `descriptors` was called."""
        view = memoryview(data).cast("B")
        size = view.nbytes
        if size <= _SMALL and len(self.inline) + size <= _MAX_INLINE:
            self.inline += bytes(-len(self.inline) % _ALIGNED)
            self.inline += view
            return [INLINE, len(self.inline) - size, size]
        offset = self._body_size + -self._body_size % _ALIGNED
        self._body.append((offset, view))
        self._body_size = offset + size
        return [IN_BODY, offset, size]

    def share(self, shared: object, descriptor: int) -> int | None:
        """The place of memory that was born shared; None where there is no room for another piece."""
        if descriptor not in self._shared and len(self._shared) >= MAX_SHARED:
            return None
        self._shared[descriptor] = shared
        return list(self._shared).index(descriptor)

    def descriptors(self) -> list[int]:
        """To be sent along, in this order; the file of the large buffers is written now, and is the last."""
        if not self._body:
            return list(self._shared)
        body = memory.create(self._body_size)
        self._owned.append(body)
        for offset, view in self._body:
            _write(body, offset, view)
        self._body.clear()
        memory.seal(body)
        return [*self._shared, body]

    def close(self) -> None:
        self._body.clear()
        while self._owned:
            os.close(self._owned.pop())


class Incoming:
    """What came along with a document. `close` it when all was read: views that were made stay."""

    __slots__ = ("_descriptors", "_views", "inline")

    def __init__(self, inline: bytearray, descriptors: list[int]) -> None:
        self.inline = inline
        self._descriptors = descriptors
        self._views: dict[int, mmap.mmap] = {}

    def buffer(self, reference: Any) -> tuple[bytearray | mmap.mmap, int]:
        """The memory in which the buffer lies, and its offset there; raises BadFrame."""
        place, offset, size = _numbers(reference)
        found = self.inline if place == INLINE else self._view(place)
        if offset + size > len(found):
            raise BadFrame("a buffer reaches beyond what was sent")
        return found, offset

    def data(self, reference: Any) -> bytes:
        """A copy of the buffer."""
        found, offset = self.buffer(reference)
        return bytes(memoryview(found)[offset : offset + reference[2]])

    def close(self) -> None:
        while self._descriptors:
            os.close(self._descriptors.pop())
        self._views.clear()

    def _view(self, place: int) -> mmap.mmap:
        index = len(self._descriptors) - 1 if place == IN_BODY else place
        if not 0 <= index < len(self._descriptors):
            raise BadFrame("a buffer lies in memory that was not sent")
        if index not in self._views:
            try:
                self._views[index] = memory.private_view(self._descriptors[index])
            except (OSError, ValueError) as error:
                raise BadFrame(f"memory that was sent cannot be read: {error}") from error
        return self._views[index]


def _numbers(reference: Any) -> tuple[int, int, int]:
    if not (isinstance(reference, list) and len(reference) == 3 and all(type(each) is int for each in reference)):
        raise BadFrame("a buffer is not named by three numbers")
    place, offset, size = reference
    if place < IN_BODY or offset < 0 or size < 0:
        raise BadFrame("a buffer is not named by three numbers of its kind")
    return place, offset, size


def _write(descriptor: int, offset: int, view: memoryview) -> None:
    done = 0
    while done < view.nbytes:
        done += os.pwrite(descriptor, view[done : done + (1 << 30)], offset + done)
