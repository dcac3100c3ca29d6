"""How much a worker keeps on disk. No quota can be set without rights, so its private folder is looked at.

Files that are unlinked and still open are not seen; they end with the worker.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from openmo.core.errors import Conflict
from openmo.core.hostile.beneath import TooDeep
from openmo.core.hostile.folder import HostileFolder

_BLOCK = 512
_DEPTH = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskBounds:
    """What one worker's private folder may hold."""

    bytes: int = 2 << 30
    entries: int = 50_000


def overfull(folders: Sequence[HostileFolder], bounds: DiskBounds) -> list[HostileFolder]:
    """Those of the folders that hold more than they may; a look takes no longer the more they hold."""
    return [folder for folder in folders if _exceeds(folder, bounds)]


def _exceeds(folder: HostileFolder, bounds: DiskBounds) -> bool:
    size = entries = 0
    try:
        for status in folder.statuses(depth=_DEPTH):
            entries += 1
            size += status.st_blocks * _BLOCK
            if size > bounds.bytes or entries > bounds.entries:
                return True
    except FileNotFoundError:
        return False  # it is gone meanwhile
    except (TooDeep, Conflict, OSError):
        return True  # the handler hid something from us
    return False
