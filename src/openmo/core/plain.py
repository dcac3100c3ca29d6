"""Files of the platform's own, which a broken disk or a hasty hand may have damaged.

In the place of one there may be a folder, a link, or a pipe whose opening would wait for ever. No user code may write
where these files lie; for what it may write there is `openmo.core.hostile`.
"""

import errno
import os
import stat
from pathlib import Path

_NO_FILE = frozenset({errno.ELOOP, errno.EISDIR, errno.ENOTDIR, errno.ENXIO})


class NoPlainFile(OSError):
    """Something that is no file lies in its place."""


def open_plain(path: Path, flags: int = os.O_RDONLY, mode: int = 0o600) -> int:
    """A descriptor of the regular file, for the caller to close; never waits.

    Raises FileNotFoundError, NoPlainFile, and OSError for what else the system has to say.
    """
    try:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC, mode)
    except OSError as error:
        if error.errno in _NO_FILE:
            raise NoPlainFile(error.errno, "this is no file", str(path)) from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NoPlainFile(errno.EINVAL, "this is no file", str(path))
    return descriptor


def read_plain(path: Path, *, limit: int | None = None) -> bytes:
    """What the file holds, or its first `limit` bytes; raises what `open_plain` does."""
    with os.fdopen(open_plain(path), "rb") as file:
        return file.read() if limit is None else file.read(limit)
