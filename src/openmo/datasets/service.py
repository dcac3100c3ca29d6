"""Datasets: what there is, and each of its versions."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from openmo.accounts.access import PLATFORM, absent, check, check_any, may
from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import Account, Actor
from openmo.core.catalogue import PAGE_LIMIT, Category, ListScope
from openmo.core.clock import Clock
from openmo.core.errors import Conflict, InvalidInput, NotFound, OpenMoError
from openmo.core.hostile.folder import HostileFolder
from openmo.core.ids import AccountId
from openmo.core.messages import message
from openmo.core.visibility import Visibility
from openmo.datasets.repository import DatasetRepository
from openmo.datasets.trees import DatasetTrees
from openmo.datasets.values import Dataset, DatasetDraft, DatasetPage, DatasetQuery, DatasetVersion, checked_notes
from openmo.db.engine import Database, Transaction
from openmo.events.log import EventLog
from openmo.events.values import DatasetPublished
from openmo.storage.store import ObjectStore, TreeSummary

_MOST_READ = 1 << 30


class DatasetService:
    """Lists, shows and makes datasets and their versions."""

    def __init__(
        self, *, database: Database, events: EventLog, store: ObjectStore, trees: DatasetTrees, clock: Clock
    ) -> None:
        self._database = database
        self._events = events
        self._store = store
        self._trees = trees
        self._clock = clock

    def search(self, actor: Actor, query: DatasetQuery) -> DatasetPage:
        """One page of the datasets that the actor may see; raises InvalidInput for a page that there is not."""
        viewer = actor.account_id if may(actor, Verb.WORK, PLATFORM) else None
        if viewer is None and query.scope is not ListScope.ALL:
            return DatasetPage(items=(), next="", favourites=frozenset())
        query = replace(query, limit=max(1, min(query.limit, PAGE_LIMIT)))
        with self._database.read() as connection:
            datasets = DatasetRepository(connection)
            items, following = datasets.search(query, viewer)
            marked = datasets.marks().marked(viewer, [item.id for item in items]) if viewer else frozenset()
        return DatasetPage(items=items, next=following, favourites=marked)

    def get(self, actor: Actor, owner: str, name: str) -> Dataset:
        """Raises NotFound, also for what the actor may not see."""
        with self._database.read() as connection:
            return visible_dataset(connection, actor, owner, name)

    def versions(
        self, actor: Actor, dataset: Dataset, *, before: int | None = None, limit: int = PAGE_LIMIT
    ) -> tuple[DatasetVersion, ...]:
        """Newest first: those with smaller numbers than `before`, and `limit` at most."""
        dataset = self.get(actor, dataset.owner, dataset.name)
        with self._database.read() as connection:
            return DatasetRepository(connection).versions(dataset.id, before=before, limit=limit)

    def version(self, actor: Actor, dataset: Dataset, number: int | None = None) -> DatasetVersion:
        """That version; None: the newest. Raises NotFound."""
        with self._database.read() as connection:
            present = visible_dataset(connection, actor, dataset.owner, dataset.name)
            return version_of(connection, present, number)

    def check_files(self, actor: Actor, dataset: Dataset, version: int | None = None) -> None:
        """Whether the files of that version (None: the newest) are those of its digest; raises NotFound, Damaged.

        Of those that this process has not read yet it reads 1 GiB: an import stays one request, whatever its size.
        """
        dataset = self.get(actor, dataset.owner, dataset.name)
        number = version or dataset.version
        with self._database.read() as connection:
            tree = DatasetRepository(connection).tree(dataset, number)
        if tree:  # else whoever imports it says that there is no such version
            self._store.check_linked(tree, self.path(dataset, number), most_bytes=_MOST_READ)

    def create(
        self,
        owner: Account,
        *,
        name: str,
        title: str,
        description: str,
        visibility: Visibility,
        source: Path,
        category: Category = Category.OTHER,
        tags: Sequence[str] = (),
        licence: str = "",
    ) -> Dataset:
        """Version 1 of a new dataset, holding the files below `source`; raises Conflict when the name is taken."""
        draft = DatasetDraft(
            name=name,
            title=title,
            description=description,
            category=category,
            tags=tuple(tags),
            licence=licence,
            visibility=visibility,
        )
        draft.checked()
        return self.begin(Actor(account=owner), draft, self._store.put_tree(HostileFolder(source)))

    def begin(self, actor: Actor, draft: DatasetDraft, tree: TreeSummary, notes: str = "") -> Dataset:
        """A new dataset of the actor's, whose version 1 is that stored tree.

        Others see all of it or nothing. Raises Conflict for a taken name, InvalidInput, NotSignedIn, Damaged.
        """
        check_any(actor, Verb.PUBLISH, Kind.DATASET)
        assert actor.account is not None  # noqa: S101 (guests publish nothing)
        dataset = draft.dataset(actor.account, self._clock.now())
        check(actor, Verb.PUBLISH, dataset.thing())
        notes = checked_notes(notes)

        def store(connection: Transaction) -> Dataset:
            DatasetRepository(connection).add(dataset)
            return dataset

        return self._place(actor, store, tree, notes)

    def add_version(
        self, actor: Actor, dataset: Dataset, tree: TreeSummary, *, notes: str, base: int | None = None
    ) -> Dataset:
        """The next version of the dataset is that stored tree. Others see all of it or nothing.

        `base`: the version that it was made from; raises Conflict when another is the newest by now. Raises NotFound,
        Forbidden, InvalidInput, Damaged.
        """
        check(actor, Verb.PUBLISH, dataset.thing())
        notes = checked_notes(notes)

        def store(connection: Transaction) -> Dataset:
            present = visible_dataset(connection, actor, dataset.owner, dataset.name)
            if base is not None and present.version != base:
                raise Conflict(
                    message(
                        "Version %(version)s of %(name)s was published meanwhile: look at it, and begin from it again.",
                        version=present.version,
                        name=present.full_name,
                    )
                )
            return present

        return self._place(actor, store, tree, notes)

    def path(self, dataset: Dataset, version: int | None = None, *, reader: AccountId | None = None) -> Path:
        """The immutable folder of a version (None: the newest), for projects of that account (None: the owner's)."""
        return self._trees.path(dataset, version or dataset.version, reader)

    def is_favourite(self, actor: Actor, dataset: Dataset) -> bool:
        """Whether the actor has marked it."""
        if actor.account is None or not may(actor, Verb.FAVOURITE, dataset.thing()):
            return False
        with self._database.read() as connection:
            return bool(DatasetRepository(connection).marks().marked(actor.account.id, (dataset.id,)))

    def set_favourite(self, actor: Actor, dataset: Dataset, *, marked: bool) -> None:
        """It is among the actor's favourites from now on, or no longer; raises NotSignedIn for guests."""
        check(actor, Verb.FAVOURITE, dataset.thing())
        assert actor.account is not None  # noqa: S101 (guests have no favourites)
        with self._database.begin() as connection:
            marks = DatasetRepository(connection).marks()
            if marked:
                marks.mark(actor.account.id, dataset.id, self._clock.now())
            else:
                marks.unmark(actor.account.id, dataset.id)

    def zones(self, owner: AccountId) -> tuple[Path, ...]:
        """Folders with all that this owner's projects may import, so that a later import is readable at once."""
        return self._trees.zones(owner)

    def _place(self, actor: Actor, store: Callable[[Transaction], Dataset], tree: TreeSummary, notes: str) -> Dataset:
        """The tree is the next version of the dataset whose row `store` finds or writes."""
        if tree.files == 0:
            raise InvalidInput("A dataset needs at least one file.", field="files")
        placed: Dataset | None = None
        with self._trees.staged(tree.digest) as staged:
            try:
                with self._events.begin() as connection:
                    placed = self._next(store(connection), tree)
                    version = DatasetVersion(
                        number=placed.version,
                        tree=tree.digest,
                        notes=notes,
                        files=tree.files,
                        bytes=tree.bytes,
                        created_at=placed.updated_at,
                    )
                    DatasetRepository(connection).add_version(placed.id, version)
                    self._trees.place(staged, self.path(placed))
                    self._events.append(connection, _published(actor, placed))
            except BaseException:
                if placed is not None:
                    with suppress(OpenMoError):  # else the next start does it
                        self._take_back(placed)
                raise
        return placed

    def _next(self, dataset: Dataset, tree: TreeSummary) -> Dataset:
        now = self._clock.now()
        return replace(dataset, version=dataset.version + 1, files=tree.files, bytes=tree.bytes, updated_at=now)

    def _take_back(self, dataset: Dataset) -> None:
        """Files lie nowhere that have no row; nobody else places any meanwhile."""
        with self._events.begin() as connection:
            if DatasetRepository(connection).version(dataset.id, dataset.version) is None:
                path = self.path(dataset)
                self._trees.discard(path if dataset.version > 1 else path.parent)


def visible_dataset(connection: Transaction, actor: Actor, owner: str, name: str) -> Dataset:
    """Raises NotFound, also for what the actor may not see."""
    dataset = DatasetRepository(connection).by_name(owner, name)
    if dataset is None:
        raise absent(Kind.DATASET, f"{owner[:80]}/{name[:80]}")
    check(actor, Verb.SEE, dataset.thing())
    return dataset


def version_of(connection: Transaction, dataset: Dataset, number: int | None) -> DatasetVersion:
    """That version; None: the newest. Raises NotFound."""
    found = DatasetRepository(connection).version(dataset.id, number or dataset.version)
    if found is None:
        raise NotFound(message("%(name)s has no version %(version)s.", name=dataset.full_name, version=number))
    return found


def _published(actor: Actor, dataset: Dataset) -> DatasetPublished:
    return DatasetPublished(
        actor_id=actor.account_id, owner_id=dataset.owner_id, dataset_id=dataset.id, version=dataset.version
    )
