"""SQL of projects."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from openmo.core.errors import Conflict
from openmo.core.ids import AccountId, DatasetId, ModuleId, ProjectId
from openmo.core.messages import message
from openmo.core.visibility import Visibility
from openmo.db.rows import Query, Row, all_rows, first_row
from openmo.db.tables import accounts, project_datasets, project_modules, projects
from openmo.projects.values import Project, ProjectKind


class ProjectRepository:
    """Projects in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def by_name(self, owner: str, name: str) -> Project | None:
        return self._one(_query().where(accounts.c.name == owner, projects.c.name == name))

    def by_slug(self, slug: str) -> Project | None:
        return self._one(_query().where(projects.c.slug == slug))

    def by_id(self, project_id: ProjectId) -> Project | None:
        return self._one(_query().where(projects.c.id == project_id))

    def of_owner(self, owner_id: AccountId) -> tuple[Project, ...]:
        return self._many(_query().where(projects.c.owner_id == owner_id))

    def public(self, *, limit: int, offset: int) -> tuple[Project, ...]:
        return self._many(_query().where(projects.c.visibility == Visibility.PUBLIC).limit(limit).offset(offset))

    def public_importing(self, module_id: ModuleId, *, limit: int) -> tuple[Project, ...]:
        """Public projects that import the module, in whatever version."""
        using = select(project_modules.c.project_id).where(project_modules.c.module_id == module_id)
        public = _query().where(projects.c.visibility == Visibility.PUBLIC, projects.c.id.in_(using))
        return self._many(public.limit(limit))

    def public_using(self, dataset_id: DatasetId, *, limit: int) -> tuple[Project, ...]:
        """Public projects that import the dataset, in whatever version."""
        public = self._using(dataset_id).where(projects.c.visibility == Visibility.PUBLIC)
        return self._many(public.limit(limit))

    def using(self, dataset_id: DatasetId) -> tuple[Project, ...]:
        """Every project that imports the dataset."""
        return self._many(self._using(dataset_id))

    def _using(self, dataset_id: DatasetId) -> Query:
        using = select(project_datasets.c.project_id).where(project_datasets.c.dataset_id == dataset_id)
        return _query().where(projects.c.id.in_(using))

    def names(self, owner_id: AccountId) -> frozenset[str]:
        rows = self._connection.execute(select(projects.c.name).where(projects.c.owner_id == owner_id))
        return frozenset(row[0] for row in rows)

    def add(self, project: Project) -> None:
        """Raises Conflict when the owner has a project of that name."""
        values = {column.name: getattr(project, column.name) for column in projects.c}
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(projects).values(values))
        except IntegrityError as error:
            raise Conflict(
                message("You already have a project named %(name)s.", name=project.name), field="name"
            ) from error

    def change(self, project_id: ProjectId, now: datetime, **fields: object) -> None:
        """The project counts as changed now, and these columns (values that are not None) hold something else."""
        named = {name: value for name, value in fields.items() if value is not None}
        changed = update(projects).where(projects.c.id == project_id).values({**named, "updated_at": now})
        self._connection.execute(changed)

    def remove(self, project_id: ProjectId) -> None:
        """Raises Conflict while something refers to it: a job that was submitted in this moment."""
        try:
            with self._connection.begin_nested():
                self._connection.execute(delete(projects).where(projects.c.id == project_id))
        except IntegrityError as error:
            raise Conflict("The project has a job or a release again: delete it once more.") from error

    def _one(self, query: Query) -> Project | None:
        row = first_row(self._connection, query)
        return _project(row) if row else None

    def _many(self, query: Query) -> tuple[Project, ...]:
        ordered = query.order_by(projects.c.updated_at.desc(), projects.c.id.desc())
        return tuple(_project(row) for row in all_rows(self._connection, ordered))


def _query() -> Query:
    return select(*projects.c, accounts.c.name.label("owner")).join(accounts, accounts.c.id == projects.c.owner_id)


def _project(row: Row) -> Project:
    return Project(**{**row, "kind": ProjectKind(row["kind"]), "visibility": Visibility(row["visibility"])})
