"""Requests of jobs: CPUs, GPUs, memory, priority, secrets; what they were granted; endings as codes.

Rules: additive first (new columns nullable or with a server default), what the previous release needs is dropped one
release later; works on SQLite (batch mode) and PostgreSQL; takes no long lock on a big table.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Plain ADD COLUMN on both databases: no table is copied.
    op.add_column('jobs', sa.Column('cpus', sa.Integer(), server_default='1', nullable=False))
    op.add_column('jobs', sa.Column('gpus', sa.Integer(), server_default='0', nullable=False))
    op.add_column('jobs', sa.Column('memory_limit', sa.BigInteger(), nullable=True))
    op.add_column('jobs', sa.Column('priority', sa.Integer(), server_default='0', nullable=False))
    op.add_column('jobs', sa.Column('secret_names', sa.JSON(), nullable=True))
    op.add_column('jobs', sa.Column('sealed_secrets', sa.Text(), nullable=True))
    op.add_column('jobs', sa.Column('granted_gpus', sa.JSON(), nullable=True))
    op.add_column('jobs', sa.Column('reason_code', sa.String(length=32), nullable=True))
    op.add_column('jobs', sa.Column('reason_params', sa.JSON(), nullable=True))
    op.add_column('jobs', sa.Column('peak_memory', sa.BigInteger(), nullable=True))
