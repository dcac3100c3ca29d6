"""Datasets on the wire."""

from datetime import datetime

from pydantic import BaseModel

from openmo.core.visibility import Visibility
from openmo.datasets.values import Dataset


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
