from sqlalchemy import Column, PrimaryKeyConstraint, String, Table, Text, UniqueConstraint

from openmo.db.engine import UtcDateTime
from openmo.db.tables.metadata import METADATA, id_column, reference

modules = Table(
    "modules",
    METADATA,
    id_column(),
    reference("owner_id", "accounts", index=True),
    Column("name", String(63), nullable=False),
    Column("title", String(200), nullable=False),
    Column("description", Text, nullable=False),
    Column("visibility", String(16), nullable=False),
    Column("version", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("owner_id", "name"),
)

module_versions = Table(
    "module_versions",
    METADATA,
    reference("module_id", "modules", on_delete="CASCADE"),
    Column("version", String(64), nullable=False),
    Column("tree", String(64), nullable=False),
    Column("spec", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("module_id", "version"),
)
