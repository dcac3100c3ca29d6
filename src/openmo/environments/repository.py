"""SQL of environments: how they were built, and who refers to them."""

from base64 import b64decode, b64encode
from datetime import datetime

from sqlalchemy import Connection, insert, select, union
from sqlalchemy.exc import IntegrityError

from openmo.core.states import ACTIVE
from openmo.db.rows import first_row
from openmo.db.tables import environments, jobs, module_versions, releases
from openmo.environments.recipes import EnvironmentRecipe


class EnvironmentRepository:
    """Recipes in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, digest: str) -> EnvironmentRecipe | None:
        query = select(environments).where(environments.c.digest == digest)
        row = first_row(self._connection, query)
        if row is None:
            return None
        return EnvironmentRecipe(
            digest=row["digest"],
            name=row["name"],
            python=row["python"],
            lock=row["lock"],
            wheels={name: b64decode(data) for name, data in row["wheels"].items()},
        )

    def add(self, recipe: EnvironmentRecipe, now: datetime) -> None:
        """What is known already stays as it is: equal digests mean equal recipes."""
        values = {
            "digest": recipe.digest,
            "name": recipe.name,
            "python": recipe.python,
            "lock": recipe.lock,
            "wheels": {name: b64encode(data).decode() for name, data in recipe.wheels.items()},
            "recorded_at": now,
        }
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(environments).values(values))
        except IntegrityError:
            return  # another process recorded it in this moment

    def in_use(self) -> frozenset[str] | None:
        """Digests that a job, a release or a module's version refers to; None while a job of no known one is active."""
        unrecorded = select(jobs.c.id).where(jobs.c.environment.is_(None), jobs.c.state.in_(sorted(ACTIVE))).limit(1)
        if self._connection.execute(unrecorded).first() is not None:
            return None
        of_jobs = select(jobs.c.environment).where(jobs.c.environment.is_not(None))
        of_releases = select(releases.c.environment).where(releases.c.removed_at.is_(None))
        of_modules = select(module_versions.c.environment).where(module_versions.c.environment != "")
        return frozenset(self._connection.execute(union(of_jobs, of_releases, of_modules)).scalars())
