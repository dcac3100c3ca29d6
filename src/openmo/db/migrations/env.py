"""Alembic runs inside `openmo.db.migrate`, on the connection that it hands over."""

from alembic import context

from openmo.db.tables import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    render_as_batch=True,  # SQLite alters by copying a table
    compare_type=True,
)
context.run_migrations()
