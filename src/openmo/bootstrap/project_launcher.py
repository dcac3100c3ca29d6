"""What a project's JupyterLab needs, for the spawner."""

from openmo.bootstrap.platform import Platform
from openmo.config.endpoints import load_endpoints
from openmo.core.errors import NotFound
from openmo.environments.installed import InstalledEnvironments
from openmo.hub.launcher import ProjectLaunch


class PlatformLauncher:
    """Looks the project up by the server's name, which never changes."""

    def __init__(self, platform: Platform, environments: InstalledEnvironments) -> None:
        self._platform = platform
        self._environments = environments

    def launch(self, username: str, slug: str) -> ProjectLaunch:
        """See the port. A project of somebody else is treated as one that does not exist."""
        if not slug:
            raise NotFound("Open a project from its page: there is no server without a project.")
        project = self._platform.projects.by_slug(slug)
        if project.owner != username:
            raise NotFound(f"You have no project with the server name {slug!r}.")
        folders = self._platform.projects.folders(project)
        endpoints = load_endpoints(self._platform.settings.folder.run)
        base = self._environments.base()
        return ProjectLaunch(
            project=project.full_name,
            workspace=folders.workspace,
            home=folders.home,
            python_lab=self._environments.lab().python,
            kernel_python=base.python,
            api_url=endpoints.web.url,
            environment={},
            read_only=(
                *base.read_only,
                *self._platform.imports.readable_zones(project),
            ),
        )
