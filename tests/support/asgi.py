"""Requests to an ASGI application exactly as given: raw paths, any header, and streams that never end."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlencode

from support.platform import HOST

from openmo.web.security import CSRF_HEADER, SESSION_COOKIE

Headers = Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """One event loop for all requests, as a server has."""

    def __init__(self, app: Any) -> None:
        self.app = app
        self._loop = asyncio.new_event_loop()

    def close(self) -> None:
        """As a server stops: what still runs is cancelled, and threads that use the database have come back."""
        if left := asyncio.all_tasks(self._loop):
            for task in left:
                task.cancel()
            self._loop.run_until_complete(asyncio.wait(left))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def get(self, path: str, **options: Any) -> Answer:
        return self.ask("GET", path, **options)

    def post(self, path: str, **options: Any) -> Answer:
        return self.ask("POST", path, **options)

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Headers | None = None,
        json_body: Any = None,
        form: Mapping[str, str] | None = None,
        body: bytes = b"",
        until: bytes | None = None,
    ) -> Answer:
        """`until`: hang up once the body holds these bytes (for streams)."""
        sent = {"host": HOST, **{name.lower(): value for name, value in (headers or {}).items()}}
        if json_body is not None:
            body = json.dumps(json_body).encode()
            sent.setdefault("content-type", "application/json")
        if form is not None:
            body = urlencode(form).encode()
            sent.setdefault("content-type", "application/x-www-form-urlencoded")
        raw, _, query = path.partition("?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": unquote(raw),
            "raw_path": raw.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in sent.items()],
            "client": ("127.0.0.1", 50000),
            "server": (HOST, 80),
        }
        return self._loop.run_until_complete(self._exchange(scope, body, until))

    async def _exchange(self, scope: dict[str, Any], body: bytes, until: bytes | None) -> Answer:
        requests = [{"type": "http.request", "body": body, "more_body": False}]
        start: dict[str, Any] = {}
        got = bytearray()
        enough = asyncio.Event()

        async def receive() -> dict[str, Any]:
            if requests:
                return requests.pop()
            await enough.wait()
            return {"type": "http.disconnect"}

        async def send(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                got.extend(message.get("body", b""))
            if until is not None and (until in got or start.get("status", 200) >= 400):
                enough.set()

        async with asyncio.timeout(30):
            try:
                await self.app(scope, receive, send)
            except Exception:
                if not start:  # as a server does: what was answered stands, the exception goes to its log
                    raise
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]}
        return Answer(status=start["status"], headers=headers, body=bytes(got))


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def cookie(token: str, csrf: str = "") -> dict[str, str]:
    """A browser's session; `csrf`: its token, as its scripts send it."""
    headers = {"cookie": f"{SESSION_COOKIE}={token}"}
    return {**headers, CSRF_HEADER: csrf} if csrf else headers
