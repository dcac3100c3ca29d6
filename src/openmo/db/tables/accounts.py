from sqlalchemy import Boolean, Column, String, Table

from openmo.db.engine import UtcDateTime
from openmo.db.tables.metadata import METADATA, id_column

accounts = Table(
    "accounts",
    METADATA,
    id_column(),
    Column("name", String(255), nullable=False, unique=True),
    Column("admin", Boolean, nullable=False, default=False),
    Column("created_at", UtcDateTime, nullable=False),
)
