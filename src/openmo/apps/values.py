"""Apps: deployed projects and their releases."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from openmo.accounts.access import Thing
from openmo.accounts.rights import Audience, Kind
from openmo.core.ids import ProjectId, ReleaseId
from openmo.serving.directory import DeployedRelease
from openmo.specs.values import Spec


class Channel(StrEnum):
    """Who a release is for."""

    DEV = "dev"
    """Its owner alone."""
    RELEASE = "release"
    """Everybody who may see the project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """An immutable, numbered snapshot of a project."""

    id: ReleaseId
    project_id: ProjectId
    owner: str
    project: str
    version: str
    channel: Channel
    tree: str
    spec: Spec
    """What its app_spec.yml says."""
    environment: str
    """Digest of the environment that it runs in."""
    notes: str
    created_at: datetime


DEV_VERSION = "dev"
"""The version of the development channel: it moves with every deploy."""


def run_path(app: str, *, link: str = "", version: str = "") -> str:
    """Where calls of the app `owner/name` go: by its secret link, to one version, where those are given."""
    return f"/run/{f'~{link}/' if link else ''}{app}{f'@{version}' if version else ''}"


def app_thing(release: DeployedRelease) -> Thing:
    """A deployed release as rights know it: a development release is private, whatever its app's audience."""
    published = release.channel == Channel.RELEASE
    return Thing(
        kind=Kind.APP,
        owner=release.owner,
        name=f"{release.owner}/{release.app}",
        audience=Audience(release.access.value) if published else Audience.PRIVATE,
        project=release.project_id,
        app=f"{release.owner}/{release.slug}",
        link=release.link,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AppReading:
    """What deploying would publish, read from the project without running it."""

    spec: Spec
    warnings: tuple[str, ...]
    """What somebody should look at before they deploy."""
    version: str
    """The version that the next release would get."""
