"""${message}

Rules: additive first (new columns nullable or with a server default), what the previous release needs is dropped one
release later; works on SQLite (batch mode) and PostgreSQL; takes no long lock on a big table.

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}
"""

import sqlalchemy as sa
from alembic import op

import openmo.db.engine

${imports if imports else ""}

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}
