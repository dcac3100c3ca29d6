"""What jobs were made with."""

from dataclasses import dataclass

from openmo.core.ids import DatasetId, ModuleId
from openmo.datasets.values import Dataset
from openmo.jobs.values import Job
from openmo.modules.values import Module


@dataclass(frozen=True, slots=True, kw_only=True)
class JobInput:
    """A version of a module or dataset that a job's script names, as it is written down."""

    module_id: ModuleId | None = None
    dataset_id: DatasetId | None = None
    version: str
    method: str = ""
    """Of the module; empty: none is called by a name that can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModuleInput:
    """A version of a module that a job's script names."""

    module: Module
    version: str
    method: str

    @property
    def identifier(self) -> str:
        """`owner/name/version`."""
        return f"{self.module.full_name}/{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetInput:
    """A version of a dataset that a job's script names."""

    dataset: Dataset
    version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class JobInputs:
    """What a job was made with, as far as somebody may see it."""

    modules: tuple[ModuleInput, ...] = ()
    datasets: tuple[DatasetInput, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A job that was made with a module or dataset."""

    job: Job
    versions: tuple[str, ...]
    methods: tuple[str, ...]
    """Of the module, as far as they are called by names that can be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsePage:
    """One page of uses, the newest first."""

    items: tuple[Use, ...] = ()
    next: str = ""
    """`after` of the next page; empty: this is the last."""
