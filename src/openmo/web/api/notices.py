"""/api/v1/notices."""

from typing import Annotated

from fastapi import APIRouter, Query

from openmo.accounts.rights import Kind, Verb
from openmo.core.ids import JobId, NoticeId
from openmo.notices.schemas import NoticeCountView, NoticeList, NoticesRead
from openmo.web.api.dependencies import ActorDep
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs
from openmo.web.presentation.notices import notice_view
from openmo.web.reader import Reads

router = APIRouter(tags=["notices"])


@router.get("/notices", dependencies=needs(Kind.PLATFORM, Verb.WORK))
def list_notices(
    services: ServicesDep,
    actor: ActorDep,
    language: Reads,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> NoticeList:
    """What the caller was told of jobs that ended, newest first, and how much of it is unread."""
    count = services.notices.count(actor)
    found = services.notices.list(actor, limit=limit)
    items = [notice_view(notice, language) for notice in found]
    return NoticeList(items=items, unread=count.unread, last=count.last)


@router.post("/notices/read", dependencies=needs(Kind.PLATFORM, Verb.WORK))
def mark_notices_read(services: ServicesDep, actor: ActorDep, read: NoticesRead) -> NoticeCountView:
    """These notices are read; ids of none are ignored."""
    ids = [NoticeId(item) for item in read.ids]
    job_id = JobId(read.job) if read.job is not None else None
    return NoticeCountView.of(services.notices.mark_read(actor, ids=ids, job_id=job_id, last=read.last))
