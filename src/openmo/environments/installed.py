"""The environments of this installation, as the slices ask for them."""

import sys
from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path

from openmo.environments.builder import (
    Environment,
    Environments,
    base_lock,
    base_spec,
    interpreter,
    lab_spec,
    module_spec,
    recipe_of,
    run_uv,
)
from openmo.environments.locking import lock_requirements
from openmo.environments.recipes import MODULE, EnvironmentRecipe, UserEnvironment
from openmo.environments.requirements import read_requirements
from openmo.sandbox.interpreter import interpreter_folders
from openmo.sandbox.policy import Sandbox

_RESOLVE_SECONDS = 120.0
"""So long somebody waits for versions that fit; some wishes leave more combinations than can be tried."""


class InstalledEnvironments:
    """Environments below one folder. `prepare` has built them; after that, asking costs a look at a marker file."""

    def __init__(
        self,
        folder: Path,
        *,
        own: bool = False,
        report: Callable[[str], None] = lambda _: None,
        sandbox: Sandbox | None = None,
    ) -> None:
        """`own`: the folder is this installation's alone. `sandbox`: of what modules' authors chose."""
        self._own = own
        self._environments = Environments(folder, report=report, sandbox=sandbox)

    def base(self) -> UserEnvironment:
        return self._base

    def base_recipe(self) -> EnvironmentRecipe:
        return recipe_of(base_spec())

    def find(self, digest: str) -> UserEnvironment | None:
        found = self._environments.at("base", digest) or self._environments.at(MODULE, digest)
        return None if found is None else _user_environment(found)

    def place(self, recipe: EnvironmentRecipe) -> Path:
        return self._environments.place(recipe.name, recipe.digest)

    def readable(self) -> tuple[Path, ...]:
        self._environments.of_modules.mkdir(parents=True, exist_ok=True)  # a sandbox is given what is there
        bases = (python.parent.parent for python in self._environments.pythons("base"))
        return (self._environments.of_modules, *bases)

    def resolve(self, requirements: str) -> EnvironmentRecipe:
        run = partial(run_uv, seconds=_RESOLVE_SECONDS)
        lock = lock_requirements(read_requirements(requirements), base_lock(), Path(sys.executable), run)
        return recipe_of(module_spec(lock))

    def can_build(self, recipe: EnvironmentRecipe) -> bool:
        return recipe.python == interpreter()

    def build(self, recipe: EnvironmentRecipe) -> UserEnvironment:
        return _user_environment(self._environments.rebuild(recipe))

    def prune(self, keep: frozenset[str]) -> tuple[str, ...]:
        """Does nothing where `own` is false: other installations may use what this one does not."""
        if not self._own:
            return ()
        return self._environments.prune(keep | {base_spec().digest(), lab_spec().digest()})

    def known_pythons(self) -> frozenset[Path]:
        """Interpreters of all environments of the kind that user code runs in: their packages are of our choice."""
        return frozenset(self._environments.pythons("base"))

    def lab(self) -> Environment:
        """The environment that JupyterLab itself runs in."""
        return self._environments.ensure(lab_spec())

    @cached_property
    def _base(self) -> UserEnvironment:
        return _user_environment(self._environments.ensure(base_spec()))


def _user_environment(environment: Environment) -> UserEnvironment:
    return UserEnvironment(
        digest=environment.digest, python=environment.python, read_only=interpreter_folders(environment.python)
    )
