"""Queries and rows of tables that are made by `Table(...)`, of whose columns SQLAlchemy knows no types."""

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias, cast

from sqlalchemy import ColumnElement, Connection, Select

Query: TypeAlias = Select[Any]
AnyColumn: TypeAlias = ColumnElement[Any]
Row: TypeAlias = Mapping[str, Any]
"""Values by column: a repository makes a typed value of them at once, and hands no row on."""


def first_row(connection: Connection, query: Query) -> Row | None:
    """The first row, if there is one."""
    return cast("Row | None", connection.execute(query).mappings().first())


def all_rows(connection: Connection, query: Query) -> Iterable[Row]:
    """The rows as they come."""
    return cast("Iterable[Row]", connection.execute(query).mappings())
