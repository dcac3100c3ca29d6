"""What pages and API routes act through."""

from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool

from openmo.accounts.service import AccountService
from openmo.accounts.values import Actor
from openmo.apps.owner.service import ServingService
from openmo.apps.preparing.examples import ExampleService
from openmo.apps.service import AppService
from openmo.datasets.service import DatasetService
from openmo.identity.app_tokens import AppTokens
from openmo.jobs.service import JobService
from openmo.modules.service import ModuleService
from openmo.notices.service import NoticeService
from openmo.projects.service import ProjectService
from openmo.projects.values import Project


class Launch(Protocol):
    """Opens a project's JupyterLab."""

    async def start(self, actor: Actor, project: Project, *, language: str = "") -> str:
        """The project's server starts, in the reader's language; returns the path to send the browser to.

        Raises Forbidden, Unavailable.
        """
        ...

    async def stop(self, project: Project) -> None:
        """The project's server stops, if it runs."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The slices' services, wired once in `bootstrap`."""

    accounts: AccountService
    notices: NoticeService
    projects: ProjectService
    datasets: DatasetService
    modules: ModuleService
    jobs: JobService
    apps: AppService
    examples: ExampleService
    serving: ServingService
    launch: Launch
    app_tokens: AppTokens

    async def delete_project(self, actor: Actor, project: Project) -> None:
        """Everything of the project is gone; raises Conflict while a job of it waits or runs."""
        self.projects.check_edit(actor, project)
        await run_in_threadpool(self.jobs.check_idle, actor, project)
        await self.launch.stop(project)
        await run_in_threadpool(self._delete_rows, actor, project)

    def _delete_rows(self, actor: Actor, project: Project) -> None:
        self.jobs.delete_all(actor, project)
        self.apps.delete_all(project)
        self.projects.remove_row(project)


def services_of(request: Request) -> Services:
    """The services that the application was built with."""
    services: Services = request.app.state.services
    return services


ServicesDep = Annotated[Services, Depends(services_of)]
