"""Which versions of modules and datasets jobs were made with.

Rules: additive first (new columns nullable or with a server default), what the previous release needs is dropped one
release later; works on SQLite (batch mode) and PostgreSQL; takes no long lock on a big table.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A table of its own: jobs are not touched, and those of before have no inputs.
    op.create_table('job_inputs',
    sa.Column('job_id', sa.String(length=20), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('module_id', sa.String(length=20), nullable=True),
    sa.Column('dataset_id', sa.String(length=20), nullable=True),
    sa.Column('version', sa.String(length=64), nullable=False),
    sa.Column('method', sa.String(length=64), server_default=sa.text("''"), nullable=False),
    sa.ForeignKeyConstraint(['dataset_id'], ['datasets.id'], name=op.f('fk_job_inputs_dataset_id_datasets'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['job_id'], ['jobs.id'], name=op.f('fk_job_inputs_job_id_jobs'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['module_id'], ['modules.id'], name=op.f('fk_job_inputs_module_id_modules'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('job_id', 'position', name=op.f('pk_job_inputs'))
    )
    op.create_index(op.f('ix_job_inputs_dataset_id'), 'job_inputs', ['dataset_id', 'job_id'], unique=False)
    op.create_index(op.f('ix_job_inputs_module_id'), 'job_inputs', ['module_id', 'job_id'], unique=False)
