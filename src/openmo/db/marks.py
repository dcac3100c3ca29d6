"""What accounts have marked as favourites, and what they have used last, of one kind of thing."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, insert, select

from openmo.core.ids import AccountId
from openmo.db.rows import Query

Id = TypeVar("Id", bound=str)


@dataclass(frozen=True, slots=True)
class Marks(Generic[Id]):
    """Favourites and uses in one transaction."""

    connection: Connection
    favourites: Table
    """`account_id`, the thing's id, `created_at`."""
    uses: Table
    """`account_id`, the thing's id, `used_at`."""
    thing: str
    """The column of the thing's id."""

    def marked(self, account_id: AccountId, among: Collection[Id]) -> frozenset[Id]:
        """Which of these the account has marked."""
        column = self.favourites.c[self.thing]
        query = select(column).where(self.favourites.c.account_id == account_id, column.in_(sorted(among)))
        found = frozenset(self.connection.scalars(query))
        return frozenset(each for each in among if each in found)

    def mark(self, account_id: AccountId, thing: Id, now: datetime) -> None:
        """It is a favourite of the account; once more changes nothing."""
        if not self.marked(account_id, (thing,)):
            values = {"account_id": account_id, self.thing: thing, "created_at": now}
            self.connection.execute(insert(self.favourites).values(values))

    def unmark(self, account_id: AccountId, thing: Id) -> None:
        self.connection.execute(delete(self.favourites).where(self._row(self.favourites, account_id, thing)))

    def note_use(self, account_id: AccountId, thing: Id, now: datetime) -> None:
        """The account has imported or inserted it just now."""
        self.connection.execute(delete(self.uses).where(self._row(self.uses, account_id, thing)))
        values = {"account_id": account_id, self.thing: thing, "used_at": now}
        self.connection.execute(insert(self.uses).values(values))

    def _row(self, table: Table, account_id: AccountId, thing: Id) -> ColumnElement[bool]:
        return and_(table.c.account_id == account_id, table.c[self.thing] == thing)


def joined(query: Query, table: Table, thing: str, id_column: ColumnElement[str], account_id: str | None) -> Query:
    """The query's rows that the account has in that table of marks."""
    return query.join(table, and_(table.c[thing] == id_column, table.c.account_id == account_id))
