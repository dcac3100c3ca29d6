"""A project's JupyterLab, as people start and stop it."""

from openmo.accounts.access import check
from openmo.accounts.rights import Verb
from openmo.accounts.values import Actor
from openmo.identity.servers import NotebookServers, ServerState
from openmo.projects.service import ProjectService
from openmo.projects.values import Project

FIRST_NOTEBOOK = "coding_here.ipynb"


class LabService:
    """Opens projects in JupyterLab."""

    def __init__(self, projects: ProjectService, servers: NotebookServers) -> None:
        self._projects = projects
        self._servers = servers

    async def start(self, actor: Actor, project: Project, *, language: str = "") -> str:
        """The project's server starts, in the reader's language; returns the path to send the browser to.

        Raises Forbidden, Unavailable.
        """
        check(actor, Verb.OPEN_LAB, project.thing())
        server = await self._servers.start_server(project.owner, project.slug, language=language)
        if server.state is ServerState.READY:
            return f"{server.url}lab/tree/{FIRST_NOTEBOOK}"
        return f"/hub/spawn-pending/{project.owner}/{project.slug}"

    async def stop(self, project: Project) -> None:
        """The project's server stops, if it runs."""
        await self._servers.stop_server(project.owner, project.slug)
