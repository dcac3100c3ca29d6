"""Datasets: versioned collections of files."""

from dataclasses import dataclass
from datetime import datetime

from openmo.accounts.access import Thing
from openmo.accounts.rights import Audience, Kind
from openmo.core.ids import AccountId, DatasetId
from openmo.core.visibility import Visibility


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A dataset with its newest version."""

    id: DatasetId
    owner_id: AccountId
    owner: str
    name: str
    title: str
    description: str
    visibility: Visibility
    version: int
    """The newest version's number, from 1."""
    files: int
    bytes: int
    created_at: datetime
    updated_at: datetime

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner}/{self.name}"

    def thing(self) -> Thing:
        """The dataset as rights know it."""
        return Thing(kind=Kind.DATASET, owner=self.owner, name=self.full_name, audience=Audience(self.visibility.value))

    @property
    def folder(self) -> str:
        """Its entry in a project's `datasets` folder."""
        return f"{self.owner}-{self.name}"
