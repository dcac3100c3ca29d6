"""Imports on the wire."""

from collections.abc import Callable

from pydantic import BaseModel

from openmo.core.messages import translated
from openmo.modules.values import Module
from openmo.projects.imports.updates import ModuleUpdate
from openmo.projects.imports.values import DatasetImport, ModuleImport
from openmo.projects.values import Project

Translate = Callable[[str], str]
"""A sentence in the reader's language."""


class DatasetImportView(BaseModel):
    """A dataset that a project uses."""

    dataset: str
    """`owner/name`."""
    version: int
    folder: str
    newer: int | None
    """The newest version, where it is newer; else null."""
    hidden: bool
    """Whether its owner has hidden it since."""

    @classmethod
    def of(cls, item: DatasetImport) -> "DatasetImportView":
        return cls(
            dataset=item.dataset.full_name,
            version=item.version,
            folder=item.folder,
            newer=item.newer,
            hidden=item.hidden,
        )


class DatasetImportList(BaseModel):
    items: list[DatasetImportView]


class DatasetReference(BaseModel):
    """A dataset to import."""

    dataset: str
    """`owner/name`, or `owner/name@version`: without, the newest."""


class ModuleImportView(BaseModel):
    """A module version that a project uses."""

    identifier: str
    folder: str
    newer: str
    """The newest release, where it is newer; else empty."""
    yanked_reason: str | None
    """Why this version was yanked; null: it was not."""

    @classmethod
    def of(cls, item: ModuleImport) -> "ModuleImportView":
        return cls(identifier=item.identifier, folder=item.folder, newer=item.newer, yanked_reason=item.yanked_reason)


class ModuleImportList(BaseModel):
    items: list[ModuleImportView]


class CallChangeView(BaseModel):
    """A line of a notebook or script that names another version."""

    file: str
    cell: int | None
    """The number of the notebook's cell, from 1; null in a script."""
    line: int
    """From 1, in the cell or script."""
    before: str
    after: str


class SkippedFileView(BaseModel):
    """A file that was not looked through."""

    file: str
    why: str


class ModuleUpdateView(BaseModel):
    """What an update changes, or has changed."""

    before: str
    """`owner/name/version`."""
    after: str
    calls: list[CallChangeView]
    skipped: list[SkippedFileView]
    digest: str
    """Of these changes: who sends it with the update agrees to them, and to no others."""

    @classmethod
    def of(cls, update: ModuleUpdate, say: Translate) -> "ModuleUpdateView":
        """`say`: into the reader's language."""
        calls = [
            CallChangeView(file=path, cell=each.cell, line=each.line, before=each.before, after=each.after)
            for path, each in update.calls
        ]
        return cls(
            before=str(update.before),
            after=str(update.after),
            calls=calls,
            skipped=[SkippedFileView(file=each.path, why=translated(each.why, say)) for each in update.skipped],
            digest=update.digest,
        )


class ModuleUpdateRequest(BaseModel):
    """An update that somebody has agreed to."""

    version: str = ""
    """Empty: the newest release."""
    digest: str
    """Of the preview."""


class ModuleUserView(BaseModel):
    """A public project that imports a module."""

    project: str
    """`owner/name`."""
    title: str
    url: str


class ModuleUserList(BaseModel):
    items: list[ModuleUserView]
    """Those that were changed last."""
    total: int
    """Projects that import it, private ones too."""

    @classmethod
    def of(cls, module: Module, projects: tuple[Project, ...]) -> "ModuleUserList":
        items = [
            ModuleUserView(project=each.full_name, title=each.title, url=f"/projects/{each.full_name}")
            for each in projects
        ]
        return cls(items=items, total=module.imports)


class ModuleReference(BaseModel):
    """A module to import."""

    module: str
    """`owner/name` or `owner/name/version`."""
