"""Datasets on the wire."""

from datetime import datetime

from pydantic import BaseModel, Field

from openmo.core.catalogue import Category
from openmo.core.hostile.files import FileEntry, FolderPage
from openmo.core.visibility import Visibility
from openmo.datasets.comparing import Comparison, Difference, FileDifference
from openmo.datasets.files import ManifestPage
from openmo.datasets.owning import DatasetChange
from openmo.datasets.values import Dataset, DatasetPage, DatasetVersion

_OF_THE_READER = ("url", "favourite")
VERSIONS_SHOWN = 50


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


class DatasetVersionView(BaseModel):
    """A version of a dataset: its files never change."""

    version: int
    digest: str
    """Of its files (their paths, sizes and contents): equal for equal ones, and for no others."""
    notes: str
    files: int
    bytes: int
    created_at: datetime

    @classmethod
    def of(cls, version: DatasetVersion) -> "DatasetVersionView":
        return cls(
            version=version.number,
            digest=version.tree,
            notes=version.notes,
            files=version.files,
            bytes=version.bytes,
            created_at=version.created_at,
        )


class DatasetVersionList(BaseModel):
    """One page of versions, newest first."""

    items: list[DatasetVersionView]
    next: int | None
    """`before` of the next page; null: this is the last."""

    @classmethod
    def of(cls, versions: tuple[DatasetVersion, ...]) -> "DatasetVersionList":
        last = versions[-1].number if versions else 1
        return cls(items=[DatasetVersionView.of(each) for each in versions], next=last if last > 1 else None)


class DatasetDetails(DatasetView):
    """A dataset with its newest versions."""

    versions: DatasetVersionList

    @classmethod
    def of_versions(
        cls, dataset: Dataset, versions: tuple[DatasetVersion, ...], *, favourite: bool
    ) -> "DatasetDetails":
        found = DatasetVersionList.of(versions)
        return cls.model_validate({**_shown(dataset, favourite=favourite), "versions": found})


class DatasetEntryView(BaseModel):
    """An entry of a folder of a version."""

    name: str
    path: str
    is_folder: bool
    bytes: int

    @classmethod
    def of(cls, entry: FileEntry) -> "DatasetEntryView":
        size = 0 if entry.is_folder else entry.bytes
        return cls(name=entry.name, path=entry.path, is_folder=entry.is_folder, bytes=size)


class DatasetFolderView(BaseModel):
    """One page of a folder of a version: folders first, then files, by name."""

    items: list[DatasetEntryView]
    next: str
    """`after` of the next page; empty: this is the last."""

    @classmethod
    def of(cls, page: FolderPage) -> "DatasetFolderView":
        return cls(items=[DatasetEntryView.of(each) for each in page.items], next=page.next)


class DatasetFileView(BaseModel):
    """A file of a version."""

    path: str
    bytes: int
    sha256: str


class DatasetManifestView(BaseModel):
    """One page of all files of a version, in whichever folders, by path."""

    items: list[DatasetFileView]
    next: str
    """`after` of the next page; empty: this is the last."""

    @classmethod
    def of(cls, page: ManifestPage) -> "DatasetManifestView":
        items = [DatasetFileView(path=each.path, bytes=each.bytes, sha256=each.sha256) for each in page.items]
        return cls(items=items, next=page.next)


class DatasetChangeRequest(BaseModel):
    """What to say anew of a dataset; a field left out stays as it is."""

    title: str | None = None
    description: str | None = None
    category: Category | None = None
    tags: list[str] | None = Field(default=None, max_length=100)
    licence: str | None = None
    visibility: Visibility | None = None

    def change(self) -> DatasetChange:
        return DatasetChange(**{name: getattr(self, name) for name in type(self).model_fields})


class FileDifferenceView(BaseModel):
    """A file that is not the same in both versions."""

    path: str
    bytes_before: int | None
    """Null: it was not there."""
    bytes_after: int | None
    """Null: it is there no longer."""


class FileDifferencesView(BaseModel):
    """Files of this page, by what has happened to them, and how many there are in all."""

    added: list[FileDifferenceView]
    removed: list[FileDifferenceView]
    changed: list[FileDifferenceView]
    added_count: int
    removed_count: int
    changed_count: int
    unchanged_count: int


class DatasetDiffView(BaseModel):
    """What is different from version `a` to version `b`."""

    a: int
    b: int
    bytes_a: int
    bytes_b: int
    files: FileDifferencesView
    next: str
    """`after` of the next page; empty: this is the last."""

    @classmethod
    def of(cls, found: Comparison) -> "DatasetDiffView":
        files = FileDifferencesView(
            added=_of_kind(found.files, Difference.ADDED),
            removed=_of_kind(found.files, Difference.REMOVED),
            changed=_of_kind(found.files, Difference.CHANGED),
            added_count=found.counts[Difference.ADDED],
            removed_count=found.counts[Difference.REMOVED],
            changed_count=found.counts[Difference.CHANGED],
            unchanged_count=found.unchanged,
        )
        return cls(
            a=found.first,
            b=found.second,
            bytes_a=found.bytes_before,
            bytes_b=found.bytes_after,
            files=files,
            next=found.next,
        )


def _of_kind(files: tuple[FileDifference, ...], kind: Difference) -> list[FileDifferenceView]:
    return [
        FileDifferenceView(path=each.path, bytes_before=each.before, bytes_after=each.after)
        for each in files
        if each.kind is kind
    ]


def _shown(dataset: Dataset, *, favourite: bool) -> dict[str, object]:
    names = (name for name in DatasetView.model_fields if name not in _OF_THE_READER)
    shown = {name: getattr(dataset, name) for name in names}
    return {**shown, "tags": list(dataset.tags), "url": f"/datasets/{dataset.full_name}", "favourite": favourite}
