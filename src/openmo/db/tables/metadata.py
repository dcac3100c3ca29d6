"""The one MetaData, with names for constraints so that migrations can speak of them."""

from typing import Any

from sqlalchemy import Column, ForeignKey, MetaData, String

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = String(20)


def id_column() -> Column[str]:
    return Column("id", ID, primary_key=True)


def reference(name: str, target: str, *, on_delete: str = "RESTRICT", **options: Any) -> Column[str]:
    """A foreign key column to `target`'s id."""
    options.setdefault("nullable", False)
    return Column(name, ID, ForeignKey(f"{target}.id", ondelete=on_delete), **options)
