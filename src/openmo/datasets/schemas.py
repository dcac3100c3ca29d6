"""Datasets on the wire."""

from datetime import datetime

from pydantic import BaseModel

from openmo.core.visibility import Visibility
from openmo.datasets.values import Dataset, DatasetImport


class DatasetView(BaseModel):
    """A dataset as API callers see it."""

    owner: str
    name: str
    full_name: str
    title: str
    description: str
    visibility: Visibility
    version: int
    files: int
    bytes: int
    created_at: datetime
    updated_at: datetime
    url: str

    @classmethod
    def of(cls, dataset: Dataset) -> "DatasetView":
        names = (name for name in cls.model_fields if name not in ("full_name", "url"))
        shown = {name: getattr(dataset, name) for name in names}
        return cls(full_name=dataset.full_name, url=f"/datasets/{dataset.full_name}", **shown)


class DatasetList(BaseModel):
    items: list[DatasetView]


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
