"""The reader's notices: as a page, and as the list in the top bar."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.notices.schemas import NoticeView
from openmo.notices.values import KEPT
from openmo.web.pages.dependencies import Reads, Use, Who
from openmo.web.pages.forms import go
from openmo.web.pages.rendering import render
from openmo.web.policy import needs
from openmo.web.presentation.notices import notice_view

router = APIRouter(prefix="/notices")
_IN_THE_BAR = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesPage:
    notices: tuple[NoticeView, ...]
    unread: int
    """Of all, shown here or not."""
    last: int


@router.get("", dependencies=needs(Kind.PLATFORM, Verb.WORK))
def show_notices(request: Request, services: Use, actor: Who, language: Reads) -> Response:
    """All that are kept, newest first."""
    page = _page(services, actor, language, limit=KEPT)
    return render(request, "notices.html", page, section="notices")


@router.get("/newest", dependencies=needs(Kind.PLATFORM, Verb.WORK))
def newest(request: Request, services: Use, actor: Who, language: Reads) -> Response:
    """A fragment: what the bell in the top bar opens."""
    return render(request, "parts/notices.html", _page(services, actor, language, limit=_IN_THE_BAR))


@router.post("/read", dependencies=needs(Kind.PLATFORM, Verb.WORK))
def mark_all_read(services: Use, actor: Who, last: Annotated[int, Form()]) -> Response:
    """Back to the list; what came after the reader's look (number `last`) stays unread."""
    services.notices.mark_read(actor, last=last)
    return go("/notices")


def _page(services: Use, actor: Who, language: Reads, *, limit: int) -> NoticesPage:
    count = services.notices.count(actor)
    found = services.notices.list(actor, limit=limit)
    notices = tuple(notice_view(notice, language) for notice in found)
    return NoticesPage(notices=notices, unread=count.unread, last=count.last)
