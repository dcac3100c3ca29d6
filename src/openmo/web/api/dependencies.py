"""What API routes ask for."""

from typing import Annotated

from fastapi import Depends, Request

from openmo.accounts.rights import Kind
from openmo.accounts.values import Actor
from openmo.jobs.values import Job
from openmo.projects.values import Project
from openmo.web.change_feed import ChangeFeed
from openmo.web.parts import PartsDep, ServicesDep
from openmo.web.policy import check_right
from openmo.web.security import current_actor

ActorDep = Annotated[Actor, Depends(current_actor)]


_OF_PROJECT = (Kind.PROJECT, Kind.JOB, Kind.RELEASE)
"""Kinds of things that are as public as their project, and whose it is."""


def _project(request: Request, services: ServicesDep, actor: ActorDep, owner: str, name: str) -> Project:
    project = services.projects.get(actor, owner, name)
    for kind in _OF_PROJECT:
        check_right(request, project.thing(kind))
    return project


ProjectDep = Annotated[Project, Depends(_project)]
"""The project of the path `{owner}/{name}`, for whoever has the route's right to it."""


def _job(services: ServicesDep, actor: ActorDep, project: ProjectDep, number: int) -> Job:
    return services.jobs.get(actor, project, number)


def _change_feed(parts: PartsDep) -> ChangeFeed:
    return parts.change_feed


JobDep = Annotated[Job, Depends(_job)]
"""The job of the path `{owner}/{name}/jobs/{number}`, for whoever may edit its project."""
ChangeFeedDep = Annotated[ChangeFeed, Depends(_change_feed)]
