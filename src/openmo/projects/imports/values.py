"""What a project imports."""

from dataclasses import dataclass
from datetime import datetime

from openmo.datasets.values import Dataset
from openmo.modules.values import Module


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetImport:
    """A dataset that a project uses."""

    dataset: Dataset
    version: int
    folder: str
    """`datasets/<owner>-<name>`."""
    imported_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleImport:
    """A module version that a project uses."""

    module: Module
    version: str
    folder: str
    """`modules/<owner>/<name>/<version>`."""
    imported_at: datetime
