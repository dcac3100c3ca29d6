"""Space on disks: how much is left, and what to say when there is none."""

import contextlib
import errno
import os
from collections.abc import Mapping
from pathlib import Path

from openmo.core.amounts import memory_text
from openmo.core.errors import StorageFull
from openmo.core.messages import message

_NO_SPACE = (errno.ENOSPC, errno.EDQUOT)
_FULL_BYTES = 64 << 10
"""What is left when writing a few blocks fails."""
_PLENTY = 1 << 62
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
        if isinstance(seen, OSError) and seen.errno in _NO_SPACE:
            return StorageFull(FULL)
        seen = seen.__cause__ or seen.__context__
    return None


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


class DiskSpace:
    """The disk of a folder, whose last bytes are kept for what must always be written."""

    def __init__(self, folder: Path, low_bytes: int = 0) -> None:
        """With less than `low_bytes` left nothing large begins; 0: nothing is kept."""
        self._folder = folder
        self.low_bytes = low_bytes

    def left(self) -> int:
        """Bytes that may still be written; where that cannot be told, more than anybody needs."""
        free = free_bytes(self._folder)
        return _PLENTY if free is None else free

    @property
    def is_low(self) -> bool:
        return self.left() < self.low_bytes

    @property
    def is_spent(self) -> bool:
        """Whether so little is left that it is the platform's own: nothing that people make takes more."""
        return self.left() < self.low_bytes // 4

    def problem(self) -> str:
        """What to say where little is left; empty where there is enough."""
        left = self.left()
        if left >= self.low_bytes:
            return ""
        return message(
            "The disk is nearly full: %(left)s are left, and the last %(kept)s are kept for what is running. "
            "Delete what is not needed (old jobs, results, releases), or ask the administrator for space.",
            left=memory_text(left),
            kept=memory_text(self.low_bytes),
        )

    def warnings(self) -> Mapping[str, str]:
        """The same for `/health`, where it hinders nothing yet."""
        problem = self.problem()
        return {"disk": problem} if problem else {}

    def check(self) -> None:
        """Raises StorageFull where little is left: before a job, an upload or a release takes more."""
        if problem := self.problem():
            raise StorageFull(problem)

    def check_for(self, size: int) -> None:
        """As `check`, before so many bytes come."""
        self.check()
        left = self.left()
        if left - size < self.low_bytes:
            raise StorageFull(
                message(
                    "%(size)s do not fit: %(left)s are left on the disk. Delete what is not needed (old jobs, results, "
                    "releases), or ask the administrator for space.",
                    size=memory_text(size),
                    left=memory_text(left),
                )
            )


class Reserve:
    """A file that takes space nobody needs yet, so that there is some to give when a disk is full."""

    def __init__(self, path: Path, size: int) -> None:
        self._path = path
        self._size = size

    def keep(self) -> None:
        """The space is held, as far as there is any."""
        with contextlib.suppress(OSError):
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                if os.fstat(descriptor).st_size != self._size:
                    os.posix_fallocate(descriptor, 0, self._size)
            except OSError:
                os.ftruncate(descriptor, 0)  # half of it would only be in the way
            finally:
                os.close(descriptor)

    def release(self) -> bool:
        """Whether there was anything to give."""
        try:
            held = self._path.stat().st_size > 0
            os.truncate(self._path, 0)
        except OSError:
            return False
        return held
