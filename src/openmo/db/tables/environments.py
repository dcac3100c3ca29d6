from sqlalchemy import JSON, Column, String, Table, Text

from openmo.db.engine import UtcDateTime
from openmo.db.tables.metadata import METADATA

environments = Table(
    "environments",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("name", String(32), nullable=False),
    Column("python", String(64), nullable=False),
    Column("lock", Text, nullable=False),
    Column("wheels", JSON, nullable=False),
    Column("recorded_at", UtcDateTime, nullable=False),
)
"""How each environment that a job or a release ran in was built, so that it can be built again. Wheels in base 64."""
