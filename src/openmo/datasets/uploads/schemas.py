"""Uploads on the wire."""

from datetime import datetime

from pydantic import BaseModel, Field

from openmo.core.catalogue import Category
from openmo.datasets.uploads.values import MAX_FILES, NewDataset, SentFile, Upload, UploadState

_TEXT = 20_000


class NewDatasetDraft(BaseModel):
    """What a dataset that is to be made will be called."""

    name: str = Field(default="", max_length=80)
    """Its place in addresses; it may be given when the upload is finished."""
    title: str = Field(default="", max_length=1000)
    """Empty: as the name."""
    description: str = Field(default="", max_length=_TEXT)
    category: Category = Category.OTHER
    tags: list[str] = Field(default=[], max_length=100)
    licence: str = Field(default="", max_length=1000)
    """An SPDX identifier, or a few words."""
    public: bool = False

    def value(self) -> NewDataset:
        return NewDataset(
            name=self.name,
            title=self.title,
            description=self.description,
            category=self.category.value,
            tags=self.tags,
            licence=self.licence,
            public=self.public,
        )


class UploadDraft(BaseModel):
    """An upload to be opened: for the next version of a dataset, or for a new one."""

    dataset: str = Field(default="", max_length=200)
    """`owner/name`; empty: a dataset is made."""
    new: NewDatasetDraft | None = None


class RemovalDraft(BaseModel):
    """What of the version before is not in the next one."""

    patterns: list[str] = Field(max_length=100)
    """Paths of files or folders; `*` and `?` stand for characters of a name, `**` for any folders."""


class FinishDraft(BaseModel):
    """What is said of the version that is made."""

    notes: str = Field(default="", max_length=_TEXT)
    new: NewDatasetDraft | None = None
    """What the new dataset is called; null: as when the upload was opened."""
    onto: int | None = Field(default=None, ge=1, lt=1 << 31)
    """The newest version, where another came since the upload was opened, and the changes are for it."""


class UploadView(BaseModel):
    """An upload as it stands."""

    id: str
    dataset: str
    """`owner/name`; of a dataset that is to be made, as it will be called."""
    base_version: int
    """The version that the files change; 0: none."""
    new: NewDatasetDraft | None
    """What is to be made; null: the next version of a dataset."""
    state: UploadState
    version: int | None
    """The version that was made."""
    notes: str
    removed: list[str]
    """Patterns of what of the version before is not in the next one."""
    problem: str
    """Why the last finishing failed: the upload is open again. Empty: nothing did."""
    files: int
    whole_files: int
    """Those of which nothing is awaited any more."""
    bytes: int
    sent_bytes: int
    checked_bytes: int
    """While a version is made: of how many the hash is known."""
    created_at: datetime
    expires_at: datetime
    """When it goes, unless something comes."""

    @classmethod
    def of(cls, upload: Upload, *, problem: str) -> "UploadView":
        session, progress = upload.session, upload.progress
        new = session.new
        return cls(
            id=session.id,
            dataset=upload.dataset,
            base_version=session.base_version,
            new=None if new is None else _draft(new),
            state=session.state,
            version=session.version,
            notes=session.notes,
            removed=list(session.removed),
            problem=problem,
            files=progress.files,
            whole_files=progress.whole_files,
            bytes=progress.bytes,
            sent_bytes=progress.sent_bytes,
            checked_bytes=progress.checked_bytes,
            created_at=session.created_at,
            expires_at=session.expires_at,
        )


class UploadList(BaseModel):
    items: list[UploadView]


class RemovalView(BaseModel):
    """What is removed now."""

    removed: list[str]
    files: int
    """How many files of the version before that are."""


class SentFileView(BaseModel):
    """A file that is sent."""

    number: int
    """`…/files/{number}` is where it is sent to."""
    path: str
    bytes: int
    offset: int
    """How much of it is here."""
    sha256: str
    """What it will be, where the sender said so."""

    @classmethod
    def of(cls, sent: SentFile) -> "SentFileView":
        file = sent.file
        return cls(number=file.number, path=file.path, bytes=file.bytes, offset=sent.offset, sha256=file.sha256)


class SentFileList(BaseModel):
    """A page of files by number."""

    items: list[SentFileView]
    next: int | None = Field(ge=0, le=MAX_FILES)
    """`after` of the next page; null: this is the last."""


def _draft(new: NewDataset) -> NewDatasetDraft:
    return NewDatasetDraft(
        name=new.name,
        title=new.title,
        description=new.description,
        category=Category(new.category),
        tags=list(new.tags),
        licence=new.licence,
        public=new.public,
    )
