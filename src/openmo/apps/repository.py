"""SQL of releases, and of what is known and decided about the apps that they make."""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, and_, delete, exists, insert, or_, select, true, tuple_, update
from sqlalchemy.exc import IntegrityError

from openmo.apps.owner.settings import AppSettings
from openmo.apps.values import Channel, Release
from openmo.core.errors import Conflict
from openmo.core.ids import ProjectId, new_id
from openmo.core.messages import message
from openmo.core.visibility import Visibility
from openmo.db.rows import Query, Row, all_rows, first_row
from openmo.db.tables import accounts, app_call_hours, app_calls, app_settings, projects, releases
from openmo.serving.directory import AppAccess
from openmo.serving.records import CallTally, RecordedCall
from openmo.specs.errors import SpecError
from openmo.specs.files import app_spec_data, read_app_spec
from openmo.specs.values import Spec

_COLUMNS = tuple(column for column in releases.c if column.name != "removed_at")
_MAX_SPECS = 4096
_specs: dict[str, Spec] = {}
_log = logging.getLogger(__name__)
_THERE = releases.c.removed_at.is_(None)


class ReleaseRepository:
    """Releases in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_project(self, project_id: ProjectId) -> tuple[Release, ...]:
        """Newest first."""
        query = _query().where(releases.c.project_id == project_id, _THERE)
        ordered = query.order_by(releases.c.created_at.desc(), releases.c.id.desc())
        return tuple(_release(row) for row in all_rows(self._connection, ordered))

    def live(self) -> frozenset[str]:
        """The ids of all that were not removed."""
        return frozenset(row[0] for row in self._connection.execute(select(releases.c.id).where(_THERE)))

    def public_apps(self) -> frozenset[ProjectId]:
        """Projects with a release that is not the owner's alone, unless they are suspended."""
        query = select(releases.c.project_id).where(releases.c.channel == Channel.RELEASE, _THERE)
        down = select(app_settings.c.project_id).where(app_settings.c.suspended)
        rows = self._connection.execute(query.where(releases.c.project_id.not_in(down)).distinct())
        return frozenset(row[0] for row in rows)

    def public_names(self, after: tuple[str, str], limit: int) -> tuple[tuple[str, str], ...]:
        """Owners and names of the apps that everybody may call, in order."""
        released = exists().where(releases.c.project_id == projects.c.id, releases.c.channel == Channel.RELEASE, _THERE)
        access = app_settings.c.access
        open_to_all = or_(
            access == AppAccess.PUBLIC, and_(access.is_(None), projects.c.visibility == Visibility.PUBLIC)
        )
        name = tuple_(accounts.c.name, projects.c.name)
        query = (
            select(accounts.c.name, projects.c.name)
            .join(accounts, accounts.c.id == projects.c.owner_id)
            .outerjoin(app_settings, app_settings.c.project_id == projects.c.id)
            .where(open_to_all, released, app_settings.c.suspended.is_not(true()), name > after)
        )
        rows = self._connection.execute(query.order_by(accounts.c.name, projects.c.name).limit(limit))
        return tuple((row[0], row[1]) for row in rows)

    def add(self, release: Release, *, resume: bool) -> None:
        """It answers from now on; raises Conflict when the version exists; `dev` replaces the last one.

        `resume`: also of an app that is suspended.
        """
        if release.channel is Channel.DEV:
            self._connection.execute(
                delete(releases).where(
                    releases.c.project_id == release.project_id, releases.c.version == release.version
                )
            )
        else:  # what is deployed now shall answer, whatever was rolled back to before
            settings = update(app_settings).where(app_settings.c.project_id == release.project_id)
            self._connection.execute(settings.values(active_version=None, **({"suspended": False} if resume else {})))
        values = {column.name: getattr(release, column.name) for column in _COLUMNS}
        values["spec"] = app_spec_data(release.spec)
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(releases).values(values))
        except IntegrityError as error:
            raise Conflict(
                message("Version %(version)s exists already: releases never change.", version=release.version),
                field="version",
            ) from error

    def versions_ever(self, project_id: ProjectId) -> tuple[str, ...]:
        """Of public releases, those that were removed among them: a version never means two things."""
        query = select(releases.c.version).where(
            releases.c.project_id == project_id, releases.c.channel == Channel.RELEASE
        )
        return tuple(row[0] for row in self._connection.execute(query))

    def remove(self, release: Release, moment: datetime) -> None:
        """It answers no more; of a development version nothing stays, of others that there was one."""
        this = releases.c.id == release.id
        if release.channel is Channel.DEV:
            self._connection.execute(delete(releases).where(this))
        else:
            self._connection.execute(update(releases).where(this).values(removed_at=moment))

    def remove_all(self, project_id: ProjectId) -> None:
        self._connection.execute(delete(releases).where(releases.c.project_id == project_id))


