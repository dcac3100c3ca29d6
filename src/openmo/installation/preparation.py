"""Bringing a data folder up to date: the schema, the environments, the sample content."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from openmo.core.errors import OpenMoError
from openmo.core.messages import message
from openmo.db.engine import Database
from openmo.db.migrate import migrate, revision
from openmo.environments.installed import InstalledEnvironments
from openmo.environments.service import EnvironmentService
from openmo.installation.samples import SampleContent


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What must be done before the services start; idempotent."""

    database: Database
    installed: InstalledEnvironments
    environments: EnvironmentService
    samples: SampleContent
    projects: Path
    """Whose folders a lost database would leave without owners."""
    tell: Callable[[str], None]

    def run(self, *, with_samples: bool) -> None:
        """In this order, since sample content is built in the environment and recorded in the database."""
        check_not_lost(self.database, self.projects)
        if migrate(self.database):
            self.tell("The database has the schema of this version.")
        self.installed.base()
        self.installed.lab()
        for name in self.environments.prune():
            self.tell(f"Removed the environment `{name}`: no job and no release refers to it.")
        if with_samples:
            self.samples.ensure()


def check_not_lost(database: Database, projects: Path) -> None:
    """Raises OpenMoError for a database file that is empty or gone beside projects: a fresh one would hide them."""
    if database.is_sqlite and revision(database) is None and projects.is_dir() and any(projects.iterdir()):
        raise OpenMoError(
            message(
                "%(database)s is empty or gone, but %(projects)s holds projects. Restore the file from a backup; to "
                "begin anew, move the projects away.",
                database=database.engine.url.database,
                projects=projects,
            )
        )
