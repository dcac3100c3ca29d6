"""SQL of modules, of their versions, and of who marked and used them."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, insert, literal, or_, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from openmo.core.errors import Conflict, InvalidInput
from openmo.core.ids import AccountId, ModuleId
from openmo.core.messages import message
from openmo.core.visibility import Visibility
from openmo.db.rows import AnyColumn, Query, Row, all_rows, first_row
from openmo.db.tables import accounts, module_favourites, module_uses, module_versions, modules
from openmo.modules.values import (
    DEV,
    Category,
    Module,
    ModuleQuery,
    ModuleScope,
    ModuleSort,
    ModuleVersion,
    search_text,
)
from openmo.specs.module import ModuleKind

_MAX_WORDS = 8
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
        order = _order(query)
        wanted = _joined(select_modules(), query.scope, viewer).add_columns(order.column.label("position"))
        wanted = wanted.where(_visible(viewer, query.scope), *_conditions(query))
        if query.after:
            wanted = wanted.where(order.behind(query.after))
        rows = list(all_rows(self._connection, wanted.order_by(*order.by).limit(query.limit + 1)))
        more = len(rows) > query.limit
        found = rows[: query.limit]
        return tuple(module_of(row) for row in found), order.place(found[-1]) if more else ""

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

    def favourites(self, account_id: AccountId, among: Collection[ModuleId]) -> frozenset[ModuleId]:
        """Which of these the account has marked."""
        query = select(module_favourites.c.module_id).where(
            module_favourites.c.account_id == account_id, module_favourites.c.module_id.in_(sorted(among))
        )
        return frozenset(ModuleId(found) for found in self._connection.scalars(query))

    def mark(self, account_id: AccountId, module_id: ModuleId, now: datetime) -> None:
        """It is a favourite of the account; once more changes nothing."""
        if not self.favourites(account_id, (module_id,)):
            values = {"account_id": account_id, "module_id": module_id, "created_at": now}
            self._connection.execute(insert(module_favourites).values(values))

    def unmark(self, account_id: AccountId, module_id: ModuleId) -> None:
        self._connection.execute(
            delete(module_favourites).where(
                module_favourites.c.account_id == account_id, module_favourites.c.module_id == module_id
            )
        )

    def note_use(self, account_id: AccountId, module_id: ModuleId, now: datetime) -> None:
        """The account has imported or inserted it just now."""
        self._connection.execute(
            delete(module_uses).where(module_uses.c.account_id == account_id, module_uses.c.module_id == module_id)
        )
        self._connection.execute(insert(module_uses).values(account_id=account_id, module_id=module_id, used_at=now))


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


@dataclass(frozen=True, slots=True)
class _Order:
    """What a list is sorted by, so that a page can begin behind any of its rows."""

    name: str
    column: AnyColumn
    read: Callable[[str], object]
    descending: bool = True

    @property
    def by(self) -> tuple[AnyColumn, AnyColumn]:
        columns = (self.column, modules.c.id)
        return (columns[0].desc(), columns[1].desc()) if self.descending else columns

    def place(self, row: Row) -> str:
        """Where the row is, as text for an address."""
        value = row["position"]
        shown = value.isoformat() if isinstance(value, datetime) else str(value)
        return urlsafe_b64encode(f"{self.name}\n{shown}\n{row['id']}".encode()).decode().rstrip("=")

    def behind(self, place: str) -> ColumnElement[bool]:
        """The rows after that place; raises InvalidInput for what `place` never gave for this order."""
        try:
            name, value, module_id = urlsafe_b64decode(place + "=" * (-len(place) % 4)).decode().split("\n")
            read = self.read(value)
        except ValueError as error:
            raise _no_place() from error
        if name != self.name:
            raise _no_place()
        here = tuple_(literal(read, self.column.type), literal(module_id))
        row = tuple_(self.column, modules.c.id)
        return row < here if self.descending else row > here


def _no_place() -> InvalidInput:
    return InvalidInput("This list has no such place: begin at its first page again.", field="after")


def _moment(text: str) -> datetime:
    """What `isoformat` gave for a row's moment; raises ValueError for one that no row can hold."""
    found = datetime.fromisoformat(text)
    if found.utcoffset() != timedelta(0):
        raise ValueError(text)
    return found


_ORDERS = {
    ModuleSort.NEWEST: _Order("newest", modules.c.updated_at, _moment),
    ModuleSort.USED: _Order("used", modules.c.imports, int),
    ModuleSort.NAME: _Order("name", modules.c.name, str, descending=False),
}
_RECENT = _Order("recent", module_uses.c.used_at, _moment)


def _order(query: ModuleQuery) -> _Order:
    return _RECENT if query.scope is ModuleScope.RECENT else _ORDERS[query.sort]


def _joined(query: Query, scope: ModuleScope, viewer: AccountId | None) -> Query:
    match scope:
        case ModuleScope.FAVOURITES:
            marked = and_(module_favourites.c.module_id == modules.c.id, module_favourites.c.account_id == viewer)
            return query.join(module_favourites, marked)
        case ModuleScope.RECENT:
            used = and_(module_uses.c.module_id == modules.c.id, module_uses.c.account_id == viewer)
            return query.join(module_uses, used)
        case _:
            return query


def _visible(viewer: AccountId | None, scope: ModuleScope) -> ColumnElement[bool]:
    """Public ones that have a release to offer, and the viewer's own."""
    own = modules.c.owner_id == (viewer or "")
    if scope is ModuleScope.MINE:
        return own
    return or_(and_(modules.c.visibility == Visibility.PUBLIC, modules.c.version != ""), own)


def _conditions(query: ModuleQuery) -> list[ColumnElement[bool]]:
    words = query.search.casefold().split()[:_MAX_WORDS]
    found = [modules.c.search.contains(word, autoescape=True) for word in words]
    if query.category is not None:
        found.append(modules.c.category == query.category)
    if query.kind is not None:
        found.append(modules.c.kind == query.kind)
    if query.tag:
        found.append(modules.c.search.contains(f"\n#{query.tag.casefold()}\n", autoescape=True))
    return found
