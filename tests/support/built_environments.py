"""Environments of modules that are folders, for tests that wait for one."""

import threading
from dataclasses import replace
from pathlib import Path

from support.platform import ThisEnvironment

from openmo.core.errors import Conflict
from openmo.environments.locking import NotResolved
from openmo.environments.recipes import MODULE, EnvironmentRecipe, UserEnvironment


class Built(ThisEnvironment):
    """Environments of modules in a folder, built when the test lets them; the base one has numpy 2.3.0."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self.resolved: list[str] = []
        self.may_build = threading.Event()
        self.broken = ""

    def place(self, recipe: EnvironmentRecipe) -> Path:
        return self.folder / recipe.digest

    def readable(self) -> tuple[Path, ...]:
        return (self.folder,)

    def resolve(self, requirements: str) -> EnvironmentRecipe:
        self.resolved.append(requirements)
        if "==9" in requirements:
            raise NotResolved("Because there is no version of numpy==9, your requirements are unsatisfiable.")
        digest = f"{abs(hash(requirements)):016x}"[:16]
        return EnvironmentRecipe(digest=digest, name=MODULE, python="CPython 3.99.1", lock=requirements, wheels={})

    def can_build(self, recipe: EnvironmentRecipe) -> bool:
        return recipe.name == MODULE

    def find(self, digest: str) -> UserEnvironment | None:
        if (self.folder / digest).is_dir():
            return replace(self.environment, digest=digest, python=self.folder / digest / "bin" / "python")
        return super().find(digest)

    def build(self, recipe: EnvironmentRecipe) -> UserEnvironment:
        assert self.may_build.wait(30)
        if self.broken:
            raise Conflict(self.broken)
        (self.folder / recipe.digest).mkdir(parents=True)
        found = self.find(recipe.digest)
        assert found is not None
        return found
