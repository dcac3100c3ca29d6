"""What is different between two versions of a dataset: which files were added, removed or changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from openmo.accounts.values import Actor
from openmo.datasets.service import DatasetService
from openmo.datasets.values import Dataset
from openmo.storage.store import ObjectStore, StoredFile

DIFFERENCES_LIMIT = 1000
"""Files of one page."""


class Difference(StrEnum):
    """What has happened to a file."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDifference:
    """A file that is not the same in both."""

    path: str
    kind: Difference
    before: int | None
    """Bytes in the first version; None: it is not there."""
    after: int | None
    """Bytes in the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two versions, and one page of what is different."""

    first: int
    second: int
    counts: Mapping[Difference, int]
    """Of all files."""
    unchanged: int
    bytes_before: int
    bytes_after: int
    files: tuple[FileDifference, ...]
    """By path."""
    next: str
    """`after` of the next page; empty: this is the last."""


class ComparisonService:
    """Compares versions by what is known of their files: none is opened."""

    def __init__(self, datasets: DatasetService, store: ObjectStore) -> None:
        self._datasets = datasets
        self._store = store

    def compare(
        self,
        actor: Actor,
        dataset: Dataset,
        first: int,
        second: int,
        *,
        after: str = "",
        limit: int = DIFFERENCES_LIMIT,
    ) -> Comparison:
        """From the first version to the second; raises NotFound."""
        trees = [self._datasets.version(actor, dataset, number).tree for number in (first, second)]
        old, new = (self._store.files(tree) for tree in trees)
        found = sorted(differences(old, new), key=lambda one: one.path)
        page = [one for one in found if one.path > after]
        counts = dict.fromkeys(Difference, 0)
        for one in found:
            counts[one.kind] += 1
        return Comparison(
            first=first,
            second=second,
            counts=counts,
            unchanged=len(new) - counts[Difference.ADDED] - counts[Difference.CHANGED],
            bytes_before=sum(file.bytes for file in old.values()),
            bytes_after=sum(file.bytes for file in new.values()),
            files=tuple(page[:limit]),
            next=page[limit - 1].path if len(page) > limit else "",
        )


def differences(old: Mapping[str, StoredFile], new: Mapping[str, StoredFile]) -> Iterator[FileDifference]:
    """In no order; a file whose bytes and right to be executed are the same is none."""
    for path, file in old.items():
        there = new.get(path)
        if there is None:
            yield FileDifference(path=path, kind=Difference.REMOVED, before=file.bytes, after=None)
        elif there.content != file.content:
            yield FileDifference(path=path, kind=Difference.CHANGED, before=file.bytes, after=there.bytes)
    for path, file in new.items():
        if path not in old:
            yield FileDifference(path=path, kind=Difference.ADDED, before=None, after=file.bytes)
