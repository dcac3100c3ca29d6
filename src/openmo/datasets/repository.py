"""SQL of datasets, of their versions, and of who marked and used them."""

from collections.abc import Collection, Mapping
from typing import TypeAlias

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from openmo.core.catalogue import Category, ListScope, ListSort
from openmo.core.errors import Conflict
from openmo.core.ids import AccountId, DatasetId
from openmo.core.messages import message
from openmo.core.visibility import Visibility
from openmo.datasets.values import Dataset, DatasetQuery, DatasetVersion, search_text
from openmo.db.lists import ListOrder, matching, moment
from openmo.db.marks import Marks, among_favourites, among_uses
from openmo.db.rows import Query, Row, all_rows, first_row
from openmo.db.tables import accounts, dataset_uses, dataset_versions, datasets, project_datasets

Placed: TypeAlias = Mapping[DatasetId, Collection[int]]
_COUNTED = frozenset({"id", "created_at", "imports", "version"})
"""What saying something else of a dataset leaves alone."""


class DatasetRepository:
    """Datasets in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def by_name(self, owner: str, name: str) -> Dataset | None:
        query = select_datasets().where(accounts.c.name == owner, datasets.c.name == name)
        row = first_row(self._connection, query)
        return dataset_of(row) if row else None

    def search(self, query: DatasetQuery, viewer: AccountId | None) -> tuple[tuple[Dataset, ...], str]:
        """One page of what the viewer may see, and where the next begins; raises InvalidInput for no such place."""
        wanted = _joined(select_datasets(), query.scope, viewer)
        wanted = wanted.where(_visible(viewer, query.scope), *_conditions(query))
        rows, following = _order(query).page(self._connection, wanted, after=query.after, limit=query.limit)
        return tuple(dataset_of(row) for row in rows), following

    def tree(self, dataset: Dataset, number: int) -> str:
        """The digest of that version's files; empty where there is no such version."""
        query = select(dataset_versions.c.tree).where(
            dataset_versions.c.dataset_id == dataset.id, dataset_versions.c.number == number
        )
        return self._connection.execute(query).scalar_one_or_none() or ""

    def add(self, dataset: Dataset) -> None:
        """Raises Conflict when the owner has a dataset of that name."""
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(datasets).values(_values(dataset)))
        except IntegrityError as error:
            raise Conflict(
                message("You already have a dataset %(name)s.", name=repr(dataset.name)), field="name"
            ) from error

    def save(self, dataset: Dataset) -> None:
        """What is said of the dataset is as it stands here."""
        said = {name: value for name, value in _values(dataset).items() if name not in _COUNTED}
        self._connection.execute(update(datasets).where(datasets.c.id == dataset.id).values(said))

    def add_version(self, dataset_id: DatasetId, version: DatasetVersion) -> None:
        """It is the newest from now on."""
        values = {name: getattr(version, name) for name in DatasetVersion.__dataclass_fields__}
        self._connection.execute(insert(dataset_versions).values(dataset_id=dataset_id, **values))
        self._connection.execute(
            update(datasets)
            .where(datasets.c.id == dataset_id)
            .values(version=version.number, updated_at=version.created_at)
        )

    def versions(
        self, dataset_id: DatasetId, *, before: int | None = None, limit: int | None = None
    ) -> tuple[DatasetVersion, ...]:
        """Newest first; those with smaller numbers than `before`, and `limit` at most."""
        query = _versions().where(dataset_versions.c.dataset_id == dataset_id)
        if before is not None:
            query = query.where(dataset_versions.c.number < before)
        query = query.order_by(dataset_versions.c.number.desc()).limit(limit)
        return tuple(DatasetVersion(**row) for row in all_rows(self._connection, query))

    def version(self, dataset_id: DatasetId, number: int) -> DatasetVersion | None:
        query = _versions().where(dataset_versions.c.dataset_id == dataset_id, dataset_versions.c.number == number)
        row = first_row(self._connection, query)
        return DatasetVersion(**row) if row else None

    def imported_versions(self, dataset_id: DatasetId) -> frozenset[int]:
        """Those that any project imports."""
        query = select(project_datasets.c.version).where(project_datasets.c.dataset_id == dataset_id).distinct()
        return frozenset(self._connection.scalars(query))

    def all_placed(self) -> tuple[Placed, Placed]:
        """Of every dataset the versions that are to be public, and all that there are."""
        shown: dict[DatasetId, set[int]] = {}
        every: dict[DatasetId, set[int]] = {}
        columns = (dataset_versions.c.dataset_id, dataset_versions.c.number, datasets.c.visibility)
        joined_to = datasets.c.id == dataset_versions.c.dataset_id
        for dataset_id, number, visibility in self._connection.execute(select(*columns).join(datasets, joined_to)):
            every.setdefault(dataset_id, set()).add(number)
            if visibility == Visibility.PUBLIC:
                shown.setdefault(dataset_id, set()).add(number)
        imported = select(project_datasets.c.dataset_id, project_datasets.c.version).distinct()
        for dataset_id, number in self._connection.execute(imported):
            shown.setdefault(dataset_id, set()).add(number)
        return shown, every

    def remove(self, dataset_id: DatasetId) -> None:
        """Raises Conflict while a project imports it."""
        try:
            with self._connection.begin_nested():
                self._connection.execute(delete(datasets).where(datasets.c.id == dataset_id))
        except IntegrityError as error:
            raise Conflict("A project imports the dataset again: try it once more.") from error

    def marks(self) -> Marks[DatasetId]:
        """Who has marked and used which."""
        return Marks(self._connection, "dataset_id")


