"""SQL of modules, of their versions, and of who marked and used them."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from openmo.core.catalogue import Category, ListScope, ListSort
from openmo.core.errors import Conflict
from openmo.core.ids import AccountId, ModuleId
from openmo.core.messages import message
from openmo.core.visibility import Visibility
from openmo.db.lists import ListOrder, matching, moment
from openmo.db.marks import Marks, among_favourites, among_uses
from openmo.db.rows import Query, Row, all_rows, first_row
from openmo.db.tables import accounts, module_uses, module_versions, modules
from openmo.modules.values import (
    DEV,
    Module,
    ModuleQuery,
    ModuleVersion,
    search_text,
)
from openmo.specs.module import ModuleKind

_COUNTED = frozenset({"id", "created_at", "imports"})
"""What saying something else of a module leaves alone."""


class ModuleRepository:
    """Modules in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def by_name(self, owner: str, name: str) -> Module | None:
        query = select_modules().where(accounts.c.name == owner, modules.c.name == name)
        row = first_row(self._connection, query)
        return module_of(row) if row else None

    def search(self, query: ModuleQuery, viewer: AccountId | None) -> tuple[tuple[Module, ...], str]:
        """One page of what the viewer may see, and where the next begins; raises InvalidInput for no such place."""
        wanted = _joined(select_modules(), query.scope, viewer)
        wanted = wanted.where(_visible(viewer, query.scope), *_conditions(query))
        rows, following = _order(query).page(self._connection, wanted, after=query.after, limit=query.limit)
        return tuple(module_of(row) for row in rows), following

    def versions(self, module_id: ModuleId) -> tuple[ModuleVersion, ...]:
        query = select(*module_versions.c).where(module_versions.c.module_id == module_id)
        return tuple(_version_of(row) for row in all_rows(self._connection, query))

    def version(self, module_id: ModuleId, version: str) -> ModuleVersion | None:
        named = and_(module_versions.c.module_id == module_id, module_versions.c.version == version)
        row = first_row(self._connection, select(*module_versions.c).where(named))
        return _version_of(row) if row else None

    def add(self, module: Module) -> None:
        """Raises Conflict when the owner has a module of that name."""
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(modules).values(_values(module)))
        except IntegrityError as error:
            raise Conflict(
                message("You already have a module %(name)s.", name=repr(module.name)), field="name"
            ) from error

    def add_version(self, module_id: ModuleId, version: ModuleVersion) -> None:
        """Raises Conflict when the module has that version: it never changes."""
        values = {name: getattr(version, name) for name in ModuleVersion.__dataclass_fields__}
        values |= {"module_id": module_id, "requirements": "\n".join(version.requirements)}
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(module_versions).values(values))
        except IntegrityError as error:
            raise Conflict(
                message("Version %(version)s is published already, and never changes.", version=version.version),
                field="version",
            ) from error

    def set_version(self, module_id: ModuleId, version: str) -> None:
        """That is the newest release from now on; empty: there is none to offer."""
        self._connection.execute(update(modules).where(modules.c.id == module_id).values(version=version))

    def save(self, module: Module) -> None:
        """The module is as it stands here; raises Conflict where it is new, and its owner has one of that name."""
        said = {name: value for name, value in _values(module).items() if name not in _COUNTED}
        if not self._connection.execute(update(modules).where(modules.c.id == module.id).values(said)).rowcount:
            self.add(module)

    def remove_version(self, module_id: ModuleId, version: str) -> None:
        """For `dev`, which the next one replaces."""
        named = and_(module_versions.c.module_id == module_id, module_versions.c.version == version)
        self._connection.execute(delete(module_versions).where(named))

    def set_yanked(self, module_id: ModuleId, version: str, at: datetime | None, reason: str) -> None:
        """It was yanked for that reason; None: it is offered again."""
        named = and_(module_versions.c.module_id == module_id, module_versions.c.version == version)
        self._connection.execute(update(module_versions).where(named).values(yanked_at=at, yanked_reason=reason))

    def set_environment(self, module_id: ModuleId, version: str, environment: str) -> None:
        """That is its environment where it had none; what is recorded stays as it is."""
        named = and_(
            module_versions.c.module_id == module_id,
            module_versions.c.version == version,
            module_versions.c.environment == "",
        )
        self._connection.execute(update(module_versions).where(named).values(environment=environment))

    def all_trees(self) -> tuple[tuple[Module, dict[str, str]], ...]:
        """Every module with the digests of its versions."""
        trees: dict[str, dict[str, str]] = {}
        columns = (module_versions.c.module_id, module_versions.c.version, module_versions.c.tree)
        for module_id, version, tree in self._connection.execute(select(*columns)):
            trees.setdefault(module_id, {})[version] = tree
        return tuple(
            (module, trees.get(module.id, {}))
            for module in map(module_of, all_rows(self._connection, select_modules()))
        )

    def marks(self) -> Marks[ModuleId]:
        """Who has marked and used which."""
        return Marks(self._connection, "module_id")


