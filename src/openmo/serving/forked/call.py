"""A call on its way: in the queue, on a worker, answered."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Final

from openmo.serving.pool import CallOutput, CallResult, CallStream, InputFile

_STREAM_HIGH, _STREAM_LOW = 16, 4
"""Outputs that may wait for a slow reader before its worker has to wait, and how few let it go on."""
_STREAM_BYTES = 4 << 20
"""As many bytes of them make the worker wait, too."""


class Call:
    """One call; `answer` resolves to its result or to a stream, or raises what the call raises."""

    __slots__ = ("answer", "files", "inputs", "queued_at", "returned", "started_at", "stream")

    def __init__(self, inputs: bytes, files: Mapping[str, InputFile], now: float) -> None:
        self.inputs: Final = inputs
        self.files: Final = files
        self.queued_at: Final = now
        self.started_at = now
        self.answer: asyncio.Future[CallResult | CallStream] = asyncio.get_running_loop().create_future()
        self.stream: OutputStream | None = None
        self.returned = 0
        """How many processes died before they had read it."""

    def finish(self, output: CallOutput, now: float) -> None:
        """The handler returned `output`; for a stream this is only its end."""
        if self.stream is not None:
            self.stream.put(None)
        elif not self.answer.done():
            self.answer.set_result(CallResult(output=output, duration=now - self.started_at))
        else:
            _discard(output)

    def yield_output(self, output: CallOutput, transport: asyncio.Transport, abandon: Callable[[], object]) -> None:
        """The handler is a generator and yielded `output`."""
        if self.stream is None:
            self.stream = OutputStream(transport, abandon)
            if self.answer.done():  # nobody waits any more
                self.stream.close()
            else:
                self.answer.set_result(CallStream(outputs=self.stream.outputs()))
        self.stream.put(output)

    def fail(self, error: Exception) -> None:
        """The caller gets `error`, wherever the call stands."""
        if self.stream is not None:
            self.stream.put(error)
        elif not self.answer.done():
            self.answer.set_exception(error)


class OutputStream:
    """Outputs between a worker that yields and a caller that reads; the slower one sets the pace."""

    __slots__ = ("_abandon", "_bytes", "_closed", "_paused", "_queue", "_transport")

    def __init__(self, transport: asyncio.Transport, abandon: Callable[[], object]) -> None:
        self._queue: asyncio.Queue[CallOutput | Exception | None] = asyncio.Queue()
        self._transport = transport
        self._abandon = abandon
        self._paused = False
        self._closed = False
        self._bytes = 0

    def put(self, item: CallOutput | Exception | None) -> None:
        """An output, an error, or None for the end."""
        if self._closed:
            _discard(item)
            return
        self._queue.put_nowait(item)
        self._bytes += _size(item)
        if (self._queue.qsize() > _STREAM_HIGH or self._bytes > _STREAM_BYTES) and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    def close(self) -> None:
        """Nobody reads on: what waits, and what still comes, is dropped with its files."""
        self._closed = True
        while not self._queue.empty():
            _discard(self._queue.get_nowait())

    async def outputs(self) -> AsyncGenerator[CallOutput, None]:
        """What was put, in order; closing it before the end ends the call."""
        ended = False
        try:
            while (item := await self._queue.get()) is not None:
                if isinstance(item, Exception):
                    raise item
                self._bytes -= _size(item)
                if self._paused and self._queue.qsize() < _STREAM_LOW and self._bytes <= _STREAM_BYTES:
                    self._paused = False
                    self._transport.resume_reading()
                yield item
            ended = True
        finally:
            self.close()
            if not ended:
                self._abandon()


def _size(item: CallOutput | Exception | None) -> int:
    return len(item.json) if isinstance(item, CallOutput) else 0


def _discard(item: CallOutput | Exception | None) -> None:
    if isinstance(item, CallOutput):
        for file in item.files:
            file.path.unlink(missing_ok=True)
