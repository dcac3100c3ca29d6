"""Bringing a data folder up to date: the schema, the environments, the sample content."""

from collections.abc import Callable
from dataclasses import dataclass

from openmo.db.engine import Database
from openmo.db.migrate import migrate
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
    tell: Callable[[str], None]

    def run(self, *, with_samples: bool) -> None:
        """In this order, since sample content is built in the environment and recorded in the database."""
        if migrate(self.database):
            self.tell("The database has the schema of this version.")
        self.installed.base()
        self.installed.lab()
        for name in self.environments.prune():
            self.tell(f"Removed the environment `{name}`: no job and no release refers to it.")
        if with_samples:
            self.samples.ensure()
