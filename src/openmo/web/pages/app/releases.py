"""What pages read of a release once, since it never changes."""

from functools import lru_cache
from pathlib import Path

from openmo.core.errors import OpenMoError
from openmo.core.hostile.files import read_inside, read_readme
from openmo.serving.directory import DeployedRelease
from openmo.specs.files import read_app_spec
from openmo.specs.handler import handler_streams
from openmo.specs.values import Spec

_REMEMBERED = 256
_SOURCE_LIMIT = 4 << 20
_HANDLER = "handler.py"


@lru_cache(maxsize=_REMEMBERED)
def release_spec(release: DeployedRelease) -> Spec:
    """Its app_spec.yml; an empty one for what cannot be read."""
    try:
        return read_app_spec(release.spec)
    except OpenMoError:
        return Spec()


def release_streams(release: DeployedRelease) -> bool:
    """Whether its outputs come one after the other."""
    return _streams(release.folder)


@lru_cache(maxsize=_REMEMBERED)
def _streams(folder: Path) -> bool:
    try:
        source, _ = read_inside(folder, _HANDLER, limit=_SOURCE_LIMIT)
    except OpenMoError:
        return False
    return handler_streams(source.decode("utf-8", "replace"))


def release_readme(release: DeployedRelease) -> str:
    """The README that it was made with."""
    return read_readme(release.folder)
