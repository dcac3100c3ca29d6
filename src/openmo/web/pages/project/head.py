"""The head that all tabs of a project share."""

from dataclasses import dataclass

from openmo.accounts.access import may
from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import Actor
from openmo.apps.values import Release
from openmo.core.states import ACTIVE
from openmo.projects.values import Project
from openmo.web.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectHead:
    """Name, badges, actions and tabs."""

    project: Project
    tab: str
    may_change: bool
    """Whether the reader has its owner's tabs."""
    release: Release | None
    """What the app page runs; None when nothing is deployed."""
    active_jobs: int

    @property
    def address(self) -> str:
        """The project's page."""
        return f"/projects/{self.project.owner}/{self.project.name}"


def project_head(services: Services, actor: Actor, owner: str, name: str, *, tab: str) -> ProjectHead:
    """The head of that project's tab; raises NotFound when the actor may not see the project."""
    project = services.projects.get(actor, owner, name)
    jobs = services.jobs.list(actor, project) if may(actor, Verb.SEE, project.thing(Kind.JOB)) else ()
    return ProjectHead(
        project=project,
        tab=tab,
        may_change=may(actor, Verb.CHANGE, project.thing()),
        release=services.apps.current(actor, project),
        active_jobs=sum(job.state in ACTIVE for job in jobs),
    )
