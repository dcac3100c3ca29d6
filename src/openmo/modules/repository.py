"""SQL of modules and of the projects that import them."""

from sqlalchemy import Connection, insert, or_, select
from sqlalchemy.exc import IntegrityError

from openmo.core.errors import Conflict
from openmo.core.ids import AccountId, ModuleId
from openmo.core.messages import message
from openmo.core.visibility import Visibility
from openmo.db.rows import Query, Row, all_rows, first_row
from openmo.db.tables import accounts, module_versions, modules
from openmo.modules.values import Module


class ModuleRepository:
    """Modules in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def by_name(self, owner: str, name: str) -> Module | None:
        query = select_modules().where(accounts.c.name == owner, modules.c.name == name)
        row = first_row(self._connection, query)
        return module_of(row) if row else None

    def visible(self, viewer: AccountId | None) -> tuple[Module, ...]:
        query = select_modules().where(
            or_(modules.c.visibility == Visibility.PUBLIC, modules.c.owner_id == (viewer or ""))
        )
        ordered = query.order_by(modules.c.created_at.desc(), modules.c.id)
        return tuple(module_of(row) for row in all_rows(self._connection, ordered))

    def versions(self, module_id: ModuleId) -> tuple[str, ...]:
        rows = self._connection.execute(
            select(module_versions.c.version).where(module_versions.c.module_id == module_id)
        )
        return tuple(row[0] for row in rows)

    def spec(self, module_id: ModuleId, version: str) -> str:
        row = self._connection.execute(
            select(module_versions.c.spec).where(
                module_versions.c.module_id == module_id, module_versions.c.version == version
            )
        ).first()
        return row[0] if row else ""

    def add(self, module: Module, *, tree: str, spec: str) -> None:
        """Raises Conflict when the owner has a module of that name."""
        values = {column.name: getattr(module, column.name) for column in modules.c}
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(modules).values(values))
        except IntegrityError as error:
            raise Conflict(
                message("You already have a module %(name)s.", name=repr(module.name)), field="name"
            ) from error
        self._connection.execute(
            insert(module_versions).values(
                module_id=module.id, version=module.version, tree=tree, spec=spec, created_at=module.created_at
            )
        )


def select_modules() -> Query:
    """Modules with their owner's name."""
    return select(*modules.c, accounts.c.name.label("owner")).join(accounts, accounts.c.id == modules.c.owner_id)


def module_of(row: Row) -> Module:
    values = {name: row[name] for name in Module.__dataclass_fields__}
    return Module(**{**values, "visibility": Visibility(values["visibility"])})
