"""A call on its way: in the queue, on a worker, answered."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Final

from openmo.ports.worker_pool import CallOutput, CallResult, CallStream, InputFile

_STREAM_HIGH, _STREAM_LOW = 16, 4
"""Outputs that may wait for a slow reader before its worker has to wait."""


class Call:
    """One call; `answer` resolves to its result or to a stream, or raises what the call raises."""

    __slots__ = ("answer", "files", "inputs", "queued_at", "started_at", "stream")

    def __init__(self, inputs: bytes, files: Mapping[str, InputFile], now: float) -> None:
        self.inputs: Final = inputs
        self.files: Final = files
        self.queued_at: Final = now
        self.started_at = now
        self.answer: asyncio.Future[CallResult | CallStream] = asyncio.get_running_loop().create_future()
        self.stream: OutputStream | None = None

    def finish(self, output: CallOutput, now: float) -> None:
        """The handler returned `output`; for a stream this is only its end."""
        if self.stream is not None:
            self.stream.put(None)
        elif not self.answer.done():
            self.answer.set_result(CallResult(output=output, duration=now - self.started_at))

    def yield_output(self, output: CallOutput, transport: asyncio.Transport, abandon: Callable[[], object]) -> None:
        """The handler is a generator and yielded `output`."""
        if self.stream is None:
            self.stream = OutputStream(transport, abandon)
            if not self.answer.done():
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

    __slots__ = ("_abandon", "_paused", "_queue", "_transport")

    def __init__(self, transport: asyncio.Transport, abandon: Callable[[], object]) -> None:
        self._queue: asyncio.Queue[CallOutput | Exception | None] = asyncio.Queue()
        self._transport = transport
        self._abandon = abandon
        self._paused = False

    def put(self, item: CallOutput | Exception | None) -> None:
        """An output, an error, or None for the end."""
        self._queue.put_nowait(item)
        if self._queue.qsize() > _STREAM_HIGH and not self._paused:
            self._paused = True
            self._transport.pause_reading()

    async def outputs(self) -> AsyncGenerator[CallOutput, None]:
        """What was put, in order; closing it before the end ends the call."""
        ended = False
        try:
            while (item := await self._queue.get()) is not None:
                if isinstance(item, Exception):
                    raise item
                if self._paused and self._queue.qsize() < _STREAM_LOW:
                    self._paused = False
                    self._transport.resume_reading()
                yield item
            ended = True
        finally:
            if not ended:
                self._abandon()
