"""SQL of releases."""

from typing import Any

from sqlalchemy import Connection, Select, delete, exists, insert, select, tuple_
from sqlalchemy.exc import IntegrityError

from openmo.apps.values import Channel, Release
from openmo.core.errors import Conflict
from openmo.core.ids import ProjectId
from openmo.core.visibility import Visibility
from openmo.db.counters import current_value, next_value
from openmo.db.tables import accounts, projects, releases

_CHANGES = "releases"


class ReleaseRepository:
    """Releases in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of_project(self, project_id: ProjectId) -> tuple[Release, ...]:
        """Newest first."""
        query = _query().where(releases.c.project_id == project_id)
        ordered = query.order_by(releases.c.created_at.desc(), releases.c.id.desc())
        return tuple(_release(row) for row in self._connection.execute(ordered).mappings())

    def public_apps(self) -> frozenset[ProjectId]:
        """Projects with a release that is not the owner's alone."""
        rows = self._connection.execute(
            select(releases.c.project_id).where(releases.c.channel == Channel.RELEASE).distinct()
        )
        return frozenset(row[0] for row in rows)

    def public_names(self, after: tuple[str, str], limit: int) -> tuple[tuple[str, str], ...]:
        """Owners and names of the apps that everybody may call, in order."""
        released = exists().where(releases.c.project_id == projects.c.id, releases.c.channel == Channel.RELEASE)
        name = tuple_(accounts.c.name, projects.c.name)
        query = (
            select(accounts.c.name, projects.c.name)
            .join(accounts, accounts.c.id == projects.c.owner_id)
            .where(projects.c.visibility == Visibility.PUBLIC, released, name > after)
        )
        rows = self._connection.execute(query.order_by(accounts.c.name, projects.c.name).limit(limit))
        return tuple((row[0], row[1]) for row in rows)

    def add(self, release: Release) -> None:
        """Raises Conflict when the version exists; `dev` replaces the last one."""
        if release.channel is Channel.DEV:
            self._connection.execute(
                delete(releases).where(
                    releases.c.project_id == release.project_id, releases.c.version == release.version
                )
            )
        values = {column.name: getattr(release, column.name) for column in releases.c}
        try:
            with self._connection.begin_nested():
                self._connection.execute(insert(releases).values(values))
        except IntegrityError as error:
            raise Conflict(
                f"Version {release.version} exists already: releases never change.", field="version"
            ) from error
        next_value(self._connection, _CHANGES)

    def remove_all(self, project_id: ProjectId) -> None:
        self._connection.execute(delete(releases).where(releases.c.project_id == project_id))
        next_value(self._connection, _CHANGES)

    def last_change(self) -> int:
        """Grows with every change of any release."""
        return current_value(self._connection, _CHANGES)


def _query() -> Select[Any]:
    return (
        select(*releases.c, accounts.c.name.label("owner"), projects.c.name.label("project"))
        .join(projects, projects.c.id == releases.c.project_id)
        .join(accounts, accounts.c.id == projects.c.owner_id)
    )


def _release(row: Any) -> Release:
    return Release(**{**row, "channel": Channel(row["channel"])})
