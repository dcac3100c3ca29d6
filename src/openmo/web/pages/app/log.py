"""What an app prints, for its owner."""

import re
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.apps.owner.service import LOG_LIMIT
from openmo.web.pages.app.owner import PREFIX, owner_head
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.project.head import ProjectHead
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter(prefix=PREFIX)
_MAX_BYTES = 1 << 16
_COLOURS = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    head: ProjectHead
    text: str
    whole: bool
    """Whether nothing older was cut off."""

    part = "log"


@router.get("/log", dependencies=needs(Kind.RELEASE, Verb.MANAGE))
def show_log(request: Request, services: Use, actor: Who, owner: str, name: str) -> Response:
    """The newest output; the page asks again by itself."""
    head = owner_head(services, actor, owner, name)
    part = services.serving.log(actor, head.project, limit=_MAX_BYTES)
    text = part.text if part.whole else part.text.partition("\n")[2] or part.text
    text = _COLOURS.sub("", text).replace("\r\n", "\n").replace("\r", "\n")
    return render(request, "project/app/log.html", LogPage(head=head, text=text, whole=part.whole))


@router.get("/log/download", dependencies=needs(Kind.RELEASE, Verb.MANAGE))
def download_log(services: Use, actor: Who, owner: str, name: str) -> Response:
    """All of it that is kept, as a file."""
    head = owner_head(services, actor, owner, name)
    text = services.serving.log(actor, head.project, limit=LOG_LIMIT).text
    headers = {"Content-Disposition": f'attachment; filename="{head.project.name}.log"'}
    return Response(text, media_type="text/plain; charset=utf-8", headers=headers)
