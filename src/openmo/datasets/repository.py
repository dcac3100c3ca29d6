"""SQL of datasets and of the projects that import them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from openmo.core.errors import Conflict
from openmo.core.ids import AccountId, DatasetId, ProjectId
from openmo.core.visibility import Visibility
from openmo.datasets.values import Dataset, DatasetImport
from openmo.db.tables import accounts, dataset_versions, datasets, project_datasets
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
        row = self._connection.execute(_with_newest().where(accounts.c.name == owner, datasets.c.name == name)).first()
        return _dataset(row._mapping) if row else None  # noqa: SLF001 (public by documentation)

    def visible(self, viewer: AccountId | None) -> tuple[Dataset, ...]:
        rows = self._connection.execute(
            _with_newest()
            .where(or_(datasets.c.visibility == Visibility.PUBLIC, datasets.c.owner_id == (viewer or "")))
            .order_by(datasets.c.updated_at.desc(), datasets.c.id)
        )
        return tuple(_dataset(row) for row in rows.mappings())

    def add(self, dataset: Dataset) -> None:
        """Raises Conflict when the owner has a dataset of that name."""
        values = {column.name: getattr(dataset, column.name) for column in datasets.c}
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(datasets).values(values))
        except IntegrityError as error:
            raise Conflict(f"You already have a dataset {dataset.name!r}.", field="name") from error

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

    def add_import(self, project_id: ProjectId, dataset_id: DatasetId, version: int, now: datetime) -> None:
        self.remove_import(project_id, dataset_id)
        self._connection.execute(
            insert(project_datasets).values(
                project_id=project_id, dataset_id=dataset_id, version=version, imported_at=now
            )
        )

    def remove_import(self, project_id: ProjectId, dataset_id: DatasetId) -> bool:
        result = self._connection.execute(
            delete(project_datasets).where(
                project_datasets.c.project_id == project_id, project_datasets.c.dataset_id == dataset_id
            )
        )
        return result.rowcount > 0

    def imports(self, project_id: ProjectId) -> tuple[DatasetImport, ...]:
        query = (
            _with_newest()
            .join(project_datasets, project_datasets.c.dataset_id == datasets.c.id)
            .add_columns(project_datasets.c.version.label("imported_version"), project_datasets.c.imported_at)
            .where(project_datasets.c.project_id == project_id)
            .order_by(accounts.c.name, datasets.c.name)
        )
        return tuple(_import(row) for row in self._connection.execute(query).mappings())


def _with_newest() -> Select[Any]:
    return (
        select(*_COLUMNS)
        .join(accounts, accounts.c.id == datasets.c.owner_id)
        .join(
            dataset_versions,
            (dataset_versions.c.dataset_id == datasets.c.id) & (dataset_versions.c.number == datasets.c.version),
        )
    )


def _dataset(row: Any) -> Dataset:
    values = {name: row[name] for name in Dataset.__dataclass_fields__}
    return Dataset(**{**values, "visibility": Visibility(values["visibility"])})


def _import(row: Any) -> DatasetImport:
    dataset = _dataset(row)
    return DatasetImport(
        dataset=dataset,
        version=row["imported_version"],
        folder=f"datasets/{dataset.folder}",
        imported_at=row["imported_at"],
    )
