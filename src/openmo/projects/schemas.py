"""Projects on the wire."""

from datetime import datetime

from pydantic import BaseModel, Field

from openmo.core.hostile.files import FileEntry
from openmo.core.visibility import Visibility
from openmo.projects.values import Project, ProjectKind


class ProjectView(BaseModel):
    """A project as API callers see it."""

    id: str
    owner: str
    name: str
    full_name: str
    title: str
    description: str
    kind: ProjectKind
    visibility: Visibility
    created_at: datetime
    updated_at: datetime
    url: str

    @classmethod
    def of(cls, project: Project) -> "ProjectView":
        return cls(
            id=project.id,
            owner=project.owner,
            name=project.name,
            full_name=project.full_name,
            title=project.title,
            description=project.description,
            kind=project.kind,
            visibility=project.visibility,
            created_at=project.created_at,
            updated_at=project.updated_at,
            url=f"/projects/{project.full_name}",
        )


class ProjectList(BaseModel):
    items: list[ProjectView]


class ProjectDraft(BaseModel):
    """A project to be made."""

    title: str = ""
    name: str = ""
    description: str = ""
    kind: ProjectKind | None = None
    visibility: Visibility = Visibility.PRIVATE
    template: str = "blank"


class ProjectChange(BaseModel):
    """What to change of a project; a field left out stays as it is."""

    title: str | None = Field(default=None)
    description: str | None = None
    visibility: Visibility | None = None


class FileEntryView(BaseModel):
    """One entry of a folder."""

    name: str
    path: str
    is_folder: bool
    is_import: bool
    bytes: int
    modified_at: datetime

    @classmethod
    def of(cls, entry: FileEntry) -> "FileEntryView":
        return cls(**{name: getattr(entry, name) for name in cls.model_fields})


class FileList(BaseModel):
    items: list[FileEntryView]
