"""What API routes ask for."""

from typing import Annotated, Any

from fastapi import Depends, Request

from openmo.accounts.values import Actor
from openmo.jobs.values import Job
from openmo.projects.values import Project
from openmo.web.live import Changes
from openmo.web.policy import allow
from openmo.web.security import check_csrf, current_actor
from openmo.web.services import ServicesDep

ActorDep = Annotated[Actor, Depends(current_actor)]

ANYONE: list[Any] = [Depends(allow.anyone)]
"""For reading; the services show a visitor what is public."""
SIGNED_IN: list[Any] = [Depends(allow.signed_in), Depends(check_csrf)]
"""For everything that changes state (check_csrf passes requests that only read)."""


def _project(services: ServicesDep, actor: ActorDep, owner: str, name: str) -> Project:
    return services.projects.get(actor, owner, name)


ProjectDep = Annotated[Project, Depends(_project)]
"""The project of the path `{owner}/{name}`, as far as the caller may see it."""


def _job(services: ServicesDep, actor: ActorDep, project: ProjectDep, number: int) -> Job:
    return services.jobs.get(actor, project, number)


def _changes(request: Request) -> Changes:
    changes: Changes = request.app.state.changes
    return changes


JobDep = Annotated[Job, Depends(_job)]
"""The job of the path `{owner}/{name}/jobs/{number}`, for whoever may edit its project."""
ChangesDep = Annotated[Changes, Depends(_changes)]
