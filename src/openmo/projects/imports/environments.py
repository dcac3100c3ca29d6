"""The environments of imported modules: a link beside each module's, which leads to where its packages lie.

The link is made whether the environment is there yet or not: its place is known before, and what is built lies there at
once. `call(..., environment='own')` looks for it.
"""

import contextlib
import logging

from openmo.config.settings import DataFolder
from openmo.core.errors import Conflict, OpenMoError
from openmo.core.hostile.folder import HostileFolder
from openmo.core.ids import ProjectId
from openmo.db.engine import Database
from openmo.environments.modules import ModuleEnvironments
from openmo.environments.service import EnvironmentBuilding
from openmo.modules.repository import ModuleRepository
from openmo.modules.values import DEV, Module, ModuleVersion
from openmo.projects.imports.repository import ImportRepository
from openmo.projects.imports.values import ModuleImport
from openmo.projects.values import ProjectFolders

_log = logging.getLogger(__name__)
_RETRY_SECONDS = 2.0


class ImportedEnvironments:
    """Keeps the links of workspaces, and has what is missing built."""

    def __init__(self, database: Database, environments: ModuleEnvironments, folder: DataFolder) -> None:
        self._database = database
        self._environments = environments
        self._folder = folder

    def record(self, module: Module, version: ModuleVersion) -> str:
        """The digest of the version's environment; empty: it has none.

        One that was published before environments were recorded gets its own now, which takes seconds; where that
        cannot be found it has none, as before.
        """
        if version.environment or not version.requirements:
            return version.environment
        try:
            digest = self._environments.choose("\n".join(version.requirements))
        except OpenMoError as error:
            _log.info("%s/%s gets no environment: %s", module.full_name, version.version, error)
            return ""
        with self._database.begin() as connection:
            ModuleRepository(connection).set_environment(module.id, version.version, digest)
        return digest

    def link(self, workspace: HostileFolder, item: ModuleImport) -> None:
        """The workspace has the module's environment beside the module, and it is being built where it is missing.

        Where something of the user's lies in its place, that stays.
        """
        target = self._environments.place(item.environment) if item.environment else None
        with contextlib.suppress(Conflict):
            if target is None:
                workspace.remove_link(item.environment_link)
            else:
                workspace.place_link(item.environment_link, target)
                self._environments.begin(item.environment)

    def relink(self, project_id: ProjectId) -> None:
        """As `link`, of all that the project imports: for a start of its JupyterLab. Asks no package index."""
        workspace = self._workspace(project_id)
        for item in self._imported(project_id):
            with contextlib.suppress(OSError):  # the user may put anything in the way
                self.link(workspace, item)

    def follow(self, module: Module) -> None:
        """Projects that import the development version have the environment of the present one."""
        with self._database.read() as connection:
            found = ImportRepository(connection).projects_importing(module.id, DEV)
        for project_id in found:
            for item in self._imported(project_id):
                if item.module.id == module.id and item.version == DEV:
                    with contextlib.suppress(OSError):
                        self.link(self._workspace(project_id), item)

    def wait(self, project_id: ProjectId) -> None:
        """Raises EnvironmentBuilding while an environment of what the project imports is built; what cannot be is not
        waited for.
        """
        digests = {item.environment for item in self._imported(project_id) if item.environment}
        if [digest for digest in sorted(digests) if self._environments.begin(digest)]:  # all of them are begun
            raise EnvironmentBuilding(
                "An environment of a module that the project imports is being built, which takes a minute or two.",
                retry_after=_RETRY_SECONDS,
            )

    def _imported(self, project_id: ProjectId) -> tuple[ModuleImport, ...]:
        with self._database.read() as connection:
            return ImportRepository(connection).modules(project_id)

    def _workspace(self, project_id: ProjectId) -> HostileFolder:
        return ProjectFolders(root=self._folder.projects / project_id).workspace
