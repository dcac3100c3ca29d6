"""Names of apps as tools: what every model's programming interface accepts, and one app for each name."""

import hashlib
import re
from collections.abc import Sequence
from typing import Protocol

from openmo.core.clock import Clock
from openmo.serving.directory import AppDirectory, DeployedRelease

_PLAIN = re.compile(r"[A-Za-z0-9-]+(_[A-Za-z0-9-]+)*")
_OTHER = re.compile(r"[^A-Za-z0-9_-]+")
_MAX_LENGTH = 64
_MARKED = re.compile(r".*_[0-9a-f]{8}")
_FRESH_SECONDS = 30.0
_PAGE = 200


def tool_name(owner: str, app: str) -> str:
    """`<owner>__<app>` where both are plain; else shortened to plain characters, with a digest of the true name."""
    name = f"{owner}__{app}"
    if _PLAIN.fullmatch(owner) and _PLAIN.fullmatch(app) and len(name) <= _MAX_LENGTH and not _MARKED.fullmatch(name):
        return name
    digest = hashlib.sha256(f"{owner}/{app}".encode()).hexdigest()[:8]
    return f"{_OTHER.sub('_', name)[: _MAX_LENGTH - 9]}_{digest}"


class ToolNames:
    """Finds the app behind a tool's name."""

    def __init__(self, directory: AppDirectory, clock: Clock) -> None:
        self._directory = directory
        self._clock = clock
        self._marked: dict[str, tuple[str, str]] = {}
        self._read: float | None = None

    async def find(self, name: str) -> DeployedRelease | None:
        """The public release that answers; None for a name that no public app has."""
        owner, _, app = name.partition("__")
        if not app or tool_name(owner, app) != name:
            owner, app = await self._remembered(name)
        release = await self._directory.find(owner, app, None) if app else None
        return release if release is not None and release.public else None

    async def _remembered(self, name: str) -> tuple[str, str]:
        """Where the true name cannot be read from the tool's, all are looked through, at most every half minute."""
        now = self._clock.monotonic()
        stale = self._read is None or now - self._read > _FRESH_SECONDS
        if _MARKED.fullmatch(name) and name not in self._marked and stale:
            self._read = now
            self._marked = {
                marked: (release.owner, release.app)
                for release in await all_public(self._directory.public_releases)
                if (marked := tool_name(release.owner, release.app)) != f"{release.owner}__{release.app}"
            }
        return self._marked.get(name, ("", ""))


class PublicReleases(Protocol):
    """So many public releases that come after one of that owner and app."""

    async def __call__(self, *, after: tuple[str, str], limit: int) -> Sequence[DeployedRelease]: ...


async def all_public(page: PublicReleases) -> Sequence[DeployedRelease]:
    """Every public release, page by page."""
    found: list[DeployedRelease] = []
    while len(releases := await page(after=_last(found), limit=_PAGE)) == _PAGE:
        found += releases
    return [*found, *releases]


def _last(found: Sequence[DeployedRelease]) -> tuple[str, str]:
    return (found[-1].owner, found[-1].app) if found else ("", "")
