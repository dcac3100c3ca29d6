"""Deleting a project with all that belongs to it."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from openmo.accounts.access import check
from openmo.accounts.rights import Verb
from openmo.accounts.values import Actor
from openmo.projects.lab import LabService
from openmo.projects.service import ProjectService
from openmo.projects.values import Project


class ProjectContents(Protocol):
    """What later slices keep for a project: its jobs, its releases."""

    def check_deletable(self, actor: Actor, project: Project) -> None:
        """Raises Conflict while something of it waits or runs."""
        ...

    def delete_all(self, actor: Actor, project: Project) -> None:
        """Nothing of the project is left here."""
        ...


class ProjectDeletion:
    """The verb that crosses all slices: each deletes its own contents, and the project's row goes last."""

    def __init__(self, projects: ProjectService, lab: LabService, contents: Sequence[ProjectContents]) -> None:
        self._projects = projects
        self._lab = lab
        self._contents = contents

    async def delete(self, actor: Actor, project: Project) -> None:
        """Everything of the project is gone; raises Conflict while a job of it waits or runs, and then nothing is."""
        check(actor, Verb.DELETE, project.thing())
        await asyncio.to_thread(self._check, actor, project)
        await self._lab.stop(project)
        await asyncio.to_thread(self._delete, actor, project)

    def _check(self, actor: Actor, project: Project) -> None:
        for contents in self._contents:
            contents.check_deletable(actor, project)

    def _delete(self, actor: Actor, project: Project) -> None:
        for contents in self._contents:
            contents.delete_all(actor, project)
        self._projects.remove_row(project, actor)
