"""The files that a job's shim left in its folder, read strictly: whatever a job did to them, the platform lives on."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from openmo.core.plain import NoPlainFile, read_plain
from openmo.execution.executor import Exit, ExitKind
from openmo.execution.inside import folder as job_folder
from openmo.execution.inside.records import ExitRecord, HoleRecord, JobRecord, ShimRecord
from openmo.system.records import Record
from openmo.wire.strict import WrongMessage, decoder

R = TypeVar("R", bound=Record)
_MAX_TIME = 1e11
_MAX_CODE = 1 << 31
_MAX_BYTES = 1 << 62
_MAX_RECORD_BYTES = 1 << 20
_shim, _job, _exit, _hole = decoder(ShimRecord), decoder(JobRecord), decoder(ExitRecord), decoder(HoleRecord)


def read_shim(folder: Path) -> ShimRecord | None:
    """Who holds the job; None when nobody took it. Raises WrongMessage, as when a power cut kept the name alone."""
    return _read(folder / job_folder.SHIM, _shim)


def read_exit(folder: Path) -> Exit | None:
    """How the job ended; None when nobody wrote that. Raises WrongMessage."""
    record = _read(folder / job_folder.EXIT, _exit)
    if record is None:
        return None
    bounds = (
        (record.ended_at, _MAX_TIME),
        (record.started_at, _MAX_TIME),
        (record.code, _MAX_CODE),
        (record.signal, _MAX_CODE),
        (record.peak_memory_bytes, _MAX_BYTES),
    )
    if record.kind not in set(ExitKind) or any(value is not None and not 0 <= value < most for value, most in bounds):
        raise WrongMessage(f"No job ends like this: {record.describe()[:200]}")
    return Exit(
        kind=ExitKind(record.kind),
        code=record.code,
        signal=record.signal,
        started_at=record.started_at,
        ended_at=record.ended_at,
        detail=record.detail,
        rebooted=record.rebooted,
        failure=record.failure,
        disk_full=record.disk_full,
        peak_memory_bytes=record.peak_memory_bytes,
    )


def read_job(folder: Path) -> JobRecord | None:
    """The job's process; None when none was started, or its record cannot be read."""
    try:
        return _read(folder / job_folder.JOB, _job)
    except WrongMessage:
        return None


def read_hole(folder: Path) -> HoleRecord | None:
    """What the log lacks; None when it is whole. Raises WrongMessage."""
    return _read(folder / job_folder.LOG_HOLE, _hole)


def _read(path: Path, decode: Callable[[bytes], R]) -> R | None:
    try:
        return decode(read_plain(path, limit=_MAX_RECORD_BYTES))
    except FileNotFoundError:
        return None
    except NoPlainFile as error:
        raise WrongMessage(f"{path.name} is no file") from error
