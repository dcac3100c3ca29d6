"""Signing in and out of the pages, by the Hub's OAuth."""

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import can_be_account
from openmo.core.errors import Forbidden, NotSignedIn
from openmo.core.messages import message
from openmo.identity.cookies import cookie_name
from openmo.web.pages.forms import own_path
from openmo.web.parts import PartsDep
from openmo.web.policy import needs
from openmo.web.security import SESSION_COOKIE, browser_scheme, current_session

router = APIRouter(include_in_schema=False)
_SESSION_SECONDS = 14 * 24 * 3600
_START_SECONDS = 600


@router.get("/sign-in", dependencies=needs(Kind.PLATFORM, Verb.BROWSE))
def start(request: Request, parts: PartsDep, next: str = "/workspace") -> Response:  # noqa: A002 (the field's name)
    """To the Hub, and from there back to `next`, a path on this site."""
    target = own_path(next, otherwise="/workspace")
    begun = parts.identity.start(target)
    answer = RedirectResponse(begun.url, status_code=303)
    _set_cookie(request, answer, begun.cookie_name, begun.cookie_value, _START_SECONDS)
    return answer


@router.get("/oauth_callback", dependencies=needs(Kind.PLATFORM, Verb.BROWSE))
async def finish(request: Request, parts: PartsDep, code: str = "", state: str = "") -> Response:
    """The Hub's answer: the session begins."""
    identity = parts.identity
    cookie = cookie_name(identity.start("/").cookie_name, browser_scheme(request))
    value = request.cookies.get(cookie)
    if not code or not value:
        raise NotSignedIn("This sign-in was not started here, or was refused: start it again.")
    signed_in = await identity.finish(code=code, state=state, cookie_value=value)
    caller = await identity.caller(signed_in.token)
    if caller is not None and not can_be_account(caller.name):
        raise Forbidden(
            message(
                "%(name)s cannot be the name of an account here. Ask the administrator to map it, sign out at "
                "/hub/logout, and sign in again.",
                name=repr(caller.name[:80]),
            )
        )
    answer = RedirectResponse(own_path(signed_in.next_url, otherwise="/workspace"), status_code=303)
    _delete_cookie(request, answer, cookie)
    _set_cookie(request, answer, SESSION_COOKIE, signed_in.token, _SESSION_SECONDS)
    return answer


@router.post("/sign-out", dependencies=needs(Kind.PLATFORM, Verb.BROWSE))
def sign_out(request: Request, parts: PartsDep) -> Response:
    """The session ends here and at the Hub; the proxy ends what it had opened when it sees the cookie go."""
    parts.identity.end(current_session(request).token)
    answer = RedirectResponse("/hub/logout", status_code=303)
    _delete_cookie(request, answer, cookie_name(SESSION_COOKIE, browser_scheme(request)))
    return answer


def _delete_cookie(request: Request, answer: Response, name: str) -> None:
    """With the attributes that it was set with: browsers heed nothing else for some names."""
    secure = browser_scheme(request) == "https"
    answer.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")


def _set_cookie(request: Request, answer: Response, name: str, value: str, seconds: int) -> None:
    answer.set_cookie(
        cookie_name(name, browser_scheme(request)),
        value,
        max_age=seconds,
        path="/",
        httponly=True,
        samesite="lax",  # the sign-in comes back by a top-level navigation
        secure=browser_scheme(request) == "https",
    )
