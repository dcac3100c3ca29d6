"""Projects: workspace folders with notebooks and code."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from openmo.accounts.access import Thing
from openmo.accounts.rights import Audience, Kind
from openmo.core.hostile.folder import HostileFolder
from openmo.core.ids import AccountId, ProjectId
from openmo.core.visibility import Visibility


class ProjectKind(StrEnum):
    """What a project is made to become."""

    APP = "app"
    MODULE = "module"


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A workspace and what is known of it."""

    id: ProjectId
    owner_id: AccountId
    owner: str
    """The owner's account name."""
    name: str
    """Its name in URLs: a-z, 0-9, '-' and '_'."""
    title: str
    """Its name for people, in any script."""
    description: str
    kind: ProjectKind
    visibility: Visibility
    slug: str
    """The name of its server in JupyterHub; never changes."""
    created_at: datetime
    updated_at: datetime

    @property
    def full_name(self) -> str:
        """`owner/name`."""
        return f"{self.owner}/{self.name}"

    def thing(self, kind: Kind = Kind.PROJECT) -> Thing:
        """The project as rights know it; or what it holds of that kind, which has its audience."""
        return Thing(
            kind=kind, owner=self.owner, name=self.full_name, audience=Audience(self.visibility.value), project=self.id
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFolders:
    """Where a project lives on disk."""

    root: Path
    """The platform's own; what lies in it is its user's."""

    @property
    def workspace(self) -> HostileFolder:
        """What the user sees in JupyterLab; the kernel's working directory."""
        return HostileFolder(self.root / "workspace")

    @property
    def home(self) -> HostileFolder:
        """HOME of the project's kernels: settings, caches and packages that the user installs."""
        return HostileFolder(self.root / "home")

    @property
    def temporary(self) -> HostileFolder:
        return HostileFolder(self.root / "tmp")

    @property
    def results(self) -> HostileFolder:
        return self.workspace.below("results")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A starting point for a project."""

    name: str
    kind: ProjectKind
    titles: dict[str, str]
    """By language: `en`, `zh-CN`."""
    descriptions: dict[str, str]
    datasets: tuple[str, ...] = ()
    """`owner/name` of each dataset that it imports."""
    optional_datasets: tuple[str, ...] = ()
    """As `datasets`; one that this installation does not have is left out."""
    modules: tuple[str, ...] = ()
    """`owner/name/version` of each module that it imports."""
