"""People, and who is acting."""

from dataclasses import dataclass
from datetime import datetime

from openmo.core.ids import AccountId, ProjectId

SAMPLES_OWNER = "openmo"
"""The account that owns the sample content; nobody can sign in as it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who owns things; known to JupyterHub under the same name."""

    id: AccountId
    name: str
    admin: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks: an account, or nobody in particular (a visitor)."""

    account: Account | None = None
    only_project: ProjectId | None = None
    """Set for a project's own JupyterLab server, which may act on that project alone."""

    @property
    def name(self) -> str | None:
        return self.account.name if self.account else None

    @property
    def admin(self) -> bool:
        return bool(self.account and self.account.admin)

    def owns(self, owner_id: AccountId) -> bool:
        """Whether the thing of that owner is this actor's own."""
        return self.account is not None and self.account.id == owner_id


VISITOR = Actor()
