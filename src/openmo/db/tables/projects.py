from sqlalchemy import Column, Integer, PrimaryKeyConstraint, String, Table, Text, UniqueConstraint

from openmo.db.engine import UtcDateTime
from openmo.db.tables.metadata import METADATA, id_column, reference

projects = Table(
    "projects",
    METADATA,
    id_column(),
    reference("owner_id", "accounts", index=True),
    Column("name", String(63), nullable=False),
    Column("title", String(200), nullable=False),
    Column("description", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("visibility", String(16), nullable=False, index=True),
    Column("slug", String(30), nullable=False, unique=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("owner_id", "name"),
)

project_datasets = Table(
    "project_datasets",
    METADATA,
    reference("project_id", "projects", on_delete="CASCADE"),
    reference("dataset_id", "datasets", index=True),
    Column("version", Integer, nullable=False),
    Column("imported_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("project_id", "dataset_id"),
)

project_modules = Table(
    "project_modules",
    METADATA,
    reference("project_id", "projects", on_delete="CASCADE"),
    reference("module_id", "modules", index=True),
    Column("version", String(64), nullable=False),
    Column("imported_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("project_id", "module_id", "version"),
)
