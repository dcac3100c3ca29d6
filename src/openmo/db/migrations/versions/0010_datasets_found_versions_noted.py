"""Datasets that are found, counted and marked, and what is new in each of their versions.

Rules: additive first (new columns nullable or with a server default), what the previous release needs is dropped one
release later; works on SQLite (batch mode) and PostgreSQL; takes no long lock on a big table.

Of datasets from before, the imports are counted, and what a search looks through is written down.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

import openmo.db.engine

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None

_EMPTY = sa.text("''")


def upgrade() -> None:
    _of_accounts('dataset_favourites', 'created_at')
    _of_accounts('dataset_uses', 'used_at')
    op.create_index(op.f('ix_dataset_uses_account_id'), 'dataset_uses', ['account_id', 'used_at'], unique=False)
    op.create_index(op.f('ix_project_datasets_dataset_id'), 'project_datasets', ['dataset_id'], unique=False)
    with op.batch_alter_table('dataset_versions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('notes', sa.Text(), server_default=_EMPTY, nullable=False))
    with op.batch_alter_table('datasets', schema=None) as batch_op:
        batch_op.add_column(sa.Column('category', sa.String(length=16), server_default='other', nullable=False))
        batch_op.add_column(sa.Column('tags', sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column('licence', sa.String(length=80), server_default=_EMPTY, nullable=False))
        batch_op.add_column(sa.Column('search', sa.Text(), server_default=_EMPTY, nullable=False))
        batch_op.add_column(sa.Column('imports', sa.Integer(), server_default='0', nullable=False))
        batch_op.create_index(batch_op.f('ix_datasets_imports'), ['imports', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_datasets_name'), ['name', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_datasets_updated_at'), ['updated_at', 'id'], unique=False)
    _fill_in()


def _of_accounts(name: str, when: str) -> None:
    """A table of the datasets that accounts have marked or used."""
    account, dataset = f'fk_{name}_account_id_accounts', f'fk_{name}_dataset_id_datasets'
    op.create_table(name,
    sa.Column('account_id', sa.String(length=20), nullable=False),
    sa.Column('dataset_id', sa.String(length=20), nullable=False),
    sa.Column(when, openmo.db.engine.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f(account), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['dataset_id'], ['datasets.id'], name=op.f(dataset), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account_id', 'dataset_id', name=op.f(f'pk_{name}'))
    )
    op.create_index(op.f(f'ix_{name}_dataset_id'), name, ['dataset_id'], unique=False)


def _fill_in() -> None:
    op.execute(
        "UPDATE datasets SET imports = (SELECT count(*) FROM project_datasets "
        "WHERE project_datasets.dataset_id = datasets.id)"
    )
    connection = op.get_bind()
    found = connection.execute(sa.text(
        "SELECT datasets.id, accounts.name AS owner, datasets.name, datasets.title, datasets.description "
        "FROM datasets JOIN accounts ON accounts.id = datasets.owner_id"
    ))
    for row in found.all():
        text = f"{row.owner}/{row.name}\n{row.title}\n{' '.join(row.description.split())}\n".casefold()
        connection.execute(
            sa.text("UPDATE datasets SET search = :search WHERE id = :id"), {'search': text, 'id': row.id}
        )
