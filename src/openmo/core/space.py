"""Space on disks: how much is left, and what to say when there is none."""

import errno
import os
import shutil
from pathlib import Path

from openmo.core.errors import StorageFull
from openmo.core.messages import message

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_FULL_BYTES = 64 << 10
"""What is left when writing a few blocks fails."""
FULL = message(
    "The disk is full, so this cannot be saved. Delete what is not needed (old jobs, results, releases), or ask the "
    "administrator for space."
)


def storage_full(error: BaseException) -> StorageFull | None:
    """What to say instead, when `error`, or what brought it about, is that a disk had no space; else None."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, StorageFull):
            return seen
        if isinstance(seen, OSError) and (seen.errno in _NO_SPACE or _is_of_a_copy(seen)):
            return StorageFull(FULL)
        seen = seen.__cause__ or seen.__context__
    return None


def _is_of_a_copy(error: OSError) -> bool:
    """Copying a folder ends with one error that holds the texts of all."""
    return isinstance(error, shutil.Error) and any(f"[Errno {number}]" in str(error) for number in _NO_SPACE)


def free_bytes(folder: Path) -> int | None:
    """What may still be written there; None where that cannot be told."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return None
    return found.f_bavail * found.f_frsize


def is_full(folder: Path) -> bool:
    """Whether nothing more fits there."""
    free = free_bytes(folder)
    return free is not None and free < _FULL_BYTES
