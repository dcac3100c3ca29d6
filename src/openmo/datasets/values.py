"""Datasets: versioned collections of files."""

from dataclasses import dataclass, replace
from datetime import datetime

from openmo.accounts.access import Thing
from openmo.accounts.rights import Audience, Kind
from openmo.accounts.values import Account
from openmo.core.catalogue import Category, ListScope, ListSort, check_tags, searchable
from openmo.core.errors import InvalidInput
from openmo.core.ids import AccountId, DatasetId, check_name, new_id
from openmo.core.messages import message
from openmo.core.text import one_line, some_lines
from openmo.core.visibility import Visibility

NOTES_LIMIT = 10_000
LICENCE_LIMIT = 80
_TITLE_LIMIT = 200
_DESCRIPTION_LIMIT = 4000
_DIGITS = 9


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
    category: Category
    tags: tuple[str, ...]
    licence: str
    """An SPDX identifier or a few words; empty: its owner has not said."""
    imports: int
    """How many projects import it."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetVersion:
    """A version of a dataset: its files never change."""

    number: int
    tree: str
    """The digest of its files: of their paths, sizes and contents."""
    notes: str
    """What is new in it."""
    files: int
    bytes: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetDraft:
    """What an owner says of a new dataset."""

    name: str
    title: str = ""
    """Empty: as the name."""
    description: str = ""
    category: Category = Category.OTHER
    tags: tuple[str, ...] = ()
    licence: str = ""
    visibility: Visibility = Visibility.PRIVATE

    def checked(self) -> "DatasetDraft":
        """The same, as it is stored; raises InvalidInput, which names the field."""
        return replace(
            self,
            name=check_name(self.name, what=message("dataset name")),
            title=checked_title(self.title) or self.name,
            description=checked_description(self.description),
            tags=check_tags(self.tags),
            licence=checked_licence(self.licence),
        )

    def dataset(self, owner: Account, now: datetime) -> Dataset:
        """The dataset as it will be with its first version, whose files it does not know; raises InvalidInput."""
        said = self.checked()
        return Dataset(
            id=DatasetId(new_id()),
            owner_id=owner.id,
            owner=owner.name,
            name=said.name,
            title=said.title,
            description=said.description,
            visibility=said.visibility,
            category=said.category,
            tags=said.tags,
            licence=said.licence,
            imports=0,
            version=0,
            files=0,
            bytes=0,
            created_at=now,
            updated_at=now,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetQuery:
    """Which datasets a list shows; what is not said does not matter."""

    search: str = ""
    """Words, each of which is in the name, title, description or tags."""
    category: Category | None = None
    tag: str = ""
    scope: ListScope = ListScope.ALL
    sort: ListSort = ListSort.NEWEST
    limit: int = 30
    after: str = ""
    """`next` of the page before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetPage:
    """One page of a list."""

    items: tuple[Dataset, ...]
    next: str
    """`after` of the next page; empty: this is the last."""
    favourites: frozenset[DatasetId]
    """Which of them the reader has marked."""


def version_number(text: str) -> int | None:
    """The number that a reference names; None: it names none. Raises InvalidInput."""
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS and int(text) > 0):
        raise InvalidInput(
            message("%(text)s is no version of a dataset: write a number, such as 2.", text=repr(text[:40])),
            field="version",
        )
    return int(text)


def search_text(dataset: Dataset) -> str:
    """What a search looks through."""
    return searchable(dataset.full_name, dataset.title, dataset.description, dataset.tags)


def checked_title(text: str) -> str:
    """On one line; raises InvalidInput."""
    return one_line(text, what=message("The title"), limit=_TITLE_LIMIT, field="title")


def checked_description(text: str) -> str:
    """Raises InvalidInput."""
    return some_lines(text, what=message("The description"), limit=_DESCRIPTION_LIMIT, field="description")


def checked_licence(text: str) -> str:
    """On one line; raises InvalidInput."""
    return one_line(text, what=message("The licence"), limit=LICENCE_LIMIT, field="licence")


def checked_notes(text: str) -> str:
    """Raises InvalidInput."""
    return some_lines(text, what=message("The version's notes"), limit=NOTES_LIMIT, field="notes")
