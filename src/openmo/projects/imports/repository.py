"""SQL of what projects import."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select, union, update

from openmo.core.ids import AccountId, DatasetId, ModuleId, ProjectId
from openmo.datasets.repository import dataset_of, select_datasets
from openmo.db.rows import Row, all_rows
from openmo.db.tables import accounts, datasets, module_versions, modules, project_datasets, project_modules, projects
from openmo.modules.repository import module_of, select_modules
from openmo.projects.imports.values import DatasetImport, ModuleImport


class ImportRepository:
    """Imports in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_dataset(self, project_id: ProjectId, dataset_id: DatasetId, version: int, now: datetime) -> None:
        """The dataset counts its projects; a project imports one version of it."""
        self.remove_dataset(project_id, dataset_id)
        self._connection.execute(
            insert(project_datasets).values(
                project_id=project_id, dataset_id=dataset_id, version=version, imported_at=now
            )
        )
        self._count_datasets(datasets.c.id == dataset_id, 1)

    def remove_dataset(self, project_id: ProjectId, dataset_id: DatasetId) -> bool:
        result = self._connection.execute(
            delete(project_datasets).where(
                project_datasets.c.project_id == project_id, project_datasets.c.dataset_id == dataset_id
            )
        )
        if result.rowcount > 0:
            self._count_datasets(datasets.c.id == dataset_id, -1)
        return result.rowcount > 0

    def _count_datasets(self, which: ColumnElement[bool], more: int) -> None:
        self._connection.execute(update(datasets).where(which).values(imports=datasets.c.imports + more))

    def datasets(self, project_id: ProjectId) -> tuple[DatasetImport, ...]:
        query = (
            select_datasets()
            .join(project_datasets, project_datasets.c.dataset_id == datasets.c.id)
            .add_columns(project_datasets.c.version.label("imported_version"), project_datasets.c.imported_at)
            .where(project_datasets.c.project_id == project_id)
            .order_by(accounts.c.name, datasets.c.name)
        )
        return tuple(_dataset_import(row) for row in all_rows(self._connection, query))

    def add_module(self, project_id: ProjectId, module_id: ModuleId, version: str, now: datetime) -> None:
        """The module counts its projects, in whatever version they import it."""
        first = not self._imports_module(project_id, module_id)
        self._connection.execute(
            delete(project_modules).where(
                project_modules.c.project_id == project_id,
                project_modules.c.module_id == module_id,
                project_modules.c.version == version,
            )
        )
        self._connection.execute(
            insert(project_modules).values(project_id=project_id, module_id=module_id, version=version, imported_at=now)
        )
        if first:
            counted = update(modules).where(modules.c.id == module_id).values(imports=modules.c.imports + 1)
            self._connection.execute(counted)

    def remove_module(self, project_id: ProjectId, module_id: ModuleId, version: str) -> bool:
        """Whether the project imported that version."""
        result = self._connection.execute(
            delete(project_modules).where(
                project_modules.c.project_id == project_id,
                project_modules.c.module_id == module_id,
                project_modules.c.version == version,
            )
        )
        if result.rowcount > 0 and not self._imports_module(project_id, module_id):
            counted = update(modules).where(modules.c.id == module_id).values(imports=modules.c.imports - 1)
            self._connection.execute(counted)
        return result.rowcount > 0

    def remove_all(self, project_id: ProjectId) -> None:
        """Of a project that is being deleted."""
        used = select(project_datasets.c.dataset_id).where(project_datasets.c.project_id == project_id)
        self._count_datasets(datasets.c.id.in_(used), -1)
        self._connection.execute(delete(project_datasets).where(project_datasets.c.project_id == project_id))
        imported = select(project_modules.c.module_id).where(project_modules.c.project_id == project_id)
        counted = update(modules).where(modules.c.id.in_(imported)).values(imports=modules.c.imports - 1)
        self._connection.execute(counted)
        self._connection.execute(delete(project_modules).where(project_modules.c.project_id == project_id))

    def _imports_module(self, project_id: ProjectId, module_id: ModuleId) -> bool:
        same = (project_modules.c.project_id == project_id, project_modules.c.module_id == module_id)
        return bool(self._connection.scalar(select(func.count()).select_from(project_modules).where(*same)))

    def modules(self, project_id: ProjectId) -> tuple[ModuleImport, ...]:
        same_version = and_(
            module_versions.c.module_id == project_modules.c.module_id,
            module_versions.c.version == project_modules.c.version,
        )
        query = (
            select_modules()
            .join(project_modules, project_modules.c.module_id == modules.c.id)
            .outerjoin(module_versions, same_version)
            .add_columns(
                project_modules.c.version.label("imported_version"),
                project_modules.c.imported_at,
                module_versions.c.yanked_at,
                module_versions.c.yanked_reason,
                module_versions.c.environment,
            )
            .where(project_modules.c.project_id == project_id)
            .order_by(accounts.c.name, modules.c.name, project_modules.c.version)
        )
        return tuple(_module_import(row) for row in all_rows(self._connection, query))

    def projects_importing(self, module_id: ModuleId, version: str) -> tuple[ProjectId, ...]:
        """Whosoever they are."""
        query = select(project_modules.c.project_id).where(
            project_modules.c.module_id == module_id, project_modules.c.version == version
        )
        return tuple(ProjectId(row) for row in self._connection.scalars(query))

    def importing(self, owner_id: AccountId, imported_id: DatasetId | ModuleId) -> frozenset[ProjectId]:
        """The owner's projects that import that dataset or module."""
        owned = select(projects.c.id).where(projects.c.owner_id == owner_id)
        found = union(
            select(project_datasets.c.project_id).where(project_datasets.c.dataset_id == imported_id),
            select(project_modules.c.project_id).where(project_modules.c.module_id == imported_id),
        ).subquery()
        query = select(found.c.project_id).where(found.c.project_id.in_(owned))
        return frozenset(ProjectId(row) for row in self._connection.scalars(query))


def _dataset_import(row: Row) -> DatasetImport:
    dataset = dataset_of(row)
    return DatasetImport(
        dataset=dataset,
        version=row["imported_version"],
        folder=f"datasets/{dataset.folder}",
        imported_at=row["imported_at"],
    )


def _module_import(row: Row) -> ModuleImport:
    module = module_of(row)
    version = row["imported_version"]
    return ModuleImport(
        module=module,
        version=version,
        imported_at=row["imported_at"],
        yanked_reason=row["yanked_reason"] if row["yanked_at"] else None,
        environment=row["environment"] or "",  # None: the version's row is gone, as that of an old `dev` is
    )
