"""What API routes ask for."""

from typing import Annotated

from fastapi import Depends, Request

from openmo.accounts.values import Actor
from openmo.jobs.values import Job
from openmo.projects.values import Project
from openmo.web.change_feed import ChangeFeed
from openmo.web.security import current_actor
from openmo.web.services import ServicesDep

ActorDep = Annotated[Actor, Depends(current_actor)]


def _project(services: ServicesDep, actor: ActorDep, owner: str, name: str) -> Project:
    return services.projects.get(actor, owner, name)


ProjectDep = Annotated[Project, Depends(_project)]
"""The project of the path `{owner}/{name}`, as far as the caller may see it."""


def _job(services: ServicesDep, actor: ActorDep, project: ProjectDep, number: int) -> Job:
    return services.jobs.get(actor, project, number)


def _change_feed(request: Request) -> ChangeFeed:
    feed: ChangeFeed = request.app.state.change_feed
    return feed


JobDep = Annotated[Job, Depends(_job)]
"""The job of the path `{owner}/{name}/jobs/{number}`, for whoever may edit its project."""
ChangeFeedDep = Annotated[ChangeFeed, Depends(_change_feed)]
