"""Whether a segment holds what was written: a CRC-32 of it stands in the commit."""

import threading
import zlib
from pathlib import Path

from openmo.metrics.values import Records

_MAX_KNOWN = 10_000

_State = tuple[int, int, int, int, int]


class VerifiedSegments:
    """What a process knows of segments that it has read: one that has not been written since is not read again."""

    def __init__(self) -> None:
        self._known: dict[Path, _State] = {}
        self._lock = threading.Lock()

    def holds(self, path: Path, records: Records, checksum: int | None) -> bool:
        """Whether these records of the segment have that sum; None: none was kept, so nobody can say."""
        if checksum is None or not len(records):
            return True
        status = path.lstat()
        state = (status.st_ino, status.st_mtime_ns, status.st_size, len(records), checksum)
        if self._known.get(path) == state:
            return True
        if zlib.crc32(records.data) != checksum:
            return False
        with self._lock:
            self._known.pop(path, None)
            while len(self._known) >= _MAX_KNOWN:
                del self._known[next(iter(self._known))]
            self._known[path] = state
        return True
