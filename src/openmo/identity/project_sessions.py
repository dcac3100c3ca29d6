"""A browser's session for one project, at that project's own address.

The site's session never goes there. Whoever opens a project brings a ticket from the site, good once and for seconds,
and gets a cookie for that address alone. Sealed in it are the project and the session that it comes from: it acts on
that project and nothing else, and ends with the session. Neither scripts nor the project's server see what is in it.
"""

import base64
import secrets
from dataclasses import dataclass

import msgspec
from cryptography.fernet import Fernet, InvalidToken

from openmo.core.clock import Clock

PROJECT_COOKIE = "openmo-project"
ENTER_PATH = "/.openmo/enter"
TICKET_SECONDS = 60.0
SESSION_SECONDS = 14 * 24 * 3600
_TICKETS = 10_000


class ProjectSession(msgspec.Struct, frozen=True, kw_only=True):
    """Who works in which project."""

    token: str
    """Of the session at the site."""
    slug: str
    home: str
    """The site as this browser knows it, `scheme://host`."""


@dataclass(frozen=True, slots=True)
class _Ticket:
    session: ProjectSession
    until: float


class ProjectSessions:
    """Tickets of this process, and cookies that every process with the same secret can read."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        """`secret`: 32 bytes."""
        self._fernet = Fernet(base64.urlsafe_b64encode(secret))
        self._clock = clock
        self._tickets: dict[str, _Ticket] = {}

    def ticket(self, session: ProjectSession) -> str:
        """A ticket for that session, good once."""
        now = self._clock.monotonic()
        self._tickets = {key: ticket for key, ticket in self._tickets.items() if ticket.until > now}
        while len(self._tickets) >= _TICKETS:
            del self._tickets[next(iter(self._tickets))]
        ticket = secrets.token_urlsafe(32)
        self._tickets[ticket] = _Ticket(session, now + TICKET_SECONDS)
        return ticket

    def redeem(self, ticket: str, slug: str) -> ProjectSession | None:
        """The session for which the ticket was made; None for one that was used, is too old or of another project."""
        found = self._tickets.pop(ticket, None)
        if found is None or found.until <= self._clock.monotonic() or found.session.slug != slug:
            return None
        return found.session

    def seal(self, session: ProjectSession) -> str:
        """The cookie's value."""
        return self._fernet.encrypt(msgspec.json.encode(session)).decode()

    def read(self, sealed: str, slug: str) -> ProjectSession | None:
        """What is sealed in the cookie; None for a forged one, an old one, and that of another project."""
        try:
            session = msgspec.json.decode(self._fernet.decrypt(sealed, ttl=SESSION_SECONDS), type=ProjectSession)
        except (InvalidToken, ValueError, msgspec.DecodeError):
            return None
        return session if session.slug == slug else None
