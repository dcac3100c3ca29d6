"""Pages for what went wrong."""

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import HTMLResponse

from openmo.core.messages import translated
from openmo.web.pages.rendering import render
from openmo.web.presentation.language import translations
from openmo.web.reader import language_for


def _(text: str) -> str:
    """Marks the text for the catalogue."""
    return text


_MESSAGES = (_("There is nothing at this address."),)
"""What the renderer of errors says by itself, marked here for the catalogue."""

_HEADINGS = {
    400: _("This request cannot be read"),
    401: _("Sign in to see this page"),
    403: _("This is not yours to open"),
    404: _("There is nothing here"),
    405: _("This address cannot be used that way"),
    409: _("That is not possible right now"),
    410: _("This app is suspended"),
    413: _("That is too large"),
    422: _("Something in the form is not right"),
    429: _("Too many requests"),
    500: _("Something broke on our side"),
    503: _("A part of OpenMo is not running"),
    504: _("That took too long"),
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


def error_page(request: Request, *, status: int, message: str, request_id: str = "") -> HTMLResponse:
    """The page for an error; 401 asks the reader to sign in, a page that answers 503 comes back by itself."""
    say = translations(language_for(request)).gettext
    heading = say(_HEADINGS.get(status) or _HEADINGS[500 if status >= 500 else 400])
    page = ErrorPage(
        status=status,
        heading=heading,
        message=translated(message, say),
        request_id=request_id,
        retries=status == 503 and request.method in ("GET", "HEAD"),
    )
    return render(request, "error.html", page, status=status)
