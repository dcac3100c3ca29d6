"""Queries and rows of tables that are made by `Table(...)`, of whose columns SQLAlchemy knows no types."""

from collections.abc import Iterable
from typing import TypeAlias

from sqlalchemy import ColumnElement, Connection, RowMapping, Select

Query: TypeAlias = Select[*tuple[object, ...]]
AnyColumn: TypeAlias = ColumnElement[object]
Row: TypeAlias = RowMapping
"""Values by column: a repository makes a typed value of them at once, and hands no row on."""


def first_row(connection: Connection, query: Query) -> Row | None:
    """The first row, if there is one."""
    return connection.execute(query).mappings().first()


def all_rows(connection: Connection, query: Query) -> Iterable[Row]:
    """The rows as they come."""
    return connection.execute(query).mappings()
