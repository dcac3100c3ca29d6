"""What a project imports."""

from dataclasses import dataclass
from datetime import datetime

from openmo.core.versions import Version
from openmo.datasets.values import Dataset
from openmo.modules.values import DEV, Module


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetImport:
    """A dataset that a project uses."""

    dataset: Dataset
    version: int
    folder: str
    """`datasets/<owner>-<name>`."""
    imported_at: datetime
    hidden: bool = False
    """Whether its owner has hidden it since: the project keeps it, and learns of nothing newer."""

    @property
    def identifier(self) -> str:
        """`owner/name@version`."""
        return f"{self.dataset.full_name}@{self.version}"

    @property
    def newer(self) -> int | None:
        """The newest version, where it is newer than this one; else None."""
        return None if self.hidden or self.dataset.version <= self.version else self.dataset.version


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleImport:
    """A module version that a project uses."""

    module: Module
    version: str
    imported_at: datetime
    yanked_reason: str | None = None
    """Why that version was yanked; None: it was not."""
    environment: str = ""
    """The digest of the version's own environment; empty: it has none."""

    @property
    def identifier(self) -> str:
        """`owner/name/version`."""
        return f"{self.module.full_name}/{self.version}"

    @property
    def folder(self) -> str:
        """`modules/<owner>/<name>/<version>`."""
        return f"modules/{self.identifier}"

    @property
    def environment_link(self) -> str:
        """Where the project finds that environment: `modules/<owner>/<name>/<version>.environment`."""
        return f"{self.folder}.environment"

    @property
    def newer(self) -> str:
        """The newest release, where it is newer than this version; else empty."""
        newest = self.module.version
        if not newest or self.version == DEV or Version.parse(newest) <= Version.parse(self.version):
            return ""
        return newest
