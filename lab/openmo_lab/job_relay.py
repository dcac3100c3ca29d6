"""Tells browsers at once that jobs changed.

The platform's event stream is followed here and passed on as events of the notebook server, to which every JupyterLab
listens over one WebSocket. A stream of its own for each browser tab would take one of the few connections that browsers
open to a host. The events say only that something changed; what it is, each browser asks for.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest

from openmo_lab.connection import Connection

SCHEMA_ID = "urn:openmo:jobs-changed"
SCHEMA: dict[str, Any] = {
    "$id": SCHEMA_ID,
    "version": "1",
    "title": "Jobs changed",
    "description": "Some jobs of the project changed.",
    "type": "object",
    "properties": {},
    "additionalProperties": False,
}
WANTED_SECONDS = 180.0
"""For how long after a browser last looked the platform is listened to; browsers look at least once a minute."""
_LISTEN_SECONDS = 300.0  # then the connection is made anew: one that died in silence is noticed
_DEBOUNCE_SECONDS = 0.1  # changes that come together are told once
_RETRY_SECONDS, _MAX_RETRY_SECONDS = 1.0, 20.0
_LINE_LIMIT = 1 << 20
_CHANGE = b"event: job"

_log = logging.getLogger(__name__)


class JobRelay:
    """Follows the platform's events while browsers look at jobs, and calls `tell` after changes."""

    def __init__(self, connection: Connection, tell: Callable[[], None]) -> None:
        self._connection = connection
        self._tell = tell
        self._wanted_until = 0.0
        self._task: asyncio.Task[None] | None = None
        self._telling: asyncio.TimerHandle | None = None
        self._rest = b""
        self._answered = False

    def want(self) -> None:
        """A browser looked at jobs."""
        self._wanted_until = time.monotonic() + WANTED_SECONDS
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._follow())

    async def _follow(self) -> None:
        client = AsyncHTTPClient(force_instance=True)  # the shared one has ten places, and this takes one for long
        pause = _RETRY_SECONDS
        try:
            while time.monotonic() < self._wanted_until:
                self._answered = False
                try:
                    await client.fetch(self._request())
                except (OSError, HTTPClientError) as error:
                    _log.debug("The platform's events ended: %s", error)
                pause = _RETRY_SECONDS if self._answered else min(pause * 2, _MAX_RETRY_SECONDS)
                await asyncio.sleep(pause)
        finally:
            client.close()

    def _request(self) -> HTTPRequest:
        self._rest = b""
        return HTTPRequest(
            self._connection.api("events"),
            headers={"Authorization": f"token {self._connection.token}", "Accept": "text/event-stream"},
            streaming_callback=self._take,
            request_timeout=_LISTEN_SECONDS,
            follow_redirects=False,  # the token goes to the platform and nowhere else
        )

    def _take(self, chunk: bytes) -> None:
        if not self._answered:
            self._answered = True
            self._tell_soon()  # of what happened while nobody listened
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        self._rest = self._rest[:_LINE_LIMIT]
        if any(line.strip() == _CHANGE for line in lines):
            self._tell_soon()

    def _tell_soon(self) -> None:
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(_DEBOUNCE_SECONDS, self._tell_now)

    def _tell_now(self) -> None:
        self._telling = None
        self._tell()
