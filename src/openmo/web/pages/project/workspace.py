"""My projects."""

from collections import Counter
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from openmo.accounts.rights import Kind, Verb
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.home import ProjectCard
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspacePage:
    projects: tuple[ProjectCard, ...]


@router.get("/workspace", dependencies=needs(Kind.PLATFORM, Verb.WORK))
def workspace(request: Request, services: Use, actor: Who) -> HTMLResponse:
    """The actor's own projects, with what runs in them."""
    live = services.apps.live()
    running = Counter(job.project_id for job in services.job_watch.active(actor))
    cards = tuple(
        ProjectCard(project=project, live=project.id in live, running=running[project.id])
        for project in services.projects.list_own(actor)
    )
    return render(request, "workspace.html", WorkspacePage(projects=cards), section="workspace")
