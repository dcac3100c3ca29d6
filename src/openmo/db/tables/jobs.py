from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
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

jobs = Table(
    "jobs",
    METADATA,
    id_column(),
    reference("project_id", "projects", index=True),
    Column("number", Integer, nullable=False),
    Column("name", String(200), nullable=False),
    Column("script", Text, nullable=False),
    Column("args", JSON, nullable=False),
    Column("env", JSON, nullable=False),
    Column("device", String(8), nullable=False),
    Column("time_limit", Float),
    Column("state", String(16), nullable=False, index=True),
    Column("reason", Text, nullable=False),
    Column("ending", String(16)),
    Column("exit_code", Integer),
    Column("stop_requested", Boolean, nullable=False, default=False),
    Column("tree", String(64), nullable=False),
    Column("snapshot_bytes", BigInteger, nullable=False),
    Column("snapshot_files", Integer, nullable=False),
    reference("created_by", "accounts"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("started_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    # The number of the event that changed the job last: what is newer than a cursor is one look into an index.
    Column("change", BigInteger, nullable=False, index=True),
    Column("cpus", Integer, nullable=False, server_default="1"),
    Column("gpus", Integer, nullable=False, server_default="0"),
    Column("memory_limit", BigInteger),
    Column("priority", Integer, nullable=False, server_default="0"),
    Column("secret_names", JSON),
    Column("sealed_secrets", Text),
    Column("granted_gpus", JSON),
    Column("reason_code", String(32)),
    Column("reason_params", JSON),
    Column("peak_memory", BigInteger),
    Column("environment", String(64)),
    Column("packages", JSON),
    Column("missing", JSON),
    UniqueConstraint("project_id", "number"),
)

job_inputs = Table(
    "job_inputs",
    METADATA,
    reference("job_id", "jobs", on_delete="CASCADE"),
    Column("position", Integer, nullable=False),
    # One of the two: what the job's script names of its project's imports, as they were at its submission.
    reference("module_id", "modules", on_delete="CASCADE", nullable=True),
    reference("dataset_id", "datasets", on_delete="CASCADE", nullable=True),
    Column("version", String(64), nullable=False),
    # Of the module; empty where none is called by a name that can be read.
    Column("method", String(64), nullable=False, server_default=text("''")),
    PrimaryKeyConstraint("job_id", "position"),
    Index(None, "module_id", "job_id"),
    Index(None, "dataset_id", "job_id"),
)

counters = Table(
    "counters",
    METADATA,
    Column("name", String(100), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Numbers that only grow, and never repeat although rows are deleted: a project's jobs, events."""
