"""Where the files of datasets lie.

A version is an immutable tree. Public trees lie below `datasets/public`, private ones below
`datasets/private/<account>`, so that a sandbox can allow reading by zone: what everybody may see, and what the
project's owner owns.
"""

from pathlib import Path

from openmo.core.ids import AccountId
from openmo.core.visibility import Visibility
from openmo.datasets.values import Dataset
from openmo.storage.shown import ShownTrees
from openmo.storage.store import ObjectStore


class DatasetTrees(ShownTrees):
    """Trees below the folder of datasets."""

    def __init__(self, store: ObjectStore, folder: Path) -> None:
        super().__init__(store, folder)
        self._folder = folder

    def path(self, dataset: Dataset, version: int, reader: AccountId | None = None) -> Path:
        """The folder of a version, where that account's projects read it (None: where its owner's do).

        Who imported it while it was public goes on reading it there.
        """
        return self.zone(dataset, reader) / dataset.id / str(version)

    def zone(self, dataset: Dataset, reader: AccountId | None = None) -> Path:
        """What the dataset's folder lies in."""
        if dataset.visibility is Visibility.PUBLIC or reader not in (None, dataset.owner_id):
            return self._folder / "public"
        return self._folder / "private" / dataset.owner_id

    def zones(self, reader: AccountId) -> tuple[Path, ...]:
        """Folders with all that this account's projects may import."""
        return (self._folder / "public", self._folder / "private" / reader)
