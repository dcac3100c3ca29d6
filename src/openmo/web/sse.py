"""Server-sent events (WHATWG HTML, section 9.2)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

KEEP_ALIVE_SECONDS = 15.0
"""A comment is sent after that much silence, so that proxies keep the connection."""


class EventStream(StreamingResponse):
    """Events for as long as somebody listens."""

    media_type = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Event:
    """One event: a name and JSON data; no data: a comment that only keeps the connection."""

    name: str
    data: BaseModel | None = None

    def encode(self) -> bytes:
        if self.data is None:
            return b": \n\n"
        return f"event: {self.name}\ndata: {self.data.model_dump_json()}\n\n".encode()


KEEP_ALIVE = Event("")


def stream(request: Request, events: AsyncIterator[Event]) -> StreamingResponse:
    """The events as an answer; ends when they end or the reader goes away."""
    return StreamingResponse(
        _encoded(request, events),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


async def _encoded(request: Request, events: AsyncIterator[Event]) -> AsyncIterator[bytes]:
    async for event in events:
        if await request.is_disconnected():
            return
        yield event.encode()
