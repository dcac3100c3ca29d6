"""Jobs that go on when the installation stops."""

from pathlib import Path

from openmo.core.plain import read_plain
from openmo.execution.inside import folder as job_folder
from openmo.execution.records import read_job, read_shim
from openmo.wire.strict import WrongMessage


def running_jobs(jobs: Path) -> list[str]:
    """`owner/project: name (process N)` of each job whose process runs, as the operating system says."""
    found = []
    for folder in sorted(jobs.glob("*/")):
        try:
            shim = read_shim(folder)
        except WrongMessage:
            continue
        if shim is None or not shim.process.alive():
            continue
        job = read_job(folder)
        try:
            name = read_plain(folder / job_folder.LABEL).decode("utf-8", "replace")
        except OSError:
            name = folder.name
        found.append(f"{name} (process {shim.pid if job is None else job.pid})")
    return found


def farewell(jobs: Path) -> str:
    """What to say when the installation has stopped."""
    running = running_jobs(jobs)
    if not running:
        return "OpenMo has stopped."
    lines = "\n".join(f"  {job}" for job in running)
    return f"OpenMo has stopped. Jobs that go on running, and that the next `openmo up` takes over:\n{lines}"
