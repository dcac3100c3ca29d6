"""Signing out for good: the Hub's login cookie of a browser that has signed out lets nobody in, whoever has a copy.

JupyterHub only asks the browser to forget the cookie, whose value stays good for as long as it would have lasted. To
take it back JupyterHub would sign out all the browsers of that person. So what was signed out is remembered here.
"""

import contextlib
import hashlib
from pathlib import Path
from typing import ClassVar

from jupyterhub.handlers.base import BaseHandler
from jupyterhub.user import User

from openmo.core.clock import unix_now
from openmo.core.hostile.paths import write_atomic

LOGIN_DAYS = 14
"""How long a login cookie lasts."""
_SECONDS = LOGIN_DAYS * 86_400


class EndedSignIns:
    """The login cookies that were signed out, by digest; a file keeps them over restarts."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._until: dict[str, float] = {}
        with contextlib.suppress(FileNotFoundError):
            self._until = dict(_read(file.read_text("ascii", "replace")))

    def end(self, cookie: str) -> None:
        """It lets nobody in from now on. Where the file cannot be written, that holds until the Hub restarts."""
        now = unix_now()
        self._until = {digest: until for digest, until in self._until.items() if until > now}
        self._until[_digest(cookie)] = now + _SECONDS
        with contextlib.suppress(OSError):
            lines = (f"{digest} {until:.0f}\n" for digest, until in self._until.items())
            write_atomic(self._file, "".join(lines).encode())

    def has_ended(self, cookie: str) -> bool:
        return _digest(cookie) in self._until


class SignsOutForGood:
    """Mixed into all handlers of the Hub."""

    ended: ClassVar[EndedSignIns]
    """Of the Hub's process."""

    def clear_login_cookie(self, name: str | None = None) -> None:
        """What JupyterHub does at each sign-out."""
        handler: BaseHandler = self
        is_known = self._user_for_cookie(handler.hub.cookie_name) is not None
        super().clear_login_cookie(name)  # type: ignore[misc]  # of the handler that this is mixed into
        if is_known:
            self.ended.end(handler.get_cookie(handler.hub.cookie_name))

    def _user_for_cookie(self, cookie_name: str, cookie_value: str | None = None) -> User | None:
        """Who a login cookie stands for."""
        handler: BaseHandler = self
        if self.ended.has_ended(cookie_value or handler.get_cookie(cookie_name) or ""):
            return None
        return super()._user_for_cookie(cookie_name, cookie_value)  # type: ignore[misc]  # as above


def _digest(cookie: str) -> str:
    return hashlib.sha256(cookie.encode()).hexdigest()


def _read(text: str) -> list[tuple[str, float]]:
    """What lines say; a damaged one says nothing."""
    pairs = (line.split() for line in text.splitlines())
    return [(pair[0], float(pair[1])) for pair in pairs if len(pair) == 2 and pair[1].isdigit()]
