"""The reader's language."""

from fastapi import APIRouter
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.languages.language import LANGUAGE_COOKIE, language_of
from openmo.web.pages.forms import go, own_path
from openmo.web.policy import needs

router = APIRouter()
_YEAR = 365 * 24 * 3600


@router.get("/language/{tag}", dependencies=needs(Kind.PLATFORM, Verb.BROWSE))
def set_language(tag: str, back: str = "/") -> Response:
    """Back to the page, in that language.

    A GET on purpose: it changes nothing but how pages read in this browser, and works without scripts.
    """
    response = go(own_path(back))
    if language := language_of(tag):
        response.set_cookie(LANGUAGE_COOKIE, language.tag, max_age=_YEAR, path="/", samesite="lax")
    return response
