from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, String, Table, Text, UniqueConstraint

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
    UniqueConstraint("owner_id", "name"),
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
    PrimaryKeyConstraint("dataset_id", "number"),
)
