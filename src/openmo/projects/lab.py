"""A project's JupyterLab, as people start and stop it."""

from urllib.parse import quote, urlencode

from openmo.accounts.access import check
from openmo.accounts.rights import Verb
from openmo.accounts.values import Actor
from openmo.core.references import Reference
from openmo.identity.servers import NotebookServers, ServerState
from openmo.projects.service import ProjectService
from openmo.projects.values import Project

FIRST_NOTEBOOK = "coding_here.ipynb"
MODULE_QUERY = "openmo-module"
"""In an address of JupyterLab: the module whose tab it opens, as the extension reads it."""


class LabService:
    """Opens projects in JupyterLab."""

    def __init__(self, projects: ProjectService, servers: NotebookServers) -> None:
        self._projects = projects
        self._servers = servers

    async def start(
        self, actor: Actor, project: Project, *, language: str = "", module: Reference | None = None
    ) -> str:
        """The project's server starts, in the reader's language; returns the path to send the browser to.

        `module`: whose tab is open there.         Raises Forbidden, Unavailable.
        """
        check(actor, Verb.OPEN_LAB, project.thing())
        server = await self._servers.start_server(project.owner, project.slug, language=language)
        query = "" if module is None else f"?{urlencode({MODULE_QUERY: str(module)})}"
        if server.state is ServerState.READY:
            return f"{server.url}lab/tree/{FIRST_NOTEBOOK}{query}"
        opened = f"/user/{quote(project.owner)}/{project.slug}/lab/tree/{FIRST_NOTEBOOK}{query}"
        following = f"?{urlencode({'next': opened})}" if query else ""
        return f"/hub/spawn-pending/{project.owner}/{project.slug}{following}"

    async def stop(self, project: Project) -> None:
        """The project's server stops, if it runs."""
        await self._servers.stop_server(project.owner, project.slug)
