"""Which environment a module's version runs in: chosen once, when it is published, and the same ever after."""

import contextlib
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement

from openmo.core.clock import Clock
from openmo.core.errors import Conflict, OpenMoError
from openmo.core.messages import message
from openmo.environments.packages import missing
from openmo.environments.recipes import EnvironmentProvider, UserEnvironment
from openmo.environments.requirements import read_requirements
from openmo.environments.service import EnvironmentBuilding, EnvironmentService

_FOUND_SECONDS = 3600.0
"""So long the same requirements mean the same versions: those that were checked are those that are published."""
_REFUSED_SECONDS = 60.0
_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class _Choice:
    at: float
    digest: str
    error: OpenMoError | None = None


class ModuleEnvironments:
    """Chooses, finds and builds environments of modules."""

    def __init__(self, environments: EnvironmentService, provider: EnvironmentProvider, clock: Clock) -> None:
        self._environments = environments
        self._provider = provider
        self._clock = clock
        self._chosen: dict[tuple[str, ...], _Choice] = {}

    def choose(self, requirements: str) -> str:
        """The digest of the environment for a module with this requirements.txt; empty: it asks for nothing.

        It is the present one where that has all; else one of the module's own, which takes seconds to find, and which
        `get` builds. Raises InvalidInput for a line that is no package by name and version, and NotResolved.
        """
        wanted = read_requirements(requirements)
        if not wanted:
            return ""
        if self._present_has(wanted):
            return self._environments.current().digest
        known = self._chosen.get(wanted)
        if known is None or self._clock.monotonic() - known.at > _lasts(known):
            known = self._find(wanted)
            if len(self._chosen) >= _REMEMBERED:
                self._chosen.clear()
            self._chosen[wanted] = known
        if known.error is not None:
            raise known.error
        return known.digest

    def choose_at_hand(self, requirements: str) -> str:
        """As `choose` where no package index is needed for it; else empty, also for what cannot be read."""
        with contextlib.suppress(OpenMoError):
            wanted = read_requirements(requirements)
            if wanted and self._present_has(wanted):
                return self._environments.current().digest
        return ""

    def get(self, digest: str) -> UserEnvironment:
        """The environment.

        Raises EnvironmentBuilding while it is built, which this call may have begun, and Conflict where it cannot be.
        """
        try:
            return self._environments.recorded(digest)
        except EnvironmentBuilding as error:
            raise EnvironmentBuilding(
                message(
                    "The module's environment is being built from its requirements, which takes a minute or two: try "
                    "again then."
                ),
                retry_after=error.retry_after,
            ) from error

    def begin(self, digest: str) -> bool:
        """It is being built unless it is there or cannot be; whether it is being built."""
        try:
            self._environments.recorded(digest)
        except EnvironmentBuilding:
            return True
        except Conflict:
            pass
        return False

    def place(self, digest: str) -> Path | None:
        """The folder of the environment, whether it is there yet or not; None for one that nothing is known of."""
        if found := self._provider.find(digest):
            return found.python.parent.parent
        recipe = self._environments.recipe(digest)
        return None if recipe is None else self._provider.place(recipe)

    def python_of(self, digest: str) -> str:
        """The version of its Python, `3.11.9`; empty: nothing is known of it."""
        self._environments.current()  # is on record from now on
        recipe = self._environments.recipe(digest)
        return "" if recipe is None else recipe.python.rpartition(" ")[2]

    def _present_has(self, wanted: tuple[str, ...]) -> bool:
        """Extras may bring packages that no line names, so what asks for some is resolved."""
        if any(Requirement(line).extras for line in wanted):
            return False
        return not missing("\n".join(wanted), lock=self._environments.current_lock(), own=())

    def _find(self, wanted: tuple[str, ...]) -> _Choice:
        try:
            recipe = self._environments.of_module("\n".join(wanted))
        except OpenMoError as error:
            return _Choice(self._clock.monotonic(), "", error)
        return _Choice(self._clock.monotonic(), recipe.digest if recipe else "")


def _lasts(choice: _Choice) -> float:
    return _FOUND_SECONDS if choice.error is None else _REFUSED_SECONDS
