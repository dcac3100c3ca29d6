"""How much a worker keeps on disk. No quota can be set without rights, so its private folder is looked at.

Files that are unlinked and still open are not seen; they end with the worker.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_BLOCK = 512


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskBounds:
    """What one worker's private folder may hold."""

    bytes: int = 2 << 30
    entries: int = 50_000


def overfull(folders: Sequence[Path], bounds: DiskBounds) -> list[Path]:
    """Those of the folders that hold more than they may; a look takes no longer the more they hold."""
    return [folder for folder in folders if _exceeds(folder, bounds)]


def _exceeds(folder: Path, bounds: DiskBounds) -> bool:
    size = entries = 0
    pending = [str(folder)]
    while pending:
        try:
            with os.scandir(pending.pop()) as found:
                for entry in found:
                    entries += 1
                    status = entry.stat(follow_symlinks=False)
                    size += status.st_blocks * _BLOCK
                    if size > bounds.bytes or entries > bounds.entries:
                        return True
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
        except (FileNotFoundError, NotADirectoryError):
            continue  # it is gone meanwhile
        except OSError:
            return True  # the handler hid something from us, or nested it too deep to be looked at
    return False
