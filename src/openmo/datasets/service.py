"""Datasets: made of a folder of files, imported into projects as links.

A version is an immutable tree. Public trees lie below `datasets/public`, private ones below
`datasets/private/<account>`, so that a sandbox can allow reading by zone: what everybody may see, and what the
project's owner owns.
"""

import shutil
from pathlib import Path
from typing import Protocol

from openmo.accounts.values import Account, Actor
from openmo.config.settings import DataFolder
from openmo.core.clock import Clock
from openmo.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from openmo.core.hostile.beneath import place_link, remove_link
from openmo.core.hostile.files import FileEntry, FileView, list_folder, read_inside, read_readme, view_file
from openmo.core.ids import AccountId, DatasetId, ProjectId, check_name, new_id
from openmo.core.messages import said
from openmo.core.visibility import Visibility
from openmo.datasets.repository import DatasetRepository
from openmo.datasets.values import Dataset, DatasetImport
from openmo.db.engine import Database
from openmo.storage.store import ObjectStore


class ImportingProject(Protocol):
    """What a dataset needs to know of the project that imports it."""

    @property
    def id(self) -> ProjectId: ...

    @property
    def owner_id(self) -> AccountId: ...


class DatasetService:
    """Lists, shows and imports datasets."""

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
        if dataset is None or not self._may_see(actor, dataset):
            asked = f"{owner[:80]}/{name[:80]}"
            raise NotFound(said("There is no dataset %(name)s.", name=asked), dataset=asked)
        return dataset

    def create(
        self, owner: Account, *, name: str, title: str, description: str, visibility: Visibility, source: Path
    ) -> Dataset:
        """Version 1 of a new dataset, holding the files below `source`; raises Conflict when the name is taken."""
        check_name(name, what=said("dataset name"))
        tree = self._store.put_tree(source)
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
        return list_folder(self.path(dataset), path)

    def view_file(self, actor: Actor, dataset: Dataset, path: str) -> FileView:
        self.get(actor, dataset.owner, dataset.name)
        return view_file(self.path(dataset), path)

    def read_file(self, actor: Actor, dataset: Dataset, path: str, *, limit: int) -> tuple[bytes, FileEntry]:
        """Up to `limit` bytes of one file; raises NotFound."""
        self.get(actor, dataset.owner, dataset.name)
        return read_inside(self.path(dataset), path, limit=limit)

    def readme(self, actor: Actor, dataset: Dataset) -> str:
        self.get(actor, dataset.owner, dataset.name)
        return read_readme(self.path(dataset))

    def import_into(self, actor: Actor, project: ImportingProject, dataset: Dataset) -> DatasetImport:
        """The newest version appears in the project's `datasets` folder, whatever its size; once more: updated.

        Raises Conflict when something else stands at its place there: a file of the user's, or another dataset whose
        owner and name happen to read the same (`a-b` of `c`, and `b` of `c-a`).
        """
        self._check_owner(actor, project)
        dataset = self.get(actor, dataset.owner, dataset.name)
        with self._database.begin() as connection:
            repository = DatasetRepository(connection)
            for other in repository.imports(project.id):
                if other.dataset.id != dataset.id and other.dataset.folder == dataset.folder:
                    raise Conflict(
                        said(
                            "%(name)s has the same folder here: remove its import first.", name=other.dataset.full_name
                        )
                    )
            repository.add_import(project.id, dataset.id, dataset.version, self._clock.now())
            place_link(self._workspace(project), f"datasets/{dataset.folder}", self.path(dataset))
        return next(item for item in self.imports(actor, project) if item.dataset.id == dataset.id)

    def unimport(self, actor: Actor, project: ImportingProject, dataset: Dataset) -> None:
        """The entry goes; the data stays."""
        self._check_owner(actor, project)
        with self._database.begin() as connection:
            if not DatasetRepository(connection).remove_import(project.id, dataset.id):
                raise NotFound(said("The project does not import %(name)s.", name=dataset.full_name))
        remove_link(self._workspace(project), f"datasets/{dataset.folder}")

    def imports(self, actor: Actor, project: ImportingProject) -> tuple[DatasetImport, ...]:
        """What the project imports, by name, as far as the actor may see it.

        The project itself was looked up through its own funnel.
        """
        return tuple(item for item in self.imports_of(project) if self._may_see(actor, item.dataset))

    def imports_of(self, project: ImportingProject) -> tuple[DatasetImport, ...]:
        """As `imports`, for processes that act on behalf of nobody."""
        with self._database.read() as connection:
            return DatasetRepository(connection).imports(project.id)

    def readable_paths(self, project: ImportingProject) -> tuple[Path, ...]:
        """The immutable folders that the project's jobs and apps may read."""
        return tuple(self.path(item.dataset, item.version) for item in self.imports_of(project))

    def readable_zones(self, project: ImportingProject) -> tuple[Path, ...]:
        """Folders that a long-lived kernel may read, so that a dataset imported later is there at once."""
        return (self._folder.datasets / "public", self._folder.datasets / "private" / project.owner_id)

    def _place(self, dataset: Dataset, tree: str) -> None:
        target = self.path(dataset)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._store.link_tree(tree, target)

    def _workspace(self, project: ImportingProject) -> Path:
        return self._folder.projects / project.id / "workspace"

    def _may_see(self, actor: Actor, dataset: Dataset) -> bool:
        return dataset.visibility is Visibility.PUBLIC or actor.owns(dataset.owner_id)

    def _check_owner(self, actor: Actor, project: ImportingProject) -> None:
        if not actor.owns(project.owner_id):
            raise Forbidden("Only the project's owner can change what it imports.")
