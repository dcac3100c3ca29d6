"""The files by which executor and shim speak about one job. Stdlib only, for children.

Order of events, each a file that is whole or absent:
`terminate` (a wish to stop, at any time) · `shim.json` (a shim took the job; only one ever can) · `job.json` (the
process runs) · `exit.json` (the end, written once all processes of the job are dead).
"""

# ruff: noqa: PTH105, PTH108, PTH110 (loading pathlib would cost every job 9 ms of its start)

import contextlib
import os

from openmo.system.durable import sync_folder
from openmo.system.records import Record

LOG = "log"
LOG_TIMES = "log.times"
LOG_HOLE = "log.hole"
"""What was dropped from the middle of the log (`HoleRecord`)."""
SHIM = "shim.json"
SHIM_LOG = "shim.log"
"""What the shim itself has to say: empty, unless it has a fault."""
JOB = "job.json"
TERMINATE = "terminate"
EXIT = "exit.json"
RESERVE = "reserve"
"""Takes the space that the exit record will need, so that a job that fills the disk still ends."""
LABEL = "label"
"""What people call the job, for telling about it when the database cannot be asked."""
RUN_MARK = "OPENMO_RUN"
"""Environment variable of all processes of one run; its value is the `mark` in `shim.json`."""

_RESERVE_BYTES = 16384


def publish(folder: str, name: str, record: Record, *, durable: bool = False) -> bool:
    """Writes the record unless there is one; whether this call wrote it. `durable`: it survives a power cut."""
    temporary = _write_temporary(folder, name, record, durable=durable)
    try:
        os.link(temporary, f"{folder}/{name}")
    except FileExistsError:
        return False
    finally:
        os.unlink(temporary)
    if durable:
        sync_folder(folder)
    return True


def replace(folder: str, name: str, record: Record) -> None:
    """Writes the record in place of an earlier one."""
    os.replace(_write_temporary(folder, name, record, durable=False), f"{folder}/{name}")


def request_stop(folder: str) -> None:
    """The wish to stop stands, for a shim that runs or comes later."""
    with contextlib.suppress(FileExistsError):
        os.close(os.open(f"{folder}/{TERMINATE}", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def stop_requested(folder: str) -> bool:
    return os.path.exists(f"{folder}/{TERMINATE}")


def keep_reserve(folder: str) -> None:
    """Some space is held until `free_reserve`, as far as there is any."""
    with contextlib.suppress(OSError):
        descriptor = os.open(f"{folder}/{RESERVE}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, _RESERVE_BYTES)
        finally:
            os.close(descriptor)


def free_reserve(folder: str) -> None:
    with contextlib.suppress(OSError):
        os.unlink(f"{folder}/{RESERVE}")


def has_space(folder: str) -> bool:
    """Whether a file here could still grow by a few blocks; yes where that cannot be told."""
    try:
        found = os.statvfs(folder)
    except OSError:
        return True
    return found.f_bavail * found.f_frsize >= _RESERVE_BYTES


def _write_temporary(folder: str, name: str, record: Record, *, durable: bool) -> str:
    temporary = f"{folder}/.{name}.{os.urandom(6).hex()}"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        _write_all(descriptor, record.encode())
        if durable:
            os.fsync(descriptor)
    except OSError:
        os.unlink(temporary)
        raise
    finally:
        os.close(descriptor)
    return temporary


def _write_all(descriptor: int, data: bytes) -> None:
    while data:  # a disk that is almost full takes a part first, and refuses the rest
        data = data[os.write(descriptor, data) :]
