"""Tokens that can call one app and do nothing else, as the identity provider keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

DAYS = 90
"""How long a token works if nobody says otherwise."""
MAX_DAYS = 3650
"""A token that is made without an end has this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppToken:
    """What is known of a token once it was made; its secret is not among it."""

    id: str
    note: str
    created_at: datetime | None
    last_used_at: datetime | None
    expires_at: datetime | None
    """None: it was made when tokens could be without end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAppToken:
    """A token that was just made, with its secret, which is never shown again."""

    token: AppToken
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppTokenHolder:
    """Whose tokens, and for which app."""

    account: str
    """The tokens act as this account."""
    owner: str
    slug: str
    """With the owner, the name of the app's project that never changes."""


class AppTokens(Protocol):
    """An account's tokens for one app.

    Each raises Unavailable when the provider cannot be asked, and StorageFull when it has no space. Whether whoever
    asks may, the caller has found out.
    """

    async def issue(self, holder: AppTokenHolder, *, note: str, expires_in: int | None) -> NewAppToken:
        """A new token; `expires_in` in seconds, None: it does not expire."""
        ...

    async def issued(self, holder: AppTokenHolder) -> Sequence[AppToken]:
        """Those that work, newest first."""
        ...

    async def withdraw(self, holder: AppTokenHolder, token_id: str) -> None:
        """The token stops working; raises NotFound unless it is one of this app."""
        ...
