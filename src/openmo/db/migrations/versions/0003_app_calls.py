"""Owners' settings of their apps, and what is known of the calls.

Rules: additive first (new columns nullable or with a server default), what the previous release needs is dropped one
release later; works on SQLite (batch mode) and PostgreSQL; takes no long lock on a big table.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

import openmo.db.engine

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('app_settings',
    sa.Column('project_id', sa.String(length=20), nullable=False),
    sa.Column('access', sa.String(length=16), nullable=True),
    sa.Column('link', sa.String(length=64), nullable=False),
    sa.Column('active_version', sa.String(length=64), nullable=True),
    sa.Column('limits', sa.JSON(), nullable=False),
    sa.Column('origins', sa.JSON(), nullable=False),
    sa.Column('keep_inputs', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_app_settings_project_id_projects'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('project_id', name=op.f('pk_app_settings'))
    )
    op.create_table('app_call_hours',
    sa.Column('project_id', sa.String(length=20), nullable=False),
    sa.Column('version', sa.String(length=64), nullable=False),
    sa.Column('hour', openmo.db.engine.UtcDateTime(timezone=True), nullable=False),
    sa.Column('calls', sa.BigInteger(), nullable=False),
    sa.Column('errors', sa.BigInteger(), nullable=False),
    sa.Column('durations', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_app_call_hours_project_id_projects'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('project_id', 'version', 'hour', name=op.f('pk_app_call_hours'))
    )
    op.create_table('app_calls',
    sa.Column('id', sa.String(length=20), nullable=False),
    sa.Column('project_id', sa.String(length=20), nullable=False),
    sa.Column('version', sa.String(length=64), nullable=False),
    sa.Column('at', openmo.db.engine.UtcDateTime(timezone=True), nullable=False),
    sa.Column('duration_ms', sa.Float(), nullable=False),
    sa.Column('code', sa.String(length=64), nullable=False),
    sa.Column('message', sa.Text(), nullable=False),
    sa.Column('trace', sa.Text(), nullable=False),
    sa.Column('inputs', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['project_id'], ['projects.id'], name=op.f('fk_app_calls_project_id_projects'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_app_calls'))
    )
    with op.batch_alter_table('app_calls', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_app_calls_project_id'), ['project_id'], unique=False)
