"""A job's log, for those who may see the job."""

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import Actor
from openmo.config.settings import DataFolder
from openmo.jobs.log.file import LogFile
from openmo.jobs.values import Job, LogChunk
from openmo.projects.service import ProjectService


class JobLogService:
    """Finds and reads logs."""

    def __init__(self, projects: ProjectService, folder: DataFolder) -> None:
        self._projects = projects
        self._folder = folder

    def file(self, job: Job) -> LogFile:
        """The job's log. The job itself was looked up through its own funnel."""
        return LogFile(self._folder.jobs / job.id)

    def read(self, actor: Actor, job: Job, *, start: int = 0, limit: int = 1 << 20) -> LogChunk:
        """A part of the log from byte `start`; a negative start counts from the end."""
        check(actor, Verb.SEE, self._projects.get(actor, job.owner, job.project).thing(Kind.JOB))
        return self.file(job).read(start, limit, growing=not job.state.is_terminal)
