from sqlalchemy import BigInteger, Column, Index, String, Table, Text

from openmo.db.engine import UtcDateTime
from openmo.db.tables.metadata import ID, METADATA

events = Table(
    "events",
    METADATA,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(40), nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    # Ids without foreign keys: what happened stays true of what was deleted.
    Column("actor_id", ID),
    Column("owner_id", ID),
    Column("project_id", ID),
    Column("subject_id", ID, nullable=False),
    Column("payload", Text, nullable=False),
    Index(None, "owner_id", "number"),
    Index(None, "project_id", "number"),
)
"""What happened, in the order of commits: `number` is drawn under a lock that lasts until the transaction ends."""
