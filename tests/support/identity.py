"""An identity provider in memory: tokens that tests give out, and a sign-in without a Hub."""

import secrets

from openmo.core.errors import NotSignedIn
from openmo.identity.caller import Caller, SignIn, SignInStart


class MemoryIdentity:
    """See `openmo.identity.caller.Identity`."""

    def __init__(self) -> None:
        self._callers: dict[str, Caller] = {}
        self._codes: dict[str, str] = {}
        self._begun: dict[str, str] = {}
        self.forgotten: list[str] = []
        self.ended: list[str] = []
        """Those that signed out; they work on here, for tests that walk through all that there is."""

    def token(self, name: str, *, admin: bool = False, project_slug: str | None = None) -> str:
        """A new token of that person, or of the server of one project of theirs."""
        token = secrets.token_urlsafe(16)
        self._callers[token] = Caller(
            name=name, admin=admin, project_slug=project_slug, makes_tokens=project_slug is None
        )
        return token

    def withdraw(self, token: str) -> None:
        """The token is nobody's from now on."""
        del self._callers[token]

    def code(self, token: str) -> str:
        """What the provider sends the browser back with, after somebody signed in there."""
        code = secrets.token_urlsafe(8)
        self._codes[code] = token
        return code

    async def caller(self, token: str) -> Caller | None:
        return self._callers.get(token)

    def start(self, next_url: str) -> SignInStart:
        state = secrets.token_urlsafe(8)
        self._begun[state] = next_url
        return SignInStart(url=f"/hub/authorize?state={state}", cookie_name="openmo-state", cookie_value=state)

    async def finish(self, *, code: str, state: str, cookie_value: str) -> SignIn:
        if state != cookie_value or state not in self._begun or code not in self._codes:
            raise NotSignedIn("Code, state and cookie do not belong together.")
        return SignIn(token=self._codes.pop(code), next_url=self._begun.pop(state))

    def forget(self, token: str) -> None:
        self.forgotten.append(token)

    def end(self, token: str) -> None:
        self.ended.append(token)
