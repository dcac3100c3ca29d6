"""From the site to a project's own address: a ticket here, a cookie there."""

from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.core.errors import NotFound, NotSignedIn
from openmo.identity.cookies import cookie_name
from openmo.identity.project_sessions import (
    ENTER_PATH,
    PROJECT_COOKIE,
    SESSION_SECONDS,
    ProjectSession,
)
from openmo.web.pages.forms import own_path
from openmo.web.parts import PartsDep, ServicesDep
from openmo.web.policy import needs
from openmo.web.security import browser_scheme, current_session

router = APIRouter(include_in_schema=False)


@router.get("/open/{slug}", dependencies=needs(Kind.PLATFORM, Verb.BROWSE))
def hand_over(request: Request, services: ServicesDep, parts: PartsDep, slug: str, next: str = "/") -> Response:  # noqa: A002 (the field's name)
    """To `next` at the project's own address, with a ticket, for whoever may open the project."""
    session = current_session(request)
    host = parts.origins.host(slug, request.headers.get("host", ""))
    if session.actor.name is None:
        here = f"/open/{quote(slug)}?{urlencode({'next': next})}"
        return RedirectResponse(f"/sign-in?{urlencode({'next': here})}", status_code=303)
    project = services.projects.by_slug(slug)
    check(session.actor, Verb.OPEN_LAB, project.thing())
    target = own_path(next, otherwise=f"/user/{quote(project.owner)}/{slug}/")
    if not host or session.by_header:
        return RedirectResponse(target, status_code=303)
    scheme = browser_scheme(request)
    home = f"{scheme}://{request.headers['host']}"
    ticket = parts.project_sessions.ticket(ProjectSession(token=session.token, slug=slug, home=home))
    query = urlencode({"ticket": ticket, "next": target})
    return _unseen(RedirectResponse(f"{scheme}://{host}{ENTER_PATH}?{query}", status_code=303))


@router.get(ENTER_PATH, dependencies=needs(Kind.PLATFORM, Verb.BROWSE))
def enter(request: Request, parts: PartsDep, ticket: str = "", next: str = "/") -> Response:  # noqa: A002 (the field's name)
    """At the project's address: the ticket is used up, and the browser has a session for this project."""
    slug = parts.origins.slug(request.headers.get("host", ""))
    if slug is None:
        raise NotFound("There is nothing at this address.")
    session = parts.project_sessions.redeem(ticket, slug)
    if session is None:
        raise NotSignedIn("This way into the project was used already or is too old: open the project again.")
    answer = RedirectResponse(own_path(next), status_code=303)
    answer.set_cookie(
        cookie_name(PROJECT_COOKIE, browser_scheme(request)),
        parts.project_sessions.seal(session),
        max_age=SESSION_SECONDS,
        path="/",
        httponly=True,
        samesite="lax",
        secure=browser_scheme(request) == "https",
    )
    return _unseen(answer)


def _unseen(answer: Response) -> Response:
    """An answer whose address, which holds a ticket, is kept and told on by nobody."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
