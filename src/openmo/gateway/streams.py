"""Answers of generators, as server-sent events."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from openmo.core.errors import OpenMoError
from openmo.gateway.http import Receive, Scope, Send, encode, encoded_problem, header
from openmo.serving.pool import CallOutput

_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-accel-buffering", b"no"),
]
_QUIET_SECONDS = 15.0
"""After so long without an output a comment keeps proxies from giving up."""


def wants_json(scope: Scope) -> bool:
    """Whether the caller takes JSON and no event stream, and so gets the last output of a generator alone."""
    accept = header(scope, b"accept")
    return b"application/json" in accept and b"text/event-stream" not in accept and b"*/*" not in accept


def event(name: bytes, data: bytes, number: int | None = None) -> bytes:
    """One event; a JSON document has line breaks between its tokens at most, where spaces mean the same."""
    numbered = b"" if number is None else b"id: %d\n" % number
    return numbered + b"event: %b\ndata: %b\n\n" % (name, data.replace(b"\r", b" ").replace(b"\n", b" "))


async def send_events(
    scope: Scope,
    receive: Receive,
    send: Send,
    outputs: AsyncGenerator[CallOutput, None],
    render: Callable[[CallOutput], bytes],
    *,
    done: Callable[[], dict[str, object]],
) -> None:
    """An `output` event for each output, then `done` or `error`; a client that goes away ends the call."""

    async def frames() -> AsyncGenerator[bytes, None]:
        try:
            async with aclosing(outputs):
                async for output in outputs:
                    yield event(b"output", render(output))
            yield event(b"done", encode(done()))
        except OpenMoError as error:
            yield event(b"error", encoded_problem(scope, error))

    await send_frames(receive, send, frames())


async def send_frames(receive: Receive, send: Send, frames: AsyncGenerator[bytes, None]) -> None:
    """An event stream of these; a client that goes away ends it."""
    await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
    pump = asyncio.create_task(_pump(send, frames))
    gone = asyncio.create_task(_disconnected(receive))
    try:
        await asyncio.wait({pump, gone}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        gone.cancel()
        pump.cancel()
        await asyncio.gather(pump, gone, return_exceptions=True)
    if not pump.cancelled() and (error := pump.exception()) is not None:
        raise error


async def _pump(send: Send, frames: AsyncGenerator[bytes, None]) -> None:
    coming = asyncio.ensure_future(anext(frames, None))
    try:
        while True:
            await asyncio.wait({coming}, timeout=_QUIET_SECONDS)
            if not coming.done():
                await send({"type": "http.response.body", "body": b": still there\n\n", "more_body": True})
            elif (frame := coming.result()) is None:
                break
            else:
                await send({"type": "http.response.body", "body": frame, "more_body": True})
                coming = asyncio.ensure_future(anext(frames, None))
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        await frames.aclose()
    await send({"type": "http.response.body", "body": b""})


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
