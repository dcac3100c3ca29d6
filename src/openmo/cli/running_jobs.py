"""Jobs that go on when the installation stops."""

from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from openmo.config.settings import Settings
from openmo.core.ids import JobId
from openmo.db.engine import Database
from openmo.jobs.repository import JobRepository
from openmo.supervise import job_folder, process_identity


def running_jobs(jobs: Path) -> dict[JobId, int]:
    """The process of each job that runs, as the operating system says."""
    found = {}
    for folder in sorted(jobs.glob("*/")):
        shim = job_folder.read_record(str(folder), job_folder.SHIM)
        if shim is None or not process_identity.is_alive(shim):
            continue
        job = job_folder.read_record(str(folder), job_folder.JOB) or {}
        found[JobId(folder.name)] = int(job.get("pid", shim["pid"]))
    return found


def farewell(settings: Settings) -> str:
    """What to say when the installation has stopped."""
    running = running_jobs(settings.folder.jobs)
    if not running:
        return "OpenMo has stopped."
    names = _names(settings, list(running))
    lines = "\n".join(f"  {names.get(job, job)} (process {pid})" for job, pid in running.items())
    return f"OpenMo has stopped. Jobs that go on running, and that the next `openmo up` takes over:\n{lines}"


def _names(settings: Settings, jobs: list[JobId]) -> dict[JobId, str]:
    """`owner/project: name` of each job; empty when the database does not answer any more."""
    database = Database(settings.database)
    try:
        with database.read() as connection:
            found = [JobRepository(connection).by_id(job) for job in jobs]
    except SQLAlchemyError:
        return {}
    finally:
        database.close()
    return {job.id: f"{job.owner}/{job.project}: {job.name}" for job in found if job is not None}
