"""Uploads of datasets: sessions, and the files that are sent in them.

Rules: additive first (new columns nullable or with a server default), what the previous release needs is dropped one
release later; works on SQLite (batch mode) and PostgreSQL; takes no long lock on a big table.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

import openmo.db.engine

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('upload_sessions',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('account_id', sa.String(length=20), nullable=False),
    sa.Column('dataset_id', sa.String(length=20), nullable=True),
    sa.Column('base_version', sa.Integer(), nullable=False),
    sa.Column('details', sa.JSON(), nullable=True),
    sa.Column('removed', sa.JSON(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('version', sa.Integer(), nullable=True),
    sa.Column('notes', sa.Text(), nullable=False),
    sa.Column('problem', sa.JSON(), nullable=True),
    sa.Column('created_at', openmo.db.engine.UtcDateTime(timezone=True), nullable=False),
    sa.Column('touched_at', openmo.db.engine.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(
        ['account_id'], ['accounts.id'], name=op.f('fk_upload_sessions_account_id_accounts'), ondelete='CASCADE'
    ),
    sa.ForeignKeyConstraint(
        ['dataset_id'], ['datasets.id'], name=op.f('fk_upload_sessions_dataset_id_datasets'), ondelete='CASCADE'
    ),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_upload_sessions'))
    )
    with op.batch_alter_table('upload_sessions', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_upload_sessions_account_id'), ['account_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_upload_sessions_dataset_id'), ['dataset_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_upload_sessions_state'), ['state'], unique=False)
        batch_op.create_index(batch_op.f('ix_upload_sessions_touched_at'), ['touched_at'], unique=False)

    op.create_table('upload_files',
    sa.Column('session_id', sa.String(length=20), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('path', sa.String(length=1024), nullable=False),
    sa.Column('bytes', sa.BigInteger(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('stored', sa.String(length=80), nullable=False),
    sa.ForeignKeyConstraint(
        ['session_id'],
        ['upload_sessions.id'],
        name=op.f('fk_upload_files_session_id_upload_sessions'),
        ondelete='CASCADE',
    ),
    sa.PrimaryKeyConstraint('session_id', 'number', name=op.f('pk_upload_files')),
    sa.UniqueConstraint('session_id', 'path', name=op.f('uq_upload_files_session_id_path'))
    )
