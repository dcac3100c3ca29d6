"""Environments that user code runs in."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

MODULE = "module"
"""The name of environments whose packages a module's author chose: nothing of them runs outside a sandbox."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UserEnvironment:
    """An interpreter with packages; equal digests mean equal packages."""

    digest: str
    python: Path
    read_only: tuple[Path, ...]
    """What a sandbox must let it read: the environment, and the interpreter that it stands on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvironmentRecipe:
    """Everything that decides what is in an environment."""

    digest: str
    name: str
    python: str
    """Implementation and version: `CPython 3.13.5`."""
    lock: str
    """Requirements with exact versions, dependencies included."""
    wheels: Mapping[str, bytes]
    """Wheels besides, by file name."""


class EnvironmentProvider(Protocol):
    """Knows the environments of this installation."""

    def base(self) -> UserEnvironment:
        """The curated environment that every project starts with."""
        ...

    def base_recipe(self) -> EnvironmentRecipe:
        """How that one is built."""
        ...

    def find(self, digest: str) -> UserEnvironment | None:
        """The environment of that digest, when it is there and complete. Cheap."""
        ...

    def place(self, recipe: EnvironmentRecipe) -> Path:
        """The folder of that environment, whether it is there or not."""
        ...

    def readable(self) -> tuple[Path, ...]:
        """Folders that hold environments of modules and nothing else: kernels, jobs and apps may read all of them.

        What is built later lies below one of them, so that it is there at once.
        """
        ...

    def resolve(self, requirements: str) -> EnvironmentRecipe:
        """The recipe of an environment with what a module's requirements.txt asks for; takes seconds.

        Raises InvalidInput for a line that is no package by name and version, and NotResolved.
        """
        ...

    def can_build(self, recipe: EnvironmentRecipe) -> bool:
        """Whether this machine has the interpreter that the recipe names."""
        ...

    def build(self, recipe: EnvironmentRecipe) -> UserEnvironment:
        """Exactly that environment; takes minutes. Raises OpenMoError with what went wrong."""
        ...

    def prune(self, keep: frozenset[str]) -> tuple[str, ...]:
        """Environments with other digests than these and the present ones are gone; the names of those that went."""
        ...
