"""What API routes ask for."""

from typing import Annotated

from fastapi import Depends

from openmo.accounts.values import Actor
from openmo.jobs.values import Job
from openmo.projects.values import Project
from openmo.web.change_feed import ChangeFeed
from openmo.web.parts import PartsDep, ServicesDep
from openmo.web.security import current_actor

ActorDep = Annotated[Actor, Depends(current_actor)]


def _project(services: ServicesDep, actor: ActorDep, owner: str, name: str) -> Project:
    return services.projects.get(actor, owner, name)


ProjectDep = Annotated[Project, Depends(_project)]
"""The project of the path `{owner}/{name}`, as far as the caller may see it."""


def _job(services: ServicesDep, actor: ActorDep, project: ProjectDep, number: int) -> Job:
    return services.jobs.get(actor, project, number)


def _change_feed(parts: PartsDep) -> ChangeFeed:
    return parts.change_feed


JobDep = Annotated[Job, Depends(_job)]
"""The job of the path `{owner}/{name}/jobs/{number}`, for whoever may edit its project."""
ChangeFeedDep = Annotated[ChangeFeed, Depends(_change_feed)]
