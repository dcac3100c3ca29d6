"""Datasets: made of a folder of files.

A version is an immutable tree. Public trees lie below `datasets/public`, private ones below
`datasets/private/<account>`, so that a sandbox can allow reading by zone: what everybody may see, and what the
project's owner owns.
"""

import shutil
from pathlib import Path

from openmo.accounts.access import absent, check
from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import Account, Actor
from openmo.config.settings import DataFolder
from openmo.core.clock import Clock
from openmo.core.errors import InvalidInput
from openmo.core.hostile.files import FileEntry, FileView, list_folder, read_inside, read_readme, view_file
from openmo.core.hostile.folder import HostileFolder
from openmo.core.ids import AccountId, DatasetId, check_name, new_id
from openmo.core.messages import message
from openmo.core.visibility import Visibility
from openmo.datasets.repository import DatasetRepository
from openmo.datasets.values import Dataset
from openmo.db.engine import Database
from openmo.storage.store import ObjectStore


class DatasetService:
    """Lists, shows and makes datasets."""

    def __init__(self, database: Database, store: ObjectStore, folder: DataFolder, clock: Clock) -> None:
        self._database = database
        self._store = store
        self._folder = folder
        self._clock = clock

    def list_visible(self, actor: Actor) -> tuple[Dataset, ...]:
        """Public datasets and the actor's own, newest first."""
        with self._database.read() as connection:
            return DatasetRepository(connection).visible(actor.account.id if actor.account else None)

    def get(self, actor: Actor, owner: str, name: str) -> Dataset:
        """Raises NotFound, also for what the actor may not see."""
        with self._database.read() as connection:
            dataset = DatasetRepository(connection).by_name(owner, name)
        if dataset is None:
            raise absent(Kind.DATASET, f"{owner[:80]}/{name[:80]}")
        check(actor, Verb.SEE, dataset.thing())
        return dataset

    def create(
        self, owner: Account, *, name: str, title: str, description: str, visibility: Visibility, source: Path
    ) -> Dataset:
        """Version 1 of a new dataset, holding the files below `source`; raises Conflict when the name is taken."""
        check_name(name, what=message("dataset name"))
        tree = self._store.put_tree(HostileFolder(source))
        if tree.files == 0:
            raise InvalidInput("A dataset needs at least one file.", field="files")
        now = self._clock.now()
        dataset = Dataset(
            id=DatasetId(new_id()),
            owner_id=owner.id,
            owner=owner.name,
            name=name,
            title=title,
            description=description,
            visibility=visibility,
            version=1,
            files=tree.files,
            bytes=tree.bytes,
            created_at=now,
            updated_at=now,
        )
        self._place(dataset, tree.digest)
        try:
            with self._database.begin() as connection:
                datasets = DatasetRepository(connection)
                datasets.add(dataset)
                datasets.add_version(dataset.id, 1, tree, now)
        except BaseException:
            shutil.rmtree(self.path(dataset).parent, ignore_errors=True)
            raise
        return dataset

    def path(self, dataset: Dataset, version: int | None = None) -> Path:
        """The immutable folder of a version (None: the newest)."""
        return self.zone(dataset) / dataset.id / str(version or dataset.version)

    def zone(self, dataset: Dataset) -> Path:
        if dataset.visibility is Visibility.PUBLIC:
            return self._folder.datasets / "public"
        return self._folder.datasets / "private" / dataset.owner_id

    def list_files(self, actor: Actor, dataset: Dataset, path: str = "") -> tuple[FileEntry, ...]:
        self.get(actor, dataset.owner, dataset.name)
        return list_folder(HostileFolder(self.path(dataset)), path)

    def view_file(self, actor: Actor, dataset: Dataset, path: str) -> FileView:
        self.get(actor, dataset.owner, dataset.name)
        return view_file(HostileFolder(self.path(dataset)), path)

    def read_file(self, actor: Actor, dataset: Dataset, path: str, *, limit: int) -> tuple[bytes, FileEntry]:
        """Up to `limit` bytes of one file; raises NotFound."""
        self.get(actor, dataset.owner, dataset.name)
        return read_inside(HostileFolder(self.path(dataset)), path, limit=limit)

    def readme(self, actor: Actor, dataset: Dataset) -> str:
        self.get(actor, dataset.owner, dataset.name)
        return read_readme(HostileFolder(self.path(dataset)))

    def zones(self, owner: AccountId) -> tuple[Path, ...]:
        """Folders with all that this owner's projects may import, so that a later import is readable at once."""
        return (self._folder.datasets / "public", self._folder.datasets / "private" / owner)

    def _place(self, dataset: Dataset, tree: str) -> None:
        target = self.path(dataset)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._store.link_tree(tree, target)
