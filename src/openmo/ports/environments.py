"""Environments that user code runs in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class UserEnvironment:
    """An interpreter with packages; equal digests mean equal packages."""

    digest: str
    python: Path
    read_only: tuple[Path, ...]
    """What a sandbox must let it read: the environment, and the interpreter that it stands on."""


class EnvironmentProvider(Protocol):
    """Knows the environments of this installation."""

    def base(self) -> UserEnvironment:
        """The curated environment that every project starts with."""
        ...