def select_datasets() -> Query:
    """Datasets with their newest version and their owner's name."""
    return (
        select(*datasets.c, accounts.c.name.label("owner"), dataset_versions.c.files, dataset_versions.c.bytes)
        .join(accounts, accounts.c.id == datasets.c.owner_id)
        .join(
            dataset_versions,
            (dataset_versions.c.dataset_id == datasets.c.id) & (dataset_versions.c.number == datasets.c.version),
        )
    )


def dataset_of(row: Row) -> Dataset:
    values = {name: row[name] for name in Dataset.__dataclass_fields__}
    values |= {
        "visibility": Visibility(row["visibility"]),
        "category": Category(row["category"]),
        "tags": tuple(row["tags"] or ()),  # rows of the first releases hold nothing in it
    }
    return Dataset(**values)


def _values(dataset: Dataset) -> dict[str, object]:
    computed = {"search": search_text(dataset), "tags": list(dataset.tags)}
    stored = (column.name for column in datasets.c if column.name not in computed)
    return {name: getattr(dataset, name) for name in stored} | computed


def _versions() -> Query:
    return select(*(dataset_versions.c[name] for name in DatasetVersion.__dataclass_fields__))


_ORDERS = {
    ListSort.NEWEST: ListOrder("newest", datasets.c.updated_at, datasets.c.id, moment),
    ListSort.USED: ListOrder("used", datasets.c.imports, datasets.c.id, int),
    ListSort.NAME: ListOrder("name", datasets.c.name, datasets.c.id, str, descending=False),
}
_RECENT = ListOrder("recent", dataset_uses.c.used_at, datasets.c.id, moment)


def _order(query: DatasetQuery) -> ListOrder:
    return _RECENT if query.scope is ListScope.RECENT else _ORDERS[query.sort]


def _joined(query: Query, scope: ListScope, viewer: AccountId | None) -> Query:
    match scope:
        case ListScope.FAVOURITES:
            return among_favourites(query, "dataset_id", datasets.c.id, viewer)
        case ListScope.RECENT:
            return among_uses(query, "dataset_id", datasets.c.id, viewer)
        case _:
            return query


def _visible(viewer: AccountId | None, scope: ListScope) -> ColumnElement[bool]:
    own = datasets.c.owner_id == (viewer or "")
    return own if scope is ListScope.MINE else or_(datasets.c.visibility == Visibility.PUBLIC, own)


def _conditions(query: DatasetQuery) -> list[ColumnElement[bool]]:
    found = matching(datasets.c.search, words=query.search, tag=query.tag)
    if query.category is not None:
        found.append(datasets.c.category == query.category)
    return found