def select_modules() -> Query:
    """Modules with their owner's name, and whether they have a release."""
    released = exists().where(module_versions.c.module_id == modules.c.id, module_versions.c.version != DEV)
    released = released.correlate(modules)  # also where the query joins the versions
    return select(*modules.c, accounts.c.name.label("owner"), released.label("released")).join(
        accounts, accounts.c.id == modules.c.owner_id
    )


def module_of(row: Row) -> Module:
    values = {name: row[name] for name in Module.__dataclass_fields__}
    values |= {
        "visibility": Visibility(row["visibility"]),
        "kind": ModuleKind(row["kind"]),
        "category": Category(row["category"]),
        "tags": tuple(row["tags"] or ()),  # rows of the first releases hold nothing in it
        "released": bool(row["released"]),
    }
    return Module(**values)


def _values(module: Module) -> dict[str, object]:
    computed = {"search": search_text(module), "tags": list(module.tags)}
    return {column.name: getattr(module, column.name) for column in modules.c if column.name not in computed} | computed


def _version_of(row: Row) -> ModuleVersion:
    values = {name: row[name] for name in ModuleVersion.__dataclass_fields__}
    return ModuleVersion(**{**values, "requirements": tuple(row["requirements"].splitlines())})


_ORDERS = {
    ListSort.NEWEST: ListOrder("newest", modules.c.updated_at, modules.c.id, moment),
    ListSort.USED: ListOrder("used", modules.c.imports, modules.c.id, int),
    ListSort.NAME: ListOrder("name", modules.c.name, modules.c.id, str, descending=False),
}
_RECENT = ListOrder("recent", module_uses.c.used_at, modules.c.id, moment)


def _order(query: ModuleQuery) -> ListOrder:
    return _RECENT if query.scope is ListScope.RECENT else _ORDERS[query.sort]


def _joined(query: Query, scope: ListScope, viewer: AccountId | None) -> Query:
    match scope:
        case ListScope.FAVOURITES:
            return among_favourites(query, "module_id", modules.c.id, viewer)
        case ListScope.RECENT:
            return among_uses(query, "module_id", modules.c.id, viewer)
        case _:
            return query


def _visible(viewer: AccountId | None, scope: ListScope) -> ColumnElement[bool]:
    """Public ones that have a release to offer, and the viewer's own."""
    own = modules.c.owner_id == (viewer or "")
    if scope is ListScope.MINE:
        return own
    return or_(and_(modules.c.visibility == Visibility.PUBLIC, modules.c.version != ""), own)


def _conditions(query: ModuleQuery) -> list[ColumnElement[bool]]:
    found = matching(modules.c.search, words=query.search, tag=query.tag)
    if query.category is not None:
        found.append(modules.c.category == query.category)
    if query.kind is not None:
        found.append(modules.c.kind == query.kind)
    return found
