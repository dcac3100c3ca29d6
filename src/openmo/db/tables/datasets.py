from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from openmo.db.engine import UtcDateTime
from openmo.db.tables.metadata import METADATA, id_column, reference

datasets = Table(
    "datasets",
    METADATA,
    id_column(),
    reference("owner_id", "accounts", index=True),
    Column("name", String(63), nullable=False),
    Column("title", String(200), nullable=False),
    Column("description", Text, nullable=False),
    Column("visibility", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("category", String(16), nullable=False, server_default="other"),
    Column("tags", JSON),
    Column("licence", String(80), nullable=False, server_default=text("''")),
    # What a search looks through: see `search_text`.
    Column("search", Text, nullable=False, server_default=text("''")),
    # How many projects import it: counted in the transaction of each import, so that lists need not.
    Column("imports", Integer, nullable=False, server_default="0"),
    UniqueConstraint("owner_id", "name"),
    Index(None, "updated_at", "id"),
    Index(None, "imports", "id"),
    Index(None, "name", "id"),
)

dataset_versions = Table(
    "dataset_versions",
    METADATA,
    reference("dataset_id", "datasets", on_delete="CASCADE"),
    Column("number", Integer, nullable=False),
    Column("tree", String(64), nullable=False),
    Column("files", Integer, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("notes", Text, nullable=False, server_default=text("''")),
    PrimaryKeyConstraint("dataset_id", "number"),
)

dataset_favourites = Table(
    "dataset_favourites",
    METADATA,
    reference("account_id", "accounts", on_delete="CASCADE"),
    reference("dataset_id", "datasets", on_delete="CASCADE", index=True),
    Column("created_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("account_id", "dataset_id"),
)

dataset_uses = Table(
    "dataset_uses",
    METADATA,
    reference("account_id", "accounts", on_delete="CASCADE"),
    reference("dataset_id", "datasets", on_delete="CASCADE", index=True),
    # When the account last imported it.
    Column("used_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("account_id", "dataset_id"),
    Index(None, "account_id", "used_at"),
)
