"""What happens to releases and to apps as a whole, as the log of events has it."""

from collections.abc import Iterator
from dataclasses import fields

from openmo.accounts.values import Actor
from openmo.apps.owner.settings import AppSettings
from openmo.apps.values import Release
from openmo.core.ids import ProjectId
from openmo.events.values import (
    AppResumed,
    AppSettingsChanged,
    AppSuspended,
    Event,
    ReleaseActivated,
    ReleaseDeployed,
    ReleaseRemoved,
)


def deployed(actor: Actor, release: Release) -> Event:
    return ReleaseDeployed(
        actor_id=actor.account_id,
        project_id=release.project_id,
        release_id=release.id,
        version=release.version,
        channel=release.channel,
    )


def activated(actor: Actor, release: Release) -> Event:
    return ReleaseActivated(
        actor_id=actor.account_id, project_id=release.project_id, release_id=release.id, version=release.version
    )


def removed(actor: Actor, release: Release) -> Event:
    return ReleaseRemoved(
        actor_id=actor.account_id, project_id=release.project_id, release_id=release.id, version=release.version
    )


def settings_changed(actor: Actor, project_id: ProjectId, before: AppSettings, after: AppSettings) -> Iterator[Event]:
    """What differs, by name: values may be secrets (the link). Which release answers has an event of its own."""
    if before.suspended != after.suspended:
        happened = AppSuspended if after.suspended else AppResumed
        yield happened(actor_id=actor.account_id, project_id=project_id)
    names = {field.name for field in fields(AppSettings)} - {"suspended", "active_version"}
    if changed := tuple(sorted(name for name in names if getattr(before, name) != getattr(after, name))):
        yield AppSettingsChanged(actor_id=actor.account_id, project_id=project_id, fields=changed)
