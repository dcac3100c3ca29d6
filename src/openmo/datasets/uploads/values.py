"""Uploads: sessions in which files are sent, of which a version of a dataset is made."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import NewType

import msgspec

from openmo.core.catalogue import Category
from openmo.core.errors import InvalidInput, InvalidTransition
from openmo.core.ids import AccountId, DatasetId
from openmo.core.messages import Message, message
from openmo.core.visibility import Visibility
from openmo.datasets.values import DatasetDraft

UploadId = NewType("UploadId", str)

KEPT_FOR = timedelta(days=7)
"""A session that nobody touches for so long is gone, with what was sent."""
MAX_SESSIONS = 20
"""Open ones of an account."""
MAX_FILES = 1_000_000
"""Of a session."""
PAGE_LIMIT = 1000


class UploadState(StrEnum):
    """Where a session stands."""

    OPEN = "open"
    """Files are sent."""
    FINISHING = "finishing"
    """A version is made of them."""
    FINISHED = "finished"


_MOVES: Mapping[UploadState, frozenset[UploadState]] = {
    UploadState.OPEN: frozenset({UploadState.FINISHING}),
    UploadState.FINISHING: frozenset({UploadState.FINISHED, UploadState.OPEN}),
    UploadState.FINISHED: frozenset(),
}
"""From finishing back to open: what was sent is not what was to be sent, or the name was taken meanwhile."""


class NewDataset(msgspec.Struct, frozen=True, kw_only=True):
    """What a dataset that is to be made will be called."""

    name: str = ""
    title: str = ""
    description: str = ""
    category: str = "other"
    tags: list[str] = []
    licence: str = ""
    public: bool = False

    def draft(self) -> DatasetDraft:
        """The same as datasets are made of it; raises InvalidInput for a category that there is not."""
        try:
            category = Category(self.category)
        except ValueError:
            raise InvalidInput("There is no such category.", field="category") from None
        return DatasetDraft(
            name=self.name,
            title=self.title,
            description=self.description,
            category=category,
            tags=tuple(self.tags),
            licence=self.licence,
            visibility=Visibility.PUBLIC if self.public else Visibility.PRIVATE,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadSession:
    """A session."""

    id: UploadId
    account_id: AccountId
    dataset_id: DatasetId | None
    """Whose next version it makes; None: a dataset is made."""
    base_version: int
    """The version that the files change; 0: none."""
    new: NewDataset | None
    removed: tuple[str, ...]
    """Patterns of the base version's paths that are not in the next one."""
    state: UploadState
    version: int | None
    """What was made."""
    notes: str
    problem: Message | None
    """Why the last finishing failed."""
    created_at: datetime
    touched_at: datetime

    @property
    def expires_at(self) -> datetime:
        return self.touched_at + KEPT_FOR


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadFile:
    """A file that is sent, or was."""

    number: int
    """In its session, from 1."""
    path: str
    bytes: int
    sha256: str = ""
    """What it will be, where the sender knows; in hexadecimal digits."""
    stored: str = ""
    """The content of a file of the base version that is the same: nothing is sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentFile:
    """A file with how much of it is here."""

    file: UploadFile
    offset: int

    @property
    def is_whole(self) -> bool:
        return self.offset == self.file.bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitedFile:
    """A file of a session, and where it lies."""

    session: UploadSession
    file: UploadFile
    path: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What of a session is here."""

    files: int = 0
    whole_files: int = 0
    bytes: int = 0
    sent_bytes: int = 0
    checked_bytes: int = 0
    """While a version is made: of how many the hash is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A session as it stands."""

    session: UploadSession
    dataset: str
    """`owner/name`."""
    progress: Progress = field(default_factory=Progress)


def check_upload_move(before: UploadState, after: UploadState) -> None:
    """Nothing, when the move is legal; raises InvalidTransition otherwise."""
    if after not in _MOVES[before]:
        raise InvalidTransition(
            message("An upload that is %(before)s cannot become %(after)s.", before=before, after=after),
            before=before,
            after=after,
        )
