"""Who runs a data folder: the lock on the folder itself, which nobody can remove without the folder."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from openmo.core.errors import Conflict, OpenMoError
from openmo.core.messages import message

_LOCKS = Path("/proc/locks")


class AlreadyRunning(Conflict):
    """Another `openmo up` holds the data folder."""

    code = "already_running"
    title = "Already running"
    remedy = "Use the OpenMo that runs, or stop it with `openmo down`."


class DataLock:
    """Held by the one supervisor of a data folder; the kernel lets go of it when that process ends, however it ends."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._descriptor = -1

    def acquire(self) -> None:
        """Raises AlreadyRunning, which names the holder, and OpenMoError where the file system locks nothing."""
        descriptor = os.open(self._data, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(descriptor)
            pid = lock_holder(self._data)
            who = message("process %(pid)s", pid=pid) if pid else message("another process")
            raise AlreadyRunning(
                message(
                    "OpenMo already runs on %(data)s (%(who)s). See `openmo status`, or stop it with `openmo down`.",
                    data=self._data,
                    who=who,
                ),
                pid=pid,
            ) from error
        except OSError as error:
            os.close(descriptor)
            raise OpenMoError(
                message(
                    "%(data)s cannot be locked (%(why)s), so two could run on it. Choose a folder on a local disk "
                    "with --data.",
                    data=self._data,
                    why=error.strerror,
                )
            ) from error
        self._descriptor = descriptor

    def release(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def lock_holder(data: Path) -> int | None:
    """The process that holds the data folder's lock; None when none does, and where this user may not know.

    It takes no lock itself, so that asking never keeps anybody from starting.
    """
    try:
        folder = data.stat()
        lines = _LOCKS.read_text("ascii").splitlines()
    except OSError:
        return None
    return next((pid for pid in _lockers(lines, folder.st_ino) if _holds(pid, folder)), None)


def _lockers(lines: list[str], inode: int) -> Iterator[int]:
    """Processes with a lock on a file of that number; on which file system, the kernel tells in its own numbers."""
    for line in lines:
        fields = line.split()
        if len(fields) >= 6 and fields[1] == "FLOCK" and fields[5].rpartition(":")[2] == str(inode):
            with contextlib.suppress(ValueError):
                if (pid := int(fields[4])) > 0:
                    yield pid


def _holds(pid: int, folder: os.stat_result) -> bool:
    process = Path("/proc") / str(pid)
    with contextlib.suppress(OSError):
        for descriptor in (process / "fd").iterdir():
            with contextlib.suppress(OSError):
                if os.path.samestat(descriptor.stat(), folder):
                    return "FLOCK" in (process / "fdinfo" / descriptor.name).read_text("ascii")
    return False
