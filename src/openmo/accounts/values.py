"""People, and who is acting."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from openmo.core.ids import OWNER_PATTERN, AccountId, ProjectId
from openmo.identity.caller import Caller

SAMPLES_OWNER = "openmo"
"""The account that owns the sample content; nobody can sign in as it."""


def can_be_account(name: str) -> bool:
    """Whether somebody may sign in under that name."""
    return name != SAMPLES_OWNER and re.fullmatch(OWNER_PATTERN, name) is not None


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
    only_apps: frozenset[str] | None = None
    """Set for the bearer of a token that may call these apps, as `owner/slug`, and do nothing else."""
    link: str = field(default="", repr=False)
    """The secret of an app's link, by which they came."""

    @property
    def account_id(self) -> AccountId | None:
        return self.account.id if self.account else None

    @property
    def name(self) -> str | None:
        return self.account.name if self.account else None

    @property
    def admin(self) -> bool:
        return bool(self.account and self.account.admin)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearer:
    """Who asks, where accounts are known by their names alone, as the gateway knows them."""

    name: str | None = None
    admin: bool = False
    only_project: ProjectId | None = None
    only_apps: frozenset[str] | None = None
    link: str = field(default="", repr=False)

    @classmethod
    def of(cls, caller: Caller | None, link: str) -> Self:
        """That caller, who came by that link."""
        if caller is None:
            return cls(link=link)
        return cls(name=caller.name, admin=caller.admin, only_apps=caller.apps, link=link)


VISITOR = Actor()
