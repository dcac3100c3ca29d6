"""What owners do with datasets that are there: say something else of them, show them to everybody, hide them."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from openmo.accounts.access import check
from openmo.accounts.rights import Verb
from openmo.accounts.values import Actor
from openmo.core.catalogue import Category, check_tags
from openmo.core.clock import Clock
from openmo.core.errors import OpenMoError
from openmo.core.visibility import Visibility
from openmo.datasets.repository import DatasetRepository
from openmo.datasets.service import visible_dataset
from openmo.datasets.trees import DatasetTrees
from openmo.datasets.values import Dataset, checked_description, checked_licence, checked_title
from openmo.db.engine import Database, Transaction
from openmo.events.log import EventLog
from openmo.events.values import DatasetChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetChange:
    """What an owner says anew; None leaves it as it is."""

    title: str | None = None
    description: str | None = None
    category: Category | None = None
    tags: Sequence[str] | None = None
    licence: str | None = None
    visibility: Visibility | None = None

    def of(self, dataset: Dataset) -> Dataset:
        """The dataset as it will be; raises InvalidInput."""
        title = dataset.title if self.title is None else checked_title(self.title) or dataset.name
        return replace(
            dataset,
            title=title,
            description=dataset.description if self.description is None else checked_description(self.description),
            category=self.category or dataset.category,
            tags=dataset.tags if self.tags is None else check_tags(self.tags),
            licence=dataset.licence if self.licence is None else checked_licence(self.licence),
            visibility=self.visibility or dataset.visibility,
        )


class DatasetOwnerService:
    """Changes datasets of an actor's own.

    When one becomes public, its versions are where everybody reads them, too: no bytes are copied. When it is hidden,
    what no project imports is there no longer; projects that import a version keep it.
    """

    def __init__(self, database: Database, events: EventLog, trees: DatasetTrees, clock: Clock) -> None:
        self._database = database
        self._events = events
        self._trees = trees
        self._clock = clock

    def change(self, actor: Actor, dataset: Dataset, change: DatasetChange) -> Dataset:
        """The dataset as changed; raises Forbidden, InvalidInput, Damaged."""
        check(actor, Verb.MANAGE, dataset.thing())
        wanted = change.of(dataset)
        if wanted.visibility is not dataset.visibility:
            self._show(wanted)  # before others wait for it: it may take long
        try:
            with self._events.begin() as connection:
                stored = self._store(connection, actor, dataset, change)
        except BaseException:
            with suppress(OpenMoError):  # else the next start does it
                self._tidy(dataset)
            raise
        if stored.visibility is not dataset.visibility:
            self._tidy(stored)
        return stored

    def sweep(self) -> None:
        """No files of versions lie about that have no row: for a start, before anything is published."""
        self._trees.clear()
        with self._database.read() as connection:
            shown, own = DatasetRepository(connection).all_placed()
        self._trees.sweep_public(shown)
        self._trees.sweep_private(own)

    def _store(self, connection: Transaction, actor: Actor, dataset: Dataset, change: DatasetChange) -> Dataset:
        present = visible_dataset(connection, actor, dataset.owner, dataset.name)
        check(actor, Verb.MANAGE, present.thing())
        stored = change.of(present)
        fields = tuple(
            name for name in DatasetChange.__dataclass_fields__ if getattr(stored, name) != getattr(present, name)
        )
        if not fields:
            return present
        stored = replace(stored, updated_at=self._clock.now())
        repository = DatasetRepository(connection)
        if "visibility" in fields:  # a version may have come meanwhile
            self._trees.show(stored, repository.versions(present.id))
        repository.save(stored)
        changed = DatasetChanged(
            actor_id=actor.account_id, owner_id=present.owner_id, dataset_id=present.id, fields=fields
        )
        self._events.append(connection, changed)
        return stored

    def _show(self, dataset: Dataset) -> None:
        with self._database.read() as connection:
            versions = DatasetRepository(connection).versions(dataset.id)
        self._trees.show(dataset, versions)

    def _tidy(self, dataset: Dataset) -> None:
        """What is not public lies where everybody may read it only as far as projects import it."""
        with self._events.begin() as connection:  # nobody imports or publishes meanwhile
            repository = DatasetRepository(connection)
            present = repository.by_name(dataset.owner, dataset.name)
            if present is None or present.visibility is not Visibility.PUBLIC:
                self._trees.hide(dataset.id, repository.imported_versions(dataset.id))
