"""Environments of jobs and releases, and how to build them again.

Rules: additive first (new columns nullable or with a server default), what the previous release needs is dropped one
release later; works on SQLite (batch mode) and PostgreSQL; takes no long lock on a big table.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

import openmo.db.engine

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('environments',
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.Column('name', sa.String(length=32), nullable=False),
    sa.Column('python', sa.String(length=64), nullable=False),
    sa.Column('lock', sa.Text(), nullable=False),
    sa.Column('wheels', sa.JSON(), nullable=False),
    sa.Column('recorded_at', openmo.db.engine.UtcDateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('digest', name=op.f('pk_environments'))
    )
    # Plain ADD COLUMN on both databases: no table is copied. Jobs of before have none of it.
    op.add_column('jobs', sa.Column('environment', sa.String(length=64), nullable=True))
    op.add_column('jobs', sa.Column('packages', sa.JSON(), nullable=True))
    op.add_column('jobs', sa.Column('missing', sa.JSON(), nullable=True))
