"""The one MetaData, with names for constraints so that migrations can speak of them."""

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


def reference(
    name: str,
    target: str,
    *,
    on_delete: str = "RESTRICT",
    nullable: bool = False,
    index: bool = False,
    unique: bool = False,
    primary_key: bool = False,
) -> Column[str]:
    """A foreign key column to `target`'s id."""
    key = ForeignKey(f"{target}.id", ondelete=on_delete)
    return Column(name, ID, key, nullable=nullable, index=index, unique=unique, primary_key=primary_key)
