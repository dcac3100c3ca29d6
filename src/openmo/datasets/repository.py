"""SQL of datasets and of the projects that import them."""

from datetime import datetime

from sqlalchemy import Connection, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from openmo.core.errors import Conflict
from openmo.core.ids import AccountId, DatasetId
from openmo.core.messages import message
from openmo.core.visibility import Visibility
from openmo.datasets.values import Dataset
from openmo.db.rows import Query, Row, all_rows, first_row
from openmo.db.tables import accounts, dataset_versions, datasets
from openmo.storage.store import TreeSummary

_COLUMNS = (
    *(column for column in datasets.c),
    accounts.c.name.label("owner"),
    dataset_versions.c.files,
    dataset_versions.c.bytes,
)


class DatasetRepository:
    """Datasets in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def by_name(self, owner: str, name: str) -> Dataset | None:
        query = select_datasets().where(accounts.c.name == owner, datasets.c.name == name)
        row = first_row(self._connection, query)
        return dataset_of(row) if row else None

    def visible(self, viewer: AccountId | None) -> tuple[Dataset, ...]:
        query = select_datasets().where(
            or_(datasets.c.visibility == Visibility.PUBLIC, datasets.c.owner_id == (viewer or ""))
        )
        ordered = query.order_by(datasets.c.updated_at.desc(), datasets.c.id)
        return tuple(dataset_of(row) for row in all_rows(self._connection, ordered))

    def add(self, dataset: Dataset) -> None:
        """Raises Conflict when the owner has a dataset of that name."""
        values = {column.name: getattr(dataset, column.name) for column in datasets.c}
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(datasets).values(values))
        except IntegrityError as error:
            raise Conflict(
                message("You already have a dataset %(name)s.", name=repr(dataset.name)), field="name"
            ) from error

    def add_version(self, dataset_id: DatasetId, number: int, tree: TreeSummary, now: datetime) -> None:
        self._connection.execute(
            insert(dataset_versions).values(
                dataset_id=dataset_id,
                number=number,
                tree=tree.digest,
                files=tree.files,
                bytes=tree.bytes,
                created_at=now,
            )
        )
        self._connection.execute(
            update(datasets).where(datasets.c.id == dataset_id).values(version=number, updated_at=now)
        )


def select_datasets() -> Query:
    """Datasets with their newest version and their owner's name."""
    return (
        select(*_COLUMNS)
        .join(accounts, accounts.c.id == datasets.c.owner_id)
        .join(
            dataset_versions,
            (dataset_versions.c.dataset_id == datasets.c.id) & (dataset_versions.c.number == datasets.c.version),
        )
    )


def dataset_of(row: Row) -> Dataset:
    values = {name: row[name] for name in Dataset.__dataclass_fields__}
    return Dataset(**{**values, "visibility": Visibility(values["visibility"])})
