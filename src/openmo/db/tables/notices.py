from sqlalchemy import JSON, BigInteger, Column, Index, String, Table, Text

from openmo.db.engine import UtcDateTime
from openmo.db.tables.metadata import METADATA, id_column, reference

notices = Table(
    "notices",
    METADATA,
    id_column(),
    Column("number", BigInteger, nullable=False, unique=True),
    reference("account_id", "accounts"),
    reference("project_id", "projects", on_delete="CASCADE", index=True),
    # Unique, so that not even a mistake of ours can tell of one ending twice.
    reference("job_id", "jobs", on_delete="CASCADE", nullable=True, unique=True),
    Column("kind", String(32), nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("path", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("reason_code", String(32), nullable=False),
    Column("reason_params", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("read_at", UtcDateTime),
    Index(None, "account_id", "number"),
)
