"""Apps that were taken down, and releases that were removed.

Rules: additive first (new columns nullable or with a server default), what the previous release needs is dropped one
release later; works on SQLite (batch mode) and PostgreSQL; takes no long lock on a big table.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

import openmo.db.engine

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plain ADD COLUMN on both databases: no table is copied.
    op.add_column('app_settings', sa.Column('offline', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column('releases', sa.Column('removed_at', openmo.db.engine.UtcDateTime(timezone=True), nullable=True))
