"""Modules that are found, counted and marked, and what is known of each of their versions.

Rules: additive first (new columns nullable or with a server default), what the previous release needs is dropped one
release later; works on SQLite (batch mode) and PostgreSQL; takes no long lock on a big table.

Of modules from before, the kind is read from their specs, and the imports are counted. Sizes and numbers of files stay
0: the object store knows them.

Revision ID: 0008
Revises: 0007
"""

import re

import sqlalchemy as sa
from alembic import op

import openmo.db.engine

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

_PREDICTS = re.compile(r"^[ \t]+['\"]?predict['\"]?[ \t]*:", re.MULTILINE)
_EMPTY = sa.text("''")


def upgrade() -> None:
    _of_accounts('module_favourites', 'created_at')
    _of_accounts('module_uses', 'used_at')
    op.create_index(op.f('ix_module_uses_account_id'), 'module_uses', ['account_id', 'used_at'], unique=False)
    op.create_index(op.f('ix_project_modules_module_id'), 'project_modules', ['module_id'], unique=False)
    with op.batch_alter_table('module_versions', schema=None) as batch_op:
        batch_op.add_column(sa.Column('notes', sa.Text(), server_default=_EMPTY, nullable=False))
        batch_op.add_column(sa.Column('size', sa.BigInteger(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('files', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('requirements', sa.Text(), server_default=_EMPTY, nullable=False))
        batch_op.add_column(sa.Column('environment', sa.String(length=64), server_default=_EMPTY, nullable=False))
        batch_op.add_column(sa.Column('python', sa.String(length=40), server_default=_EMPTY, nullable=False))
        batch_op.add_column(sa.Column('yanked_at', openmo.db.engine.UtcDateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('yanked_reason', sa.Text(), server_default=_EMPTY, nullable=False))
    with op.batch_alter_table('modules', schema=None) as batch_op:
        batch_op.add_column(sa.Column('kind', sa.String(length=16), server_default='toolkit', nullable=False))
        batch_op.add_column(sa.Column('category', sa.String(length=16), server_default='other', nullable=False))
        batch_op.add_column(sa.Column('tags', sa.JSON(), nullable=True))
        now = sa.func.now()
        updated_at = openmo.db.engine.UtcDateTime(timezone=True)
        batch_op.add_column(sa.Column('updated_at', updated_at, server_default=now, nullable=False))
        batch_op.add_column(sa.Column('imports', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('project_id', sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column('search', sa.Text(), server_default=_EMPTY, nullable=False))
        batch_op.add_column(sa.Column('callable', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_index(batch_op.f('ix_modules_imports'), ['imports', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_modules_name'), ['name', 'id'], unique=False)
        batch_op.create_index(batch_op.f('ix_modules_project_id'), ['project_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_modules_updated_at'), ['updated_at', 'id'], unique=False)
        batch_op.create_foreign_key(
            batch_op.f('fk_modules_project_id_projects'), 'projects', ['project_id'], ['id'], ondelete='SET NULL'
        )
    _fill_in()


def _of_accounts(name: str, when: str) -> None:
    """A table of the modules that accounts have marked or used."""
    account, module = f'fk_{name}_account_id_accounts', f'fk_{name}_module_id_modules'
    op.create_table(name,
    sa.Column('account_id', sa.String(length=20), nullable=False),
    sa.Column('module_id', sa.String(length=20), nullable=False),
    sa.Column(when, openmo.db.engine.UtcDateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['account_id'], ['accounts.id'], name=op.f(account), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['module_id'], ['modules.id'], name=op.f(module), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('account_id', 'module_id', name=op.f(f'pk_{name}'))
    )
    op.create_index(op.f(f'ix_{name}_module_id'), name, ['module_id'], unique=False)


def _fill_in() -> None:
    op.execute(
        "UPDATE modules SET updated_at = created_at, imports = (SELECT count(DISTINCT project_modules.project_id) "
        "FROM project_modules WHERE project_modules.module_id = modules.id)"
    )
    connection = op.get_bind()
    found = connection.execute(sa.text(
        "SELECT modules.id, accounts.name AS owner, modules.name, modules.title, modules.description, "
        "coalesce(module_versions.spec, '') AS spec FROM modules JOIN accounts ON accounts.id = modules.owner_id "
        "LEFT JOIN module_versions ON module_versions.module_id = modules.id "
        "AND module_versions.version = modules.version"
    ))
    for row in found.all():
        text = f"{row.owner}/{row.name}\n{row.title}\n{' '.join(row.description.split())}\n".casefold()
        kind = 'model' if _PREDICTS.search(row.spec) else 'toolkit'
        connection.execute(
            sa.text("UPDATE modules SET kind = :kind, search = :search WHERE id = :id"),
            {'kind': kind, 'search': text, 'id': row.id},
        )
