"""The pages over real services, for a real browser."""

from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page
from support.browser import TIMEOUT_MS
from support.identity import MemoryIdentity
from support.platform import Platform

from openmo.web.security import SESSION_COOKIE


@dataclass
class Served:
    """A running server and what stands behind it."""

    url: str
    platform: Platform
    identity: MemoryIdentity
    complaints: list[str] = field(default_factory=list)

    def page(self, browser: Browser, *, width: int = 1280, language: str = "en", name: str = "ada") -> Page:
        """A page of that person's browser, which notes what the browser complains of."""
        context = browser.new_context(viewport={"width": width, "height": 800}, locale=language)
        context.add_cookies([{"name": SESSION_COOKIE, "value": self.identity.token(name), "url": self.url}])
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._note(message.type, message.text))
        return page

    def _note(self, kind: str, text: str) -> None:
        if kind == "error" and "status of 404" not in text:
            self.complaints.append(text)
