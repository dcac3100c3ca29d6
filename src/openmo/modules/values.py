"""Modules: reusable algorithm components."""

from dataclasses import dataclass
from datetime import datetime

from openmo.accounts.access import Thing
from openmo.accounts.rights import Audience, Kind
from openmo.core.ids import AccountId, ModuleId
from openmo.core.visibility import Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A module with its newest version."""

    id: ModuleId
    owner_id: AccountId
    owner: str
    name: str
    title: str
    description: str
    visibility: Visibility
    version: str
    """The newest version (semver)."""
    created_at: datetime

    @property
    def identifier(self) -> str:
        """`owner/name/version`."""
        return f"{self.owner}/{self.name}/{self.version}"

    def thing(self) -> Thing:
        """The module as rights know it."""
        name = f"{self.owner}/{self.name}"
        return Thing(kind=Kind.MODULE, owner=self.owner, name=name, audience=Audience(self.visibility.value))
