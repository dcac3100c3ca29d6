"""Tokens for calling one app, in memory."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from openmo.core.clock import Clock
from openmo.core.errors import NotFound
from openmo.identity.app_tokens import MAX_DAYS, AppToken, AppTokenHolder, NewAppToken


@dataclass
class MemoryAppTokens:
    """See `openmo.identity.app_tokens.AppTokens`."""

    clock: Clock
    made: dict[tuple[str, str, str], list[AppToken]] = field(default_factory=dict)

    async def issue(self, holder: AppTokenHolder, *, note: str, expires_in: int | None) -> NewAppToken:
        now = self.clock.now()
        until = now + (timedelta(days=MAX_DAYS) if expires_in is None else timedelta(seconds=expires_in))
        token = AppToken(id=f"a{secrets.token_hex(4)}", note=note, created_at=now, last_used_at=None, expires_at=until)
        self.made.setdefault(_key(holder), []).insert(0, token)
        return NewAppToken(token=token, secret=secrets.token_urlsafe(16))

    def keep(self, token_id: str, *, account: str, owner: str, slug: str) -> None:
        """A token of that id, as if it had been made."""
        token = AppToken(id=token_id, note="", created_at=None, last_used_at=None, expires_at=None)
        self.made.setdefault((account, owner, slug), []).append(token)

    async def issued(self, holder: AppTokenHolder) -> Sequence[AppToken]:
        return tuple(self.made.get(_key(holder), ()))

    async def withdraw(self, holder: AppTokenHolder, token_id: str) -> None:
        mine = self.made.get(_key(holder), [])
        kept = [token for token in mine if token.id != token_id]
        if len(kept) == len(mine):
            raise NotFound("You have no such token of this app.")
        self.made[_key(holder)] = kept


def _key(holder: AppTokenHolder) -> tuple[str, str, str]:
    return holder.account, holder.owner, holder.slug
