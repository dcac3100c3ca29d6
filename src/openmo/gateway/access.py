"""Who may call what, and how often."""

import time
from collections import OrderedDict

from openmo.accounts.access import absent, check, may
from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import Bearer
from openmo.apps.values import app_thing
from openmo.core.errors import NotFound, TooManyRequests
from openmo.core.messages import message
from openmo.gateway.http import Scope, header
from openmo.identity.caller import Caller, Identity
from openmo.serving.directory import AppSuspended, DeployedRelease

_SCHEMES = (b"bearer", b"token")
_TOKEN_BYTES = 4096
_REMEMBERED = 10_000


def unknown_app(owner: str, app: str) -> NotFound:
    """The one error for an app that is not there and for one that this caller may not know of."""
    return absent(Kind.APP, f"{owner}/{app}")


def bearer_token(scope: Scope) -> str:
    """The token in the Authorization header; empty when there is none. Tokens in URLs or cookies are not looked at."""
    scheme, _, token = header(scope, b"authorization").partition(b" ")
    token = token.strip()
    if scheme.lower() not in _SCHEMES or not token.isascii() or len(token) > _TOKEN_BYTES:
        return ""
    return token.decode()


class Access:
    """Lets callers through to releases: each app says to whom it is open, and its owner may always call it."""

    def __init__(self, identity: Identity | None) -> None:
        self._identity = identity
        self._open: dict[str, tuple[DeployedRelease, bool]] = {}

    async def check(self, scope: Scope, release: DeployedRelease, link: str = "") -> Caller | None:
        """Who calls, when that had to be known; `link` is the secret in the address.

        Raises NotSignedIn where an account is all that lacks, NotFound to anybody else who may not call, AppSuspended
        to those who may.
        """
        caller = await self._admitted(scope, release, link)
        if release.suspended:
            raise AppSuspended(
                message("%(owner)s/%(app)s was suspended by its owner.", owner=release.owner, app=release.app)
            )
        return caller

    async def _admitted(self, scope: Scope, release: DeployedRelease, link: str) -> Caller | None:
        if self._open_to_guests(release):
            return None
        thing, link = app_thing(release), link or app_link(scope)
        if may(Bearer(link=link), Verb.CALL, thing):
            return None
        caller = await self.caller(scope)
        check(Bearer.of(caller, link), Verb.CALL, thing)
        return caller

    def _open_to_guests(self, release: DeployedRelease) -> bool:
        """Whether anybody may call it; the table is asked once for each state of a release, not for each call."""
        known = self._open.get(release.release_id)
        if known is None or known[0] is not release:
            if len(self._open) >= _REMEMBERED:
                self._open.clear()
            known = self._open[release.release_id] = (release, may(Bearer(), Verb.CALL, app_thing(release)))
        return known[1]

    async def caller(self, scope: Scope) -> Caller | None:
        """Whose token came with the request; None for a stranger."""
        token = bearer_token(scope)
        caller = await self._identity.caller(token) if token and self._identity is not None else None
        # A token of one project's notebook server acts on that project alone, through the platform; not here.
        return None if caller is not None and caller.project_slug is not None else caller


def app_link(scope: Scope) -> str:
    """The secret of an app's link, where it comes as a header."""
    return header(scope, b"x-app-link").decode("latin-1")


class RateLimit:
    """A token bucket per caller: bursts up to a minute's worth, then a steady rate."""

    def __init__(self, per_minute: int | None) -> None:
        self._capacity = float(per_minute or 0)
        self._per_second = self._capacity / 60
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def spend(self, caller: str) -> None:
        """One call of `caller`; raises TooManyRequests when the bucket is empty."""
        if not self._capacity:
            return
        now = time.monotonic()
        left, then = self._buckets.pop(caller, (self._capacity, now))
        left = min(self._capacity, left + (now - then) * self._per_second)
        if left < 1:
            self._buckets[caller] = (left, now)
            wait = (1 - left) / self._per_second
            raise TooManyRequests("You called more often than this server allows.", retry_after=wait)
        self._buckets[caller] = (left - 1, now)
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)


def caller_key(scope: Scope, caller: Caller | None) -> str:
    """Whose calls count together: an account's, or those from one address."""
    if caller is not None:
        return f"account {caller.name}"
    client = scope.get("client")
    return f"address {client[0] if client else ''}"
