"""The front page: what this is, and what everybody may look at."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from openmo.accounts.rights import Kind, Verb
from openmo.datasets.values import Dataset, DatasetQuery
from openmo.modules.values import Module, ModuleQuery
from openmo.projects.values import Project
from openmo.web.pages.dependencies import Use, Who
from openmo.web.pages.rendering import render
from openmo.web.policy import needs

router = APIRouter()
PAGE_SIZE = 24
_SHELF = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectCard:
    """A project in a list."""

    project: Project
    live: bool
    """Whether it has an app page that everybody may use."""
    running: int = 0
    """Jobs that are pending or running."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage:
    projects: tuple[ProjectCard, ...]
    next_offset: int | None
    """Where the next page of projects starts; None at the end."""
    datasets: tuple[Dataset, ...]
    modules: tuple[Module, ...]


@router.get("/", dependencies=needs(Kind.PLATFORM, Verb.BROWSE))
def home(request: Request, services: Use, actor: Who, offset: int = 0) -> HTMLResponse:
    """Public projects, datasets and modules."""
    offset = max(0, min(offset, 1_000_000))
    found = services.projects.list_public(actor, limit=PAGE_SIZE + 1, offset=offset)
    live = services.apps.live()
    cards = tuple(ProjectCard(project=project, live=project.id in live) for project in found[:PAGE_SIZE])
    page = HomePage(
        projects=cards,
        next_offset=offset + PAGE_SIZE if len(found) > PAGE_SIZE else None,
        datasets=services.datasets.search(actor, DatasetQuery(limit=_SHELF)).items,
        modules=services.modules.search(actor, ModuleQuery(limit=_SHELF)).items,
    )
    return render(request, "home.html", page, section="home")
