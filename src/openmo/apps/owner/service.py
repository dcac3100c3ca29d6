"""What owners decide and see of their apps while those are served."""

import secrets
import shutil
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import Actor
from openmo.apps.events import activated, removed, settings_changed
from openmo.apps.owner.calls import KEPT, CallStats, Period, add_up
from openmo.apps.owner.limits import LimitBounds, change_limits
from openmo.apps.owner.log import LogPart, read_log
from openmo.apps.owner.settings import AppSettings, SettingsChange, check_origins
from openmo.apps.releases.versions import ReleaseFacts, answering, release_facts
from openmo.apps.repository import CallRepository, ReleaseRepository, SettingsRepository
from openmo.apps.values import Channel, Release
from openmo.core.clock import Clock
from openmo.core.errors import Conflict, InvalidInput, NotFound
from openmo.core.messages import message
from openmo.db.engine import Database
from openmo.events.log import EventLog
from openmo.projects.service import ProjectService
from openmo.projects.values import Project
from openmo.serving.directory import AppAccess
from openmo.serving.records import RecordedCall
from openmo.storage.store import ObjectStore

AS_PROJECT = "project"
"""The access of an app that follows its project's visibility."""
LOG_LIMIT = 2 << 20


class AppOwnerService:
    """Settings, releases that answer, figures and logs of apps; all for those alone who may edit the project."""

    def __init__(
        self,
        *,
        database: Database,
        events: EventLog,
        projects: ProjectService,
        clock: Clock,
        logs: Path,
        store: ObjectStore,
        releases: Path,
        bounds: LimitBounds | None = None,
    ) -> None:
        """`logs`: where the gateway keeps what apps print; `releases`: where the releases' trees are shown."""
        self._database = database
        self._events = events
        self._projects = projects
        self._clock = clock
        self._logs = logs
        self._store = store
        self._releases = releases
        self.bounds = bounds or LimitBounds()
        """The administrator's."""

    def now(self) -> datetime:
        """The moment up to which figures go."""
        return self._clock.now()

    def settings(self, actor: Actor, project: Project) -> AppSettings:
        """What holds now."""
        check(actor, Verb.MANAGE, project.thing(Kind.RELEASE))
        with self._database.read() as connection:
            return SettingsRepository(connection).of_project(project.id)

    def change(self, actor: Actor, project: Project, change: SettingsChange) -> AppSettings:
        """The settings afterwards; raises InvalidInput, and then nothing has changed."""
        check(actor, Verb.MANAGE, project.thing(Kind.RELEASE))
        with self._events.begin() as connection:
            repository = SettingsRepository(connection)
            before = repository.lock(project.id)
            after = self._changed(before, change)
            repository.store(project.id, after)
            self._events.append(connection, *settings_changed(actor, project.id, before, after))
            if before.keep_inputs and not after.keep_inputs:
                CallRepository(connection).forget_inputs(project.id)
        return after

    def renew_link(self, actor: Actor, project: Project) -> AppSettings:
        """Another secret link; the one before opens nothing any more."""
        check(actor, Verb.MANAGE, project.thing(Kind.RELEASE))
        with self._events.begin() as connection:
            repository = SettingsRepository(connection)
            before = repository.lock(project.id)
            after = replace(before, link=_new_link())
            repository.store(project.id, after)
            self._events.append(connection, *settings_changed(actor, project.id, before, after))
        return after

    def activate(self, actor: Actor, project: Project, version: str) -> Release:
        """That public release answers from now on, until another does; a suspended app is resumed."""
        check(actor, Verb.MANAGE, project.thing(Kind.RELEASE))
        with self._events.begin() as connection:
            repository = SettingsRepository(connection)
            settings = repository.lock(project.id)
            release = _named(ReleaseRepository(connection).of_project(project.id), version, project)
            if release.channel is not Channel.RELEASE:
                raise Conflict("A development release cannot answer everybody: deploy it as a release.")
            after = replace(settings, active_version=version, suspended=False)
            repository.store(project.id, after)
            changed = settings_changed(actor, project.id, settings, after)
            self._events.append(connection, activated(actor, release), *changed)
        return release

    def versions(self, actor: Actor, project: Project) -> tuple[ReleaseFacts, ...]:
        """Every release, the newest first, with its size and what it changed."""
        check(actor, Verb.MANAGE, project.thing(Kind.RELEASE))
        with self._database.read() as connection:
            found = ReleaseRepository(connection).of_project(project.id)
            settings = SettingsRepository(connection).of_project(project.id)
        return release_facts(found, None if settings.suspended else answering(found, settings), self._store)

    def delete_release(self, actor: Actor, project: Project, version: str) -> Release:
        """That release answers no more and its tree is gone; raises Conflict for the one that answers.

        Its version stays used, and the object store keeps the contents of its files.
        """
        check(actor, Verb.MANAGE, project.thing(Kind.RELEASE))
        with self._events.begin() as connection:
            settings = SettingsRepository(connection).lock(project.id)
            repository = ReleaseRepository(connection)
            found = repository.of_project(project.id)
            release = _named(found, version, project)
            if not settings.suspended and release == answering(found, settings):
                raise Conflict("This release answers calls: let another one answer, or suspend the app, first.")
            repository.remove(release, self._clock.now())
            self._events.append(connection, removed(actor, release))
            if settings.active_version == version:
                SettingsRepository(connection).store(project.id, replace(settings, active_version=None))
        shutil.rmtree(self._releases / release.id, ignore_errors=True)
        return release

    def stats(self, actor: Actor, project: Project, *, period: Period, days: int) -> CallStats:
        """The figures of the last `days`, at most 90."""
        check(actor, Verb.MANAGE, project.thing(Kind.RELEASE))
        since = self._clock.now() - min(timedelta(days=days), KEPT)
        with self._database.read() as connection:
            tallies = CallRepository(connection).tallies(project.id, since)
        return add_up(tallies, period)

    def recent_calls(self, actor: Actor, project: Project) -> tuple[RecordedCall, ...]:
        """Calls that failed, with their tracebacks, and others while inputs are kept; newest first."""
        check(actor, Verb.MANAGE, project.thing(Kind.RELEASE))
        with self._database.read() as connection:
            return CallRepository(connection).calls(project.id)

    def log(self, actor: Actor, project: Project, *, limit: int = LOG_LIMIT, after: str = "") -> LogPart:
        """The newest `limit` bytes of what the app printed, or the first behind a place in it (see `read_log`)."""
        check(actor, Verb.MANAGE, project.thing(Kind.RELEASE))
        return read_log(self._logs / f"{project.id}.log", limit, after)

    def _changed(self, settings: AppSettings, change: SettingsChange) -> AppSettings:
        if change.access is not None:
            settings = _with_access(settings, change.access)
        if change.limits is not None:
            settings = replace(settings, limits=change_limits(settings.limits, change.limits, self.bounds))
        if change.origins is not None:
            settings = replace(settings, origins=check_origins(change.origins))
        if change.keep_inputs is not None:
            settings = replace(settings, keep_inputs=change.keep_inputs)
        if change.suspended is not None:
            settings = replace(settings, suspended=change.suspended)
        return settings


def _named(releases: tuple[Release, ...], version: str, project: Project) -> Release:
    for release in releases:
        if release.version == version:
            return release
    raise NotFound(message("%(project)s has no release %(version)s.", project=project.full_name, version=version[:40]))


def _with_access(settings: AppSettings, access: str) -> AppSettings:
    if access == AS_PROJECT:
        return replace(settings, access=None)
    try:
        wanted = AppAccess(access)
    except ValueError:
        choices = ", ".join([AS_PROJECT, *AppAccess])
        raise InvalidInput(message("Access can be one of %(choices)s.", choices=choices), field="access") from None
    renew = wanted is AppAccess.LINK and settings.access is not AppAccess.LINK
    return replace(settings, access=wanted, link=_new_link() if renew else settings.link)


def _new_link() -> str:
    return secrets.token_urlsafe(32)
