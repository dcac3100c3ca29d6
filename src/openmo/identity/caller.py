"""Who is calling, as the identity provider (JupyterHub) says."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A signed-in person or a token of theirs."""

    name: str
    admin: bool = False
    project_slug: str | None = None
    """Set for the token of one project's JupyterLab server: such a token may act on that project alone."""
    makes_tokens: bool = False
    """The token may make, list and withdraw tokens of its account; a browser's session may not."""
    apps: frozenset[str] | None = None
    """Set for a token that may call these apps (as `owner/slug` of their projects) and no other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInStart:
    """Where to send the browser, and the cookie that ties its answer to this browser."""

    url: str
    cookie_name: str
    cookie_value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """A completed sign-in: the token to keep in the session, and the page that was asked for."""

    token: str
    next_url: str


class Identity(Protocol):
    """Sign-in by OAuth, and tokens of API callers."""

    async def caller(self, token: str) -> Caller | None:
        """Who bears the token; None for an unknown or expired one. Cached for a stated short time (see implementation).

        Raises Unavailable when the provider cannot be asked and nothing is cached.
        """
        ...

    def start(self, next_url: str) -> SignInStart:
        """The first step of signing in a browser; `next_url` is a path on this site."""
        ...

    async def finish(self, *, code: str, state: str, cookie_value: str) -> SignIn:
        """The second step; raises NotSignedIn when code, state and cookie do not belong together."""
        ...

    def forget(self, token: str) -> None:
        """The token is asked for anew at its next use."""
        ...

    def end(self, token: str) -> None:
        """The token is nobody's from now on, whoever has a copy (at sign-out)."""
        ...
