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
)

from openmo.db.engine import UtcDateTime
from openmo.db.tables.metadata import METADATA, id_column, reference

upload_sessions = Table(
    "upload_sessions",
    METADATA,
    id_column(),
    reference("account_id", "accounts", on_delete="CASCADE", index=True),
    # Whose next version is made; none: a dataset is made, of what `details` say.
    reference("dataset_id", "datasets", on_delete="CASCADE", nullable=True, index=True),
    Column("base_version", Integer, nullable=False),
    Column("details", JSON),
    Column("removed", JSON, nullable=False),
    Column("state", String(16), nullable=False),
    Column("version", Integer),
    Column("notes", Text, nullable=False),
    # A message, as JSON can carry it: why the last finishing failed.
    Column("problem", JSON),
    Column("created_at", UtcDateTime, nullable=False),
    Column("touched_at", UtcDateTime, nullable=False, index=True),
    Index(None, "state"),
)

upload_files = Table(
    "upload_files",
    METADATA,
    reference("session_id", "upload_sessions", on_delete="CASCADE"),
    Column("number", Integer, nullable=False),
    Column("path", String(1024), nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", String(64), nullable=False),
    # The name in the object store of what the base version has already.
    Column("stored", String(80), nullable=False),
    PrimaryKeyConstraint("session_id", "number"),
    UniqueConstraint("session_id", "path"),
)
