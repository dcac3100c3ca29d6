"""Apps on the wire."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from openmo.apps.values import AppReading, Channel, Release


class ReleaseView(BaseModel):
    """A release as API callers see it."""

    version: str
    channel: Channel
    notes: str
    created_at: datetime
    spec: dict[str, Any]
    page: str
    run: str

    @classmethod
    def of(cls, release: Release) -> "ReleaseView":
        app = f"{release.owner}/{release.project}"
        return cls(
            version=release.version,
            channel=release.channel,
            notes=release.notes,
            created_at=release.created_at,
            spec=release.spec,
            page=f"/projects/{app}/use",
            run=f"/run/{app}",
        )


class ReleaseList(BaseModel):
    items: list[ReleaseView]


class ReleaseDraft(BaseModel):
    """A release to be made."""

    version: str | None = None
    channel: Channel = Channel.RELEASE
    notes: str = ""


class AppReadingView(BaseModel):
    """What deploying would publish."""

    spec: dict[str, Any]
    warnings: list[str]
    version: str

    @classmethod
    def of(cls, reading: AppReading) -> "AppReadingView":
        return cls(spec=reading.spec, warnings=list(reading.warnings), version=reading.version)
