"""Who uses a module: the projects that import it, as far as everybody may see them."""

from openmo.db.engine import Database
from openmo.modules.values import Module
from openmo.projects.repository import ProjectRepository
from openmo.projects.values import Project

SHOWN = 12


class ModuleUseService:
    """Names the public projects that import a module; how many there are in all, the module counts itself."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def public_projects(self, module: Module, *, limit: int = SHOWN) -> tuple[Project, ...]:
        """Those that were changed last."""
        with self._database.read() as connection:
            return ProjectRepository(connection).public_importing(module.id, limit=limit)
