"""Environments of jobs, releases and modules: recorded, found and built again, and kept while they are referred to."""

import logging
import threading
from pathlib import Path

from openmo.core.clock import Clock
from openmo.core.errors import Conflict, OpenMoError, Unavailable
from openmo.core.messages import message
from openmo.core.space import DiskSpace
from openmo.db.engine import Database
from openmo.environments.recipes import MODULE, EnvironmentProvider, EnvironmentRecipe, UserEnvironment
from openmo.environments.repository import EnvironmentRepository
from openmo.environments.requirements import read_requirements

_log = logging.getLogger(__name__)
_RETRY_SECONDS = 2.0
_FAILED_SECONDS = 300.0
"""So long a failure stands before the next who asks starts another try."""
_AT_ONCE = 2
"""So many environments are built at a time; each takes the network, and the disk."""


class EnvironmentBuilding(Unavailable):
    """The environment is being built; whoever asks a little later gets it."""

    code = "environment_building"
    title = message("Its environment is being built")
    remedy = "Wait for `retry_after` seconds."


class EnvironmentService:
    """What runs twice runs in the same packages twice, or says why it cannot: never silently in others."""

    def __init__(
        self, database: Database, provider: EnvironmentProvider, clock: Clock, space: DiskSpace | None = None
    ) -> None:
        """`space`: of the disk that environments are built on; where little is left, none is begun."""
        self._space = space
        self._database = database
        self._provider = provider
        self._clock = clock
        self._recorded: dict[str, str] = {}
        """The lock of each environment that was the present one."""
        self._building: dict[str, threading.Thread] = {}
        self._failed: dict[str, tuple[float, str]] = {}
        self._lock = threading.Lock()
        self._room = threading.BoundedSemaphore(_AT_ONCE)

    def current(self) -> UserEnvironment:
        """The one for what is new; how it is built is on record from now on."""
        environment = self._provider.base()
        if environment.digest not in self._recorded:
            with self._database.read() as connection:
                recipe = EnvironmentRepository(connection).get(environment.digest)
            if recipe is None:
                recipe = self._provider.base_recipe()
                with self._database.begin() as connection:
                    EnvironmentRepository(connection).add(recipe, self._clock.now())
            self._recorded[environment.digest] = recipe.lock
        return environment

    def current_lock(self) -> str:
        """What is in the present environment, as a lock."""
        return self._recorded[self.current().digest]

    def of_module(self, requirements: str) -> EnvironmentRecipe | None:
        """The recipe of an environment of a module's own, on record from now on; None where it asks for nothing.

        `recorded` builds it. Raises InvalidInput for a line that is no package by name and version, and NotResolved
        with what uv reported. Takes seconds.
        """
        if not read_requirements(requirements):
            return None
        recipe = self._provider.resolve(requirements)
        with self._database.begin() as connection:
            EnvironmentRepository(connection).add(recipe, self._clock.now())
        return recipe

    def recorded(self, digest: str) -> UserEnvironment:
        """The environment of that digest.

        Raises EnvironmentBuilding while it is being built again, which this call may have begun; Conflict when that
        is not possible.
        """
        if found := self._provider.find(digest):
            return found
        recipe = self._buildable(digest)
        with self._lock:
            since, failure = self._failed.get(digest, (0.0, ""))
            if failure and self._clock.monotonic() - since < _FAILED_SECONDS:
                raise Conflict(failure)
            if digest not in self._building:
                thread = threading.Thread(target=self._build, args=(recipe,), name=f"environment-{digest}", daemon=True)
                self._building[digest] = thread
                thread.start()
        raise EnvironmentBuilding(
            "Its environment is being built again, which takes a minute or two: try again then.",
            retry_after=_RETRY_SECONDS,
        )

    def check(self, digest: str) -> None:
        """Raises Conflict when the environment is neither there nor can be built again here."""
        if self._provider.find(digest) is None:
            self._buildable(digest)

    def recipe(self, digest: str) -> EnvironmentRecipe | None:
        """How it was built; None for environments of before that was recorded."""
        with self._database.read() as connection:
            return EnvironmentRepository(connection).get(digest)

    def exists(self, digest: str) -> bool:
        return self._provider.find(digest) is not None

    def readable(self) -> tuple[Path, ...]:
        """Folders that kernels, jobs and apps may read: what a module's own environment is built in lies below one."""
        return self._provider.readable()

    def prune(self) -> tuple[str, ...]:
        """What no job, release and module refers to is gone, but for the present one; the names of those that went."""
        with self._database.read() as connection:
            keep = EnvironmentRepository(connection).in_use()
        return () if keep is None else self._provider.prune(keep)

    def _buildable(self, digest: str) -> EnvironmentRecipe:
        recipe = self.recipe(digest)
        if recipe is None:
            raise Conflict(
                "The environment that it ran in is gone, and how it was built was not recorded: "
                "choose the present environment."
            )
        if not self._provider.can_build(recipe):
            raise Conflict(
                "The environment that it ran in is gone, and this machine no longer has its version of Python: "
                "choose the present environment."
            )
        return recipe

    def _build(self, recipe: EnvironmentRecipe) -> None:
        try:
            with self._room:
                if self._space is not None:
                    self._space.check()
                self._provider.build(recipe)
        except Exception as error:  # noqa: BLE001 (told to whoever asks; without this it would be tried without end)
            _log.warning("The environment %s cannot be built: %s", recipe.digest, error)
            self._failed[recipe.digest] = (self._clock.monotonic(), _failure(recipe, error))
        else:
            self._failed.pop(recipe.digest, None)
        finally:
            with self._lock:
                self._building.pop(recipe.digest, None)


def _failure(recipe: EnvironmentRecipe, error: Exception) -> str:
    """In words for whoever asks for it."""
    if recipe.name == MODULE:
        reason = error.message if isinstance(error, OpenMoError) else str(error)
        return message("The module's environment could not be built: %(reason)s", reason=reason)
    return message(
        "The environment that it ran in is gone and could not be built again: is a package index in reach? "
        "Try again in a few minutes, or choose the present environment."
    )