class SettingsRepository:
    """Owners' settings of their apps, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_project(self, project_id: ProjectId) -> AppSettings:
        """The stored settings, or the defaults."""
        found = select(app_settings).where(app_settings.c.project_id == project_id)
        row = first_row(self._connection, found)
        if row is None:
            return AppSettings()
        return AppSettings(
            access=None if row["access"] is None else AppAccess(row["access"]),
            link=row["link"],
            active_version=row["active_version"],
            limits=row["limits"],
            origins=tuple(row["origins"]),
            keep_inputs=row["keep_inputs"],
            suspended=row["suspended"],
        )

    def lock(self, project_id: ProjectId) -> AppSettings:
        """As of_project; until the transaction ends nobody else changes them."""
        project = select(projects.c.id).where(projects.c.id == project_id)
        self._connection.execute(project.with_for_update())  # SQLite's transactions hold the only lock already
        return self.of_project(project_id)

    def store(self, project_id: ProjectId, settings: AppSettings) -> None:
        """Replaces the settings; lock them first."""
        values = {
            "access": settings.access,
            "link": settings.link,
            "active_version": settings.active_version,
            "limits": dict(settings.limits),
            "origins": list(settings.origins),
            "keep_inputs": settings.keep_inputs,
            "suspended": settings.suspended,
        }
        changed = update(app_settings).where(app_settings.c.project_id == project_id).values(values)
        if not self._connection.execute(changed).rowcount:
            self._connection.execute(insert(app_settings).values(project_id=project_id, **values))


class CallRepository:
    """What is known of apps' calls, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def existing(self, project_ids: Iterable[ProjectId]) -> frozenset[ProjectId]:
        """Those of these projects that are there."""
        rows = self._connection.execute(select(projects.c.id).where(projects.c.id.in_(set(project_ids))))
        return frozenset(row[0] for row in rows)

    def add_tally(self, tally: CallTally) -> None:
        """Adds to what is known of that hour. One process writes these, so reading before writing is safe."""
        table = app_call_hours
        same = and_(
            table.c.project_id == tally.project_id, table.c.version == tally.version, table.c.hour == tally.hour
        )
        known = first_row(self._connection, select(table).where(same).with_for_update())
        durations = Counter({int(bucket): count for bucket, count in (known["durations"] if known else {}).items()})
        durations.update(tally.durations)
        values = {
            "calls": (known["calls"] if known else 0) + tally.calls,
            "errors": (known["errors"] if known else 0) + tally.errors,
            "durations": {str(bucket): count for bucket, count in sorted(durations.items())},
        }
        if known is not None:
            self._connection.execute(update(table).where(same).values(values))
        else:
            names = {"project_id": tally.project_id, "version": tally.version, "hour": tally.hour}
            self._connection.execute(insert(table).values({**names, **values}))

    def tallies(self, project_id: ProjectId, since: datetime) -> tuple[CallTally, ...]:
        """By hour, oldest first."""
        table = app_call_hours
        query = select(table).where(table.c.project_id == project_id, table.c.hour >= since)
        rows = all_rows(self._connection, query.order_by(table.c.hour, table.c.version))
        return tuple(
            CallTally(**{**row, "durations": {int(bucket): count for bucket, count in row["durations"].items()}})
            for row in rows
        )

    def add_calls(self, calls: Sequence[RecordedCall], *, keep: int) -> None:
        """Also forgets all but the newest `keep` of each project."""
        rows = [
            {column.name: getattr(call, column.name) for column in app_calls.c if column.name != "id"} for call in calls
        ]
        self._connection.execute(insert(app_calls), [{"id": new_id(), **row} for row in rows])
        for project_id in {call.project_id for call in calls}:
            newest = (
                select(app_calls.c.id)
                .where(app_calls.c.project_id == project_id)
                .order_by(app_calls.c.at.desc(), app_calls.c.id.desc())
                .limit(keep)
            )
            self._connection.execute(
                delete(app_calls).where(app_calls.c.project_id == project_id, app_calls.c.id.not_in(newest))
            )

    def calls(self, project_id: ProjectId) -> tuple[RecordedCall, ...]:
        """Newest first."""
        columns = [column for column in app_calls.c if column.name != "id"]
        query = select(*columns).where(app_calls.c.project_id == project_id)
        rows = all_rows(self._connection, query.order_by(app_calls.c.at.desc(), app_calls.c.id.desc()))
        return tuple(RecordedCall(**row) for row in rows)

    def forget_inputs(self, project_id: ProjectId) -> None:
        """No input of any call is kept, nor the calls that were kept for their inputs alone."""
        of_project = app_calls.c.project_id == project_id
        self._connection.execute(delete(app_calls).where(of_project, app_calls.c.code == ""))
        self._connection.execute(update(app_calls).where(of_project).values(inputs=None))

    def forget_before(self, moment: datetime) -> None:
        """Nothing older is kept."""
        self._connection.execute(delete(app_call_hours).where(app_call_hours.c.hour < moment))
        self._connection.execute(delete(app_calls).where(app_calls.c.at < moment))


def _query() -> Query:
    return (
        select(*_COLUMNS, accounts.c.name.label("owner"), projects.c.name.label("project"))
        .join(projects, projects.c.id == releases.c.project_id)
        .join(accounts, accounts.c.id == projects.c.owner_id)
    )


def _release(row: Row) -> Release:
    return Release(**{**row, "channel": Channel(row["channel"]), "spec": _spec(row["id"], row["spec"])})


def _spec(release: str, stored: Mapping[str, object]) -> Spec:
    """The spec as it was stored; an empty one for what an older version stored and this one cannot read.

    Read once: a release never changes, the gateway looks for releases twice a second, and reading takes a millisecond.
    """
    spec = _specs.get(release)
    if spec is None:
        try:
            spec = read_app_spec(stored)
        except SpecError as error:
            _log.warning("the spec of release %s cannot be read: %s", release, error.message)
            spec = Spec()
        if len(_specs) >= _MAX_SPECS:
            _specs.clear()
        _specs[release] = spec
    return spec
