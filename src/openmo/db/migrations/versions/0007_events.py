"""Events: what happened, in the order of commits.

Rules: additive first (new columns nullable or with a server default), what the previous release needs is dropped one
release later; works on SQLite (batch mode) and PostgreSQL; takes no long lock on a big table.

One counter numbers events, changes of jobs and notices from now on. It goes on behind the three of before, so that
what was numbered already stays older than what comes. The three (`jobs`, `notices`, `releases`) are left behind.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

import openmo.db.engine

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('events',
    sa.Column('number', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('at', openmo.db.engine.UtcDateTime(timezone=True), nullable=False),
    sa.Column('actor_id', sa.String(length=20), nullable=True),
    sa.Column('owner_id', sa.String(length=20), nullable=True),
    sa.Column('project_id', sa.String(length=20), nullable=True),
    sa.Column('subject_id', sa.String(length=20), nullable=False),
    sa.Column('payload', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_events'))
    )
    with op.batch_alter_table('events', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_events_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_events_owner_id'), ['owner_id', 'number'], unique=False)
        batch_op.create_index(batch_op.f('ix_events_project_id'), ['project_id', 'number'], unique=False)
    op.execute(
        "INSERT INTO counters (name, value) "
        "SELECT 'events', coalesce(max(value), 0) FROM counters WHERE name IN ('jobs', 'notices', 'releases')"
    )
