"""Who sends a request, and whether they meant to.

A browser's session is the Hub's token in a cookie that scripts cannot read. API callers bear a token in the
Authorization header; a token in a URL is never looked at. What changes state needs, with a cookie, the CSRF token of
that session besides.
"""

import hmac
from dataclasses import dataclass

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from openmo.accounts.access import may
from openmo.accounts.rights import Verb
from openmo.accounts.service import AccountService
from openmo.accounts.values import VISITOR, Actor
from openmo.config.origins import ProjectOrigins
from openmo.core.errors import Forbidden, InvalidInput, NotFound, NotSignedIn
from openmo.core.messages import message
from openmo.identity.caller import Caller, Identity
from openmo.identity.cookies import cookie_name
from openmo.identity.project_sessions import PROJECT_COOKIE, ProjectSessions
from openmo.projects.service import ProjectService
from openmo.web.parts import parts_of

SESSION_COOKIE = "openmo_session"
CSRF_FIELD = "csrf_token"
CSRF_HEADER = "x-csrf-token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What is known of the sender of one request."""

    actor: Actor = VISITOR
    token: str = ""
    by_header: bool = False
    """The token came in the Authorization header, which no foreign page can make a browser send."""
    may_make_tokens: bool = False
    """A page of ours may, in its reader's name; a program with a token that may, which that of a session may not."""


class SessionReader:
    """Finds out who sends a request."""

    def __init__(
        self,
        identity: Identity,
        accounts: AccountService,
        projects: ProjectService,
        origins: ProjectOrigins,
        project_sessions: ProjectSessions,
    ) -> None:
        self._origins = origins
        self._project_sessions = project_sessions
        self._identity = identity
        self._accounts = accounts
        self._projects = projects

    async def read(self, connection: HTTPConnection) -> Session:
        """The session; a stale cookie is nobody's, a wrong Authorization header raises NotSignedIn."""
        header = connection.headers.get("authorization")
        if header is not None:
            token = _bearer(header)
            caller = await self._identity.caller(token) if token else None
            if caller is None:
                raise NotSignedIn("This token is unknown, expired or withdrawn: make a new one.")
            bearer = await run_in_threadpool(self._known, caller)
            return Session(actor=bearer, token=token, by_header=True, may_make_tokens=caller.makes_tokens)
        if (slug := self._origins.slug(connection.headers.get("host", ""))) is not None:
            sealed = connection.cookies.get(cookie_name(PROJECT_COOKIE, browser_scheme(connection)), "")
            return await self._of_project(sealed, slug)
        token = connection.cookies.get(cookie_name(SESSION_COOKIE, browser_scheme(connection)), "")
        actor = await self._actor(await self._identity.caller(token) if token else None)
        return Session() if actor is None else Session(actor=actor, token=token, may_make_tokens=True)

    async def _of_project(self, sealed: str, slug: str) -> Session:
        """At a project's own address a browser is no more than the project's server: it runs the project's scripts."""
        session = self._project_sessions.read(sealed, slug) if sealed else None
        caller = await self._identity.caller(session.token) if session is not None else None
        if caller is None or caller.apps is not None or caller.project_slug not in (None, slug):
            return Session()
        actor = await self._actor(Caller(name=caller.name, project_slug=slug))
        return Session() if actor is None else Session(actor=actor, token=sealed)

    async def _actor(self, caller: Caller | None) -> Actor | None:
        """A browser's; nobody where there can be no such account."""
        if caller is None:
            return None
        try:
            return await run_in_threadpool(self._known, caller)
        except NotSignedIn:
            return None

    def _known(self, caller: Caller) -> Actor:
        """Raises NotSignedIn, saying why, where the identity provider knows somebody who can have no account here."""
        slug = caller.project_slug
        try:
            project = self._projects.by_slug(slug) if slug is not None else None
            actor = self._accounts.actor(caller, project=project.id if project is not None else None)
        except NotFound as error:  # the server of a deleted project
            raise NotSignedIn(error.message) from error
        except (Forbidden, InvalidInput) as error:
            raise NotSignedIn(
                message(
                    "This token is valid, but %(name)s, whose it is, cannot be an account here: a name has 1 to 63 of "
                    "a-z, 0-9 and . _ @ -, starts and ends with a letter or digit, and is not that of the samples. Ask "
                    "the administrator for another name.",
                    name=repr(caller.name[:80]),
                )
            ) from error
        if project is not None and not may(actor, Verb.OPEN_LAB, project.thing()):
            raise NotSignedIn("This token is of the JupyterLab of a project that its account may no longer open.")
        return actor


def browser_scheme(request: HTTPConnection) -> str:
    """`http` or `https`, as the browser knows the site: the proxy says so."""
    return request.headers.get("x-forwarded-proto", request.url.scheme)


def current_session(request: HTTPConnection) -> Session:
    """The session that the middleware found for this request."""
    session: Session = getattr(request.state, "session", Session())
    return session


def current_actor(request: Request) -> Actor:
    """Who sends this request."""
    return current_session(request).actor


def csrf_token(request: HTTPConnection) -> str:
    """The token that forms of this session carry in the field `csrf_token`, and scripts in the header X-CSRF-Token."""
    token = current_session(request).token
    return hmac.digest(parts_of(request).csrf_secret, b"csrf\0" + token.encode(), "sha256").hex()


async def check_csrf(request: Request) -> None:
    """Raises Forbidden unless the request was meant by the session's own page; see the module's text."""
    if request.method in SAFE_METHODS or current_session(request).by_header:
        return
    _check_origin(request)
    sent = request.headers.get(CSRF_HEADER) or ""
    content_type = request.headers.get("content-type", "")
    if not sent and content_type.startswith(("application/x-www-form-urlencoded", "multipart/form-data")):
        field = (await request.form()).get(CSRF_FIELD)
        sent = field if isinstance(field, str) else ""
    if not hmac.compare_digest(sent.encode(), csrf_token(request).encode()):
        raise Forbidden("This form is out of date: go back, reload the page and send it again.", field="csrf_token")


def _check_origin(request: Request) -> None:
    scheme = browser_scheme(request)
    own = f"{scheme}://{request.headers.get('host', '')}"
    site = request.headers.get("sec-fetch-site")
    if request.headers.get("origin", own) != own or site not in (None, "same-origin", "none"):
        raise Forbidden("This request came from another site.")


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() in ("bearer", "token") else ""
