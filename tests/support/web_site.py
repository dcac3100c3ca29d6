"""The production application over real services, and browsers to look at it."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import FastAPI
from support.identity import MemoryIdentity
from support.platform import HOST, Platform

from openmo.web.security import SESSION_COOKIE


class Browser:
    """Asks for pages and keeps cookies; follows no redirect."""

    def __init__(self, app: FastAPI, *, language: str, token: str | None) -> None:
        self._app = app
        self._headers = {"Accept": "text/html", "Accept-Language": language}
        self._cookies = httpx.Cookies()
        if token is not None:
            self._cookies.set(SESSION_COOKIE, token, domain=HOST)

    def get(self, path: str, *, params: dict[str, str] | None = None) -> httpx.Response:
        return asyncio.run(self._send("GET", path, params=params))

    def post(self, path: str, *, data: dict[str, Any]) -> httpx.Response:
        return asyncio.run(self._send("POST", path, data=data))

    async def _send(self, method: str, path: str, **content: Any) -> httpx.Response:
        transport = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(
            transport=transport, base_url=f"http://{HOST}", headers=self._headers, cookies=self._cookies
        ) as client:
            answer = await client.request(method, path, **content)
            self._cookies = client.cookies
            return answer


@dataclass
class Site:
    """What is served, and who vouches for its people."""

    platform: Platform
    identity: MemoryIdentity = field(default_factory=MemoryIdentity)

    def browser(self, name: str | None = None, *, language: str = "en") -> Browser:
        """A browser of that person, or of a visitor."""
        token = None
        if name is not None:
            self.platform.account(name)
            token = self.identity.token(name)
        return Browser(self.platform.app(self.identity), language=language, token=token)
