"""What accounts have marked as favourites, and what they have used last, of one kind of thing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select

from openmo.core.ids import AccountId
from openmo.db.rows import Query
from openmo.db.tables import dataset_favourites, dataset_uses, module_favourites, module_uses

Id = TypeVar("Id", bound=str)
Thing: TypeAlias = Literal["dataset_id", "module_id"]
"""What is marked, by the column of its id."""
_FAVOURITES = {"dataset_id": dataset_favourites, "module_id": module_favourites}
_USES = {"dataset_id": dataset_uses, "module_id": module_uses}


@dataclass(frozen=True, slots=True)
class Marks(Generic[Id]):
    """Favourites and uses in one transaction."""

    connection: Connection
    thing: Thing

    def marked(self, account_id: AccountId, among: Collection[Id]) -> frozenset[Id]:
        """Which of these the account has marked."""
        table = _FAVOURITES[self.thing]
        column = table.c[self.thing]
        query = select(column).where(table.c.account_id == account_id, column.in_(sorted(among)))
        found = frozenset(self.connection.scalars(query))
        return frozenset(each for each in among if each in found)

    def mark(self, account_id: AccountId, thing: Id, now: datetime) -> None:
        """It is a favourite of the account; once more changes nothing."""
        if not self.marked(account_id, (thing,)):
            values = {"account_id": account_id, self.thing: thing, "created_at": now}
            self.connection.execute(insert(_FAVOURITES[self.thing]).values(values))

    def unmark(self, account_id: AccountId, thing: Id) -> None:
        table = _FAVOURITES[self.thing]
        row = and_(table.c.account_id == account_id, table.c[self.thing] == thing)
        self.connection.execute(delete(table).where(row))

    def note_use(self, account_id: AccountId, thing: Id, now: datetime) -> None:
        """The account has imported or inserted it just now."""
        table = _USES[self.thing]
        row = and_(table.c.account_id == account_id, table.c[self.thing] == thing)
        self.connection.execute(delete(table).where(row))
        self.connection.execute(insert(table).values({"account_id": account_id, self.thing: thing, "used_at": now}))


def among_favourites(query: Query, thing: Thing, found: ColumnElement[str], account_id: str | None) -> Query:
    """The query's rows that the account has marked; `found`: the column of their ids."""
    table = _FAVOURITES[thing]
    return query.join(table, and_(table.c[thing] == found, table.c.account_id == account_id))


def among_uses(query: Query, thing: Thing, found: ColumnElement[str], account_id: str | None) -> Query:
    """The query's rows that the account has used; `found`: the column of their ids."""
    table = _USES[thing]
    return query.join(table, and_(table.c[thing] == found, table.c.account_id == account_id))
