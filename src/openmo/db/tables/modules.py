from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
    func,
    text,
)

from openmo.db.engine import UtcDateTime
from openmo.db.tables.metadata import METADATA, id_column, reference

modules = Table(
    "modules",
    METADATA,
    id_column(),
    reference("owner_id", "accounts", index=True),
    Column("name", String(63), nullable=False),
    Column("title", String(200), nullable=False),
    Column("description", Text, nullable=False),
    Column("visibility", String(16), nullable=False),
    # The newest release that was not yanked; empty while there is none.
    Column("version", String(64), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("kind", String(16), nullable=False, server_default="toolkit"),
    Column("category", String(16), nullable=False, server_default="other"),
    Column("tags", JSON),
    Column("updated_at", UtcDateTime, nullable=False, server_default=func.now()),
    # How many projects import it: counted in the transaction of each import, so that lists need not.
    Column("imports", Integer, nullable=False, server_default="0"),
    reference("project_id", "projects", on_delete="SET NULL", nullable=True, index=True),
    # What a search looks through: see `search_text`.
    Column("search", Text, nullable=False, server_default=text("''")),
    Column("callable", Boolean, nullable=False, server_default=false()),
    UniqueConstraint("owner_id", "name"),
    Index(None, "updated_at", "id"),
    Index(None, "imports", "id"),
    Index(None, "name", "id"),
)

module_versions = Table(
    "module_versions",
    METADATA,
    reference("module_id", "modules", on_delete="CASCADE"),
    Column("version", String(64), nullable=False),
    Column("tree", String(64), nullable=False),
    Column("spec", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("notes", Text, nullable=False, server_default=text("''")),
    # Of the first releases, whose rows hold 0 in both, the object store knows them.
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("files", Integer, nullable=False, server_default="0"),
    Column("requirements", Text, nullable=False, server_default=text("''")),
    Column("environment", String(64), nullable=False, server_default=text("''")),
    Column("python", String(40), nullable=False, server_default=text("''")),
    Column("yanked_at", UtcDateTime),
    Column("yanked_reason", Text, nullable=False, server_default=text("''")),
    PrimaryKeyConstraint("module_id", "version"),
)

module_favourites = Table(
    "module_favourites",
    METADATA,
    reference("account_id", "accounts", on_delete="CASCADE"),
    reference("module_id", "modules", on_delete="CASCADE", index=True),
    Column("created_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("account_id", "module_id"),
)

module_uses = Table(
    "module_uses",
    METADATA,
    reference("account_id", "accounts", on_delete="CASCADE"),
    reference("module_id", "modules", on_delete="CASCADE", index=True),
    # When the account last imported or inserted it.
    Column("used_at", UtcDateTime, nullable=False),
    PrimaryKeyConstraint("account_id", "module_id"),
    Index(None, "account_id", "used_at"),
)
