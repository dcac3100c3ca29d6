"""Lists that are searched and turned page by page: each page begins behind the last row of the one before."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, literal, tuple_

from openmo.core.errors import InvalidInput
from openmo.db.rows import AnyColumn, Query, Row, all_rows

_MAX_WORDS = 8


@dataclass(frozen=True, slots=True)
class ListOrder:
    """What a list is sorted by, so that a page can begin behind any of its rows."""

    name: str
    column: AnyColumn
    id: AnyColumn
    """Decides between rows that are alike."""
    read: Callable[[str], object]
    """The column's value of its text; raises ValueError."""
    descending: bool = True

    def page(self, connection: Connection, query: Query, *, after: str, limit: int) -> tuple[list[Row], str]:
        """The rows behind that place, and where the next page begins; raises InvalidInput for no such place."""
        wanted = query.add_columns(self.column.label("position"))
        if after:
            wanted = wanted.where(self._behind(after))
        rows = list(all_rows(connection, wanted.order_by(*self._by).limit(limit + 1)))
        found = rows[:limit]
        return found, self._place(found[-1]) if len(rows) > limit else ""

    @property
    def _by(self) -> tuple[AnyColumn, AnyColumn]:
        columns = (self.column, self.id)
        return (columns[0].desc(), columns[1].desc()) if self.descending else columns

    def _place(self, row: Row) -> str:
        """Where the row is, as text for an address."""
        value = row["position"]
        shown = value.isoformat() if isinstance(value, datetime) else str(value)
        return urlsafe_b64encode(f"{self.name}\n{shown}\n{row['id']}".encode()).decode().rstrip("=")

    def _behind(self, place: str) -> ColumnElement[bool]:
        """The rows after that place; raises InvalidInput for what `_place` never gave for this order."""
        try:
            name, value, row_id = urlsafe_b64decode(place + "=" * (-len(place) % 4)).decode().split("\n")
            read = self.read(value)
        except ValueError as error:
            raise _no_place() from error
        if name != self.name:
            raise _no_place()
        here = tuple_(literal(read, self.column.type), literal(row_id))
        row = tuple_(self.column, self.id)
        return row < here if self.descending else row > here


def _no_place() -> InvalidInput:
    return InvalidInput("This list has no such place: begin at its first page again.", field="after")


def moment(text: str) -> datetime:
    """What `isoformat` gave for a row's moment; raises ValueError for one that no row can hold."""
    found = datetime.fromisoformat(text)
    if found.utcoffset() != timedelta(0):
        raise ValueError(text)
    return found


def matching(searched: AnyColumn, *, words: str, tag: str) -> list[ColumnElement[bool]]:
    """Rows whose `searched` (see `core.catalogue.searchable`) holds each of the words, and the tag if there is one."""
    found = [searched.contains(word, autoescape=True) for word in words.casefold().split()[:_MAX_WORDS]]
    if tag:
        found.append(searched.contains(f"\n#{tag.casefold()}\n", autoescape=True))
    return found
