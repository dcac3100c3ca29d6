"""Where the files of datasets lie.

A version is an immutable tree. Public trees lie below `datasets/public`, private ones below
`datasets/private/<account>`, so that a sandbox can allow reading by zone: what everybody may see, and what the
project's owner owns.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from openmo.core.ids import AccountId, DatasetId
from openmo.core.visibility import Visibility
from openmo.datasets.values import Dataset, DatasetVersion
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

    def show(self, dataset: Dataset, versions: Iterable[DatasetVersion]) -> None:
        """Each of these versions is where the dataset's visibility demands, too."""
        self.show_in(self.zone(dataset) / dataset.id, {str(each.number): each.tree for each in versions})

    def hide(self, dataset_id: DatasetId, kept: Collection[int]) -> None:
        """Of that dataset these versions alone are public."""
        self._keep(self._folder / "public" / dataset_id, kept)

    def remove(self, dataset: Dataset) -> None:
        """Nothing of the dataset is left anywhere."""
        for zone in self.zones(dataset.owner_id):
            self.discard(zone / dataset.id)

    def sweep_public(self, kept: Mapping[DatasetId, Collection[int]]) -> None:
        """These versions alone are public; for a start."""
        for folder in _folders(self._folder / "public"):
            self._keep(folder, kept.get(DatasetId(folder.name), ()))

    def sweep_private(self, kept: Mapping[DatasetId, Collection[int]]) -> None:
        """Of these datasets these versions alone are private; for a start."""
        for zone in _folders(self._folder / "private"):
            for folder in _folders(zone):
                self._keep(folder, kept.get(DatasetId(folder.name), ()))

    def _keep(self, folder: Path, versions: Collection[int]) -> None:
        kept = {str(number) for number in versions}
        if not kept:
            self.discard(folder)
            return
        for entry in _folders(folder):
            if entry.name not in kept:
                self.discard(entry)


def _folders(above: Path) -> Iterator[Path]:
    if above.is_dir():
        yield from above.iterdir()
