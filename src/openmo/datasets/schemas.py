"""Datasets on the wire."""

from datetime import datetime

from pydantic import BaseModel

from openmo.core.catalogue import Category
from openmo.core.visibility import Visibility
from openmo.datasets.values import Dataset, DatasetPage

_OF_THE_READER = ("url", "favourite")


class DatasetView(BaseModel):
    """A dataset as API callers see it."""

    owner: str
    name: str
    full_name: str
    title: str
    description: str
    visibility: Visibility
    category: Category
    tags: list[str]
    licence: str
    """An SPDX identifier or a few words; empty: its owner has not said."""
    version: int
    """The newest version's number."""
    files: int
    """Of the newest version."""
    bytes: int
    imports: int
    """How many projects import it."""
    favourite: bool
    """Whether the caller has marked it."""
    created_at: datetime
    updated_at: datetime
    url: str

    @classmethod
    def of(cls, dataset: Dataset, *, favourite: bool) -> "DatasetView":
        return cls.model_validate(_shown(dataset, favourite=favourite))


class DatasetList(BaseModel):
    """One page of datasets."""

    items: list[DatasetView]
    next: str
    """`after` of the next page; empty: this is the last."""

    @classmethod
    def of(cls, page: DatasetPage) -> "DatasetList":
        items = [DatasetView.of(dataset, favourite=dataset.id in page.favourites) for dataset in page.items]
        return cls(items=items, next=page.next)


def _shown(dataset: Dataset, *, favourite: bool) -> dict[str, object]:
    names = (name for name in DatasetView.model_fields if name not in _OF_THE_READER)
    shown = {name: getattr(dataset, name) for name in names}
    return {**shown, "tags": list(dataset.tags), "url": f"/datasets/{dataset.full_name}", "favourite": favourite}
