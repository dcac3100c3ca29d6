"""An app's releases as its owner compares them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from openmo.apps.owner.settings import AppSettings
from openmo.apps.values import Channel, Release
from openmo.core.errors import NotFound
from openmo.core.versions import Version
from openmo.specs.values import Parameter
from openmo.storage.store import ObjectStore, StoredFile


@dataclass(frozen=True, slots=True, kw_only=True)
class NameChanges:
    """Names that are new, gone, or stand for something else by now; each in order."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseChanges:
    """How a release differs from the one before it."""

    before: str
    """The version that it is compared with."""
    files: NameChanges
    inputs: NameChanges
    """Those changed have another type, range, default or obligation."""
    outputs: NameChanges

    def __bool__(self) -> bool:
        return bool(self.files or self.inputs or self.outputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """One release, and how it stands among the others."""

    release: Release
    answers: bool
    """Calls that name no version reach it."""
    files: int
    bytes: int
    changes: ReleaseChanges | None
    """None for the first one."""


def answering(releases: tuple[Release, ...], settings: AppSettings) -> Release | None:
    """The public release that answers calls which name no version: the one its owner chose, or the newest."""
    chosen = (release for release in releases if release.version == settings.active_version)
    public = [release for release in releases if release.channel is Channel.RELEASE]
    return next(chosen, None) or max(public, key=lambda release: Version.parse(release.version), default=None)


def release_facts(releases: Sequence[Release], answers: Release | None, store: ObjectStore) -> tuple[ReleaseFacts, ...]:
    """The development version first, then by version, the largest first.

    A release is compared with the next smaller one, the development version with the largest.
    """

    @cache
    def files(tree: str) -> Mapping[str, StoredFile]:
        try:
            return store.files(tree)
        except NotFound:  # a store that was cleaned by hand must not hide the releases
            return {}

    ordered = sorted(releases, key=_rank, reverse=True)
    found = []
    for index, release in enumerate(ordered):
        before = next(iter(ordered[index + 1 :]), None)
        changes = None
        if before is not None:
            changes = compare(before, release, files(before.tree), files(release.tree))
        own = files(release.tree)
        found.append(
            ReleaseFacts(
                release=release,
                answers=release == answers,
                files=len(own),
                bytes=sum(file.bytes for file in own.values()),
                changes=changes,
            )
        )
    return tuple(found)


def compare(
    before: Release, after: Release, files_before: Mapping[str, StoredFile], files_after: Mapping[str, StoredFile]
) -> ReleaseChanges:
    """What `after` has that `before` has not, and the other way round; descriptions don't count."""
    return ReleaseChanges(
        before=before.version,
        files=_names(files_before, files_after),
        inputs=_names(_parameters(before.spec.inputs), _parameters(after.spec.inputs)),
        outputs=_names(_parameters(before.spec.outputs), _parameters(after.spec.outputs)),
    )


def _rank(release: Release) -> tuple[bool, Version]:
    development = release.channel is Channel.DEV
    return development, Version(0, 0, 0) if development else Version.parse(release.version)


def _names(before: Mapping[str, object], after: Mapping[str, object]) -> NameChanges:
    return NameChanges(
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(sorted(name for name in after.keys() & before.keys() if after[name] != before[name])),
    )


def _parameters(parameters: Sequence[Parameter]) -> dict[str, Parameter]:
    """What callers must know of each parameter."""
    return {each.name: replace(each, description="") for each in parameters}
