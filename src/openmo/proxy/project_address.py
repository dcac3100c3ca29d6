"""What is where: the site at its own address, each project's JupyterLab at that project's."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from urllib.parse import unquote, urlencode

from aiohttp import web

from openmo.config.origins import ProjectOrigins
from openmo.identity.cookies import plain_name
from openmo.identity.project_sessions import ENTER_PATH, PROJECT_COOKIE, ProjectSession, ProjectSessions
from openmo.proxy.destinations import PAGES_SESSION
from openmo.proxy.routes import Route, normalise

_PAGES = ("projects", "api", "run", "use")
"""What of the site the frames of a project's JupyterLab show, with no more rights than the project's own token has."""


class Refusal(Enum):
    """Why a request is not led anywhere."""

    SIGN_IN = "sign in"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class Redirect:
    """The browser asks at another address."""

    location: str


@dataclass(frozen=True, slots=True)
class Addresses:
    """Decides which requests may be answered at the address at which they came."""

    origins: ProjectOrigins
    sessions: ProjectSessions
    home: str
    """The site for who comes to a project without having been there: `scheme://host`."""
    ended: Callable[[str], bool]
    """Whether a session at the site, known by its mark, has ended."""

    def session(self, request: web.Request) -> ProjectSession | None:
        """The browser's session for the project whose address this is."""
        slug = self.origins.slug(request.host)
        if slug is None:
            return None
        cookies = "; ".join(request.headers.getall("Cookie", ())).split(";")
        pairs = sorted(pair.strip().partition("=") for pair in cookies)  # `__Host-` before what others may have set
        sealed = (value for name, _, value in pairs if plain_name(name) == PROJECT_COOKIE)
        found = (self.sessions.read(each, slug) for each in sealed)
        return next((each for each in found if each and not self.ended(session_mark(each))), None)

    def check(self, request: web.Request, route: Route | None, scheme: str) -> Redirect | Refusal | None:
        """None: the request goes on to what is behind the route."""
        slug = self.origins.slug(request.host)
        if slug is None:
            return self._at_site(request, scheme)
        return self._at_project(request, route, slug)

    def _at_site(self, request: web.Request, scheme: str) -> Redirect | Refusal | None:
        match _segments(request):
            case ["user", _, slug, *_] if host := self.origins.host(slug, request.host):
                if "Authorization" in request.headers:
                    return None  # a program: no page can make a browser send this header
                return _instead(request, f"{scheme}://{host}{request.raw_path}", Refusal.ELSEWHERE)
            case _:
                return None

    def _at_project(self, request: web.Request, route: Route | None, slug: str) -> Redirect | Refusal | None:
        session = self.session(request)
        home = session.home if session else self.home
        match _segments(request):
            case ["static", *_]:
                return None
            case ["sign-in", *_]:
                return Redirect(f"{home}/open/{slug}?{urlencode({'next': request.query.get('next', '/')})}")
            case ["user", _, named, *_] if named == slug:
                return self._at_server(request, route, session, home)
            case [first, *_] if first in _PAGES and not _looks_at_page(request):
                return None if session else Refusal.SIGN_IN
        if request.path == ENTER_PATH:
            return None
        return _instead(request, f"{home}{request.raw_path}", Refusal.ELSEWHERE)

    def _at_server(
        self, request: web.Request, route: Route | None, session: ProjectSession | None, home: str
    ) -> Redirect | Refusal | None:
        if session is None and "Authorization" in request.headers:
            return None  # a program
        if session is None:
            slug = self.origins.slug(request.host)
            again = f"{home}/open/{slug}?{urlencode({'next': request.raw_path})}"
            return _instead(request, again, Refusal.SIGN_IN)
        if route is None or not route.prefix.startswith("/user/"):  # no such server runs: the Hub says so
            return _instead(request, f"{home}/hub{request.raw_path}", Refusal.ELSEWHERE)
        return None


def _instead(request: web.Request, location: str, refusal: Refusal) -> Redirect | Refusal:
    return Redirect(location) if _looks(request) else refusal


def session_mark(session: ProjectSession) -> str:
    """The mark of the session at the site that this one comes from; see `session_keys`."""
    return f"{PAGES_SESSION}={session.token}"


def _segments(request: web.Request) -> list[str]:
    return normalise(unquote(request.path)).strip("/").split("/")


def _looks(request: web.Request) -> bool:
    return request.method in ("GET", "HEAD") and "Upgrade" not in request.headers


def _looks_at_page(request: web.Request) -> bool:
    """Whether a browser wants to show this as a page of its own, not in a frame and not to a script."""
    return _looks(request) and request.headers.get("Sec-Fetch-Dest") == "document"
