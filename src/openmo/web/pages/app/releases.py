"""What pages read of a release once, since it never changes."""

from functools import lru_cache
from pathlib import Path

from openmo.core.errors import OpenMoError
from openmo.core.hostile.files import read_inside, read_readme
from openmo.core.hostile.folder import HostileFolder
from openmo.serving.directory import DeployedRelease
from openmo.specs.handler import handler_streams

_REMEMBERED = 256
_SOURCE_LIMIT = 4 << 20
_HANDLER = "handler.py"


def release_streams(release: DeployedRelease) -> bool:
    """Whether its outputs come one after the other."""
    return _streams(release.folder)


@lru_cache(maxsize=_REMEMBERED)
def _streams(folder: Path) -> bool:
    try:
        source, _ = read_inside(HostileFolder(folder), _HANDLER, limit=_SOURCE_LIMIT)
    except OpenMoError:
        return False
    return handler_streams(source.decode("utf-8", "replace"))


def release_readme(release: DeployedRelease) -> str:
    """The README that it was made with."""
    return read_readme(HostileFolder(release.folder))
