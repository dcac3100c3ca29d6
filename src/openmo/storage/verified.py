"""Which stored files were read against their digests, and have not changed since."""

import errno
import hashlib
import os
import threading
from pathlib import Path

from openmo.core.clock import unix_now
from openmo.core.plain import NoPlainFile, open_plain

DIGEST_LENGTH = 64
"""Of the name of an object, which says after it whether the file is executable."""

_MAX_KNOWN = 200_000
"""Names in memory, some 50 MB; beyond, the one that was noted first is forgotten."""
_RACY_NS = 2_000_000_000
"""A file touched less than this before it was read may change again within the same time stamp."""

_State = tuple[int, int, int, int]


class VerifiedFiles:
    """A memory of one process: what it knows need not be read again. Safe in threads.

    A change leaves another time of change; bits that rot on the disk do not, so whoever asks for them reads all.
    """

    def __init__(self, most: int = _MAX_KNOWN) -> None:
        self._most = most
        self._known: dict[str, _State] = {}
        self._lock = threading.Lock()

    def knows(self, name: str, status: os.stat_result) -> bool:
        """Whether the file was read when it was as `status` says."""
        return self._known.get(name) == _state(status)

    def holds(self, path: Path, status: os.stat_result) -> bool:
        """Whether the file holds what its name says: it is read, unless it was when it was as `status` says."""
        if self.knows(path.name, status):
            return True
        if content_digest(path) != path.name[:DIGEST_LENGTH]:
            return False
        self._note(path.name, status)
        return True

    def _note(self, name: str, before: os.stat_result) -> None:
        if before.st_mtime_ns > unix_now() * 1e9 - _RACY_NS:
            return
        with self._lock:
            self._known.pop(name, None)
            while len(self._known) >= self._most:
                del self._known[next(iter(self._known))]
            self._known[name] = _state(before)


def content_digest(path: Path) -> str:
    """The digest of what a file holds now; empty where there is none, or the disk cannot read it."""
    try:
        with os.fdopen(open_plain(path), "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, NoPlainFile):
        return ""
    except OSError as error:
        if error.errno == errno.EIO:
            return ""
        raise  # too many open files, say: no fault of the file's


def _state(status: os.stat_result) -> _State:
    # not the time of the inode's change: each link that shows the file changes that
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
