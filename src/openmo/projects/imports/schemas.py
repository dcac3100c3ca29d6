"""Imports on the wire."""

from pydantic import BaseModel

from openmo.projects.imports.values import DatasetImport, ModuleImport


class DatasetImportView(BaseModel):
    """A dataset that a project uses."""

    dataset: str
    version: int
    folder: str

    @classmethod
    def of(cls, item: DatasetImport) -> "DatasetImportView":
        return cls(dataset=item.dataset.full_name, version=item.version, folder=item.folder)


class DatasetImportList(BaseModel):
    items: list[DatasetImportView]


class DatasetReference(BaseModel):
    """A dataset to import."""

    dataset: str
    """`owner/name`."""


class ModuleImportView(BaseModel):
    """A module version that a project uses."""

    identifier: str
    folder: str

    @classmethod
    def of(cls, item: ModuleImport) -> "ModuleImportView":
        return cls(identifier=f"{item.module.owner}/{item.module.name}/{item.version}", folder=item.folder)


class ModuleImportList(BaseModel):
    items: list[ModuleImportView]


class ModuleReference(BaseModel):
    """A module to import."""

    module: str
    """`owner/name` or `owner/name/version`."""
