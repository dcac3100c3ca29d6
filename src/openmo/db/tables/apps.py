from sqlalchemy import JSON, Column, String, Table, Text, UniqueConstraint

from openmo.db.engine import UtcDateTime
from openmo.db.tables.metadata import METADATA, id_column, reference

releases = Table(
    "releases",
    METADATA,
    id_column(),
    reference("project_id", "projects", index=True),
    Column("version", String(64), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("tree", String(64), nullable=False),
    Column("spec", JSON, nullable=False),
    Column("environment", String(64), nullable=False),
    Column("notes", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("project_id", "version"),
)
