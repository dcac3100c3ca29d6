from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

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
    Column("removed_at", UtcDateTime),
    UniqueConstraint("project_id", "version"),
)

app_settings = Table(
    "app_settings",
    METADATA,
    reference("project_id", "projects", on_delete="CASCADE", primary_key=True),
    Column("access", String(16)),
    Column("link", String(64), nullable=False),
    Column("active_version", String(64)),
    Column("limits", JSON, nullable=False),
    Column("origins", JSON, nullable=False),
    Column("keep_inputs", Boolean, nullable=False),
    Column("offline", Boolean, key="suspended", nullable=False, server_default=false()),
)

app_call_hours = Table(
    "app_call_hours",
    METADATA,
    reference("project_id", "projects", on_delete="CASCADE"),
    Column("version", String(64), nullable=False),
    Column("hour", UtcDateTime, nullable=False),
    Column("calls", BigInteger, nullable=False),
    Column("errors", BigInteger, nullable=False),
    Column("durations", JSON, nullable=False),
    PrimaryKeyConstraint("project_id", "version", "hour"),
)

app_calls = Table(
    "app_calls",
    METADATA,
    id_column(),
    reference("project_id", "projects", on_delete="CASCADE", index=True),
    Column("version", String(64), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("duration_ms", Float, nullable=False),
    Column("code", String(64), nullable=False),
    Column("message", Text, nullable=False),
    Column("trace", Text, nullable=False),
    Column("inputs", Text),
)
