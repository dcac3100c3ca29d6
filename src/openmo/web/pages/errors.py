"""Pages for what went wrong."""

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import HTMLResponse

from openmo.core.messages import message, translated
from openmo.languages.language import translations
from openmo.web.pages.rendering import render
from openmo.web.reader import language_for

_HEADINGS = {
    400: message("This request cannot be read"),
    401: message("Sign in to see this page"),
    403: message("This is not yours to open"),
    404: message("There is nothing here"),
    405: message("This address cannot be used that way"),
    409: message("That is not possible right now"),
    410: message("This app is suspended"),
    413: message("That is too large"),
    422: message("Something in the form is not right"),
    429: message("Too many requests"),
    500: message("Something broke on our side"),
    503: message("A part of OpenMo is not running"),
    504: message("That took too long"),
    507: message("The disk is full"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    status: int
    heading: str
    message: str
    request_id: str
    """Finds the report in the server's log; empty when there is none."""
    retries: bool = False
    """Whether the page loads itself again: never where that would send a form a second time."""


def error_page(request: Request, *, status: int, detail: str, request_id: str = "") -> HTMLResponse:
    """The page for an error; 401 asks the reader to sign in, a page that answers 503 comes back by itself."""
    say = translations(language_for(request)).gettext
    heading = say(_HEADINGS.get(status) or _HEADINGS[500 if status >= 500 else 400])
    page = ErrorPage(
        status=status,
        heading=heading,
        message=translated(detail, say),
        request_id=request_id,
        retries=status == 503 and request.method in ("GET", "HEAD"),
    )
    return render(request, "error.html", page, status=status)
