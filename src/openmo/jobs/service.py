"""Jobs: submitted, watched, stopped, run again. The runner moves them on (see `runner`)."""

import re
import shutil
from dataclasses import replace
from pathlib import PurePosixPath

from openmo.accounts.values import Actor
from openmo.config.settings import DataFolder
from openmo.core.clock import Clock
from openmo.core.errors import Conflict, InvalidInput, NotFound
from openmo.core.ids import JobId, new_id
from openmo.core.paths import relative_path
from openmo.core.states import JobState
from openmo.core.text import one_line
from openmo.db.engine import Database
from openmo.jobs.log import LogFile
from openmo.jobs.repository import JobRepository
from openmo.jobs.values import Device, Job, JobRequest, LogChunk
from openmo.metrics.store import MetricsReader
from openmo.notebooks.export import export_notebook
from openmo.ports.executor import Capacity
from openmo.ports.notifier import Notifier
from openmo.ports.object_store import ObjectStore
from openmo.projects.service import ProjectService
from openmo.projects.snapshot import is_code
from openmo.projects.values import Project

RUNNER = "runner"
"""The topic that wakes the runner."""
_ALL = 1_000_000
_NAME_LIMIT = 200
_NOTEBOOK_LIMIT = 64 << 20
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_RESERVED_VARIABLES = ("OPENMO_", "JUPYTERHUB_", "LD_")


class JobService:
    """What users do with jobs."""

    def __init__(
        self,
        *,
        database: Database,
        projects: ProjectService,
        store: ObjectStore,
        notifier: Notifier,
        capacity: Capacity,
        folder: DataFolder,
        clock: Clock,
    ) -> None:
        self._database = database
        self._projects = projects
        self._store = store
        self._notifier = notifier
        self._capacity = capacity
        self._folder = folder
        self._clock = clock

    def list(self, actor: Actor, project: Project, *, limit: int = 200, offset: int = 0) -> tuple[Job, ...]:
        """The project's jobs, newest first; its owner's to see."""
        self._projects.check_edit(actor, project)
        with self._database.read() as connection:
            jobs = JobRepository(connection)
            return tuple(self._explained(jobs, job) for job in jobs.of_project(project.id, limit=limit, offset=offset))

    def get(self, actor: Actor, project: Project, number: int) -> Job:
        """Raises NotFound."""
        self._projects.check_edit(actor, project)
        with self._database.read() as connection:
            jobs = JobRepository(connection)
            job = jobs.by_number(project.id, number)
            if job is None:
                raise NotFound(f"{project.full_name} has no job number {number}.")
            return self._explained(jobs, job)

    def active(self, actor: Actor) -> tuple[Job, ...]:
        """The actor's jobs that wait or run, oldest first."""
        if actor.account is None:
            return ()
        with self._database.read() as connection:
            return JobRepository(connection).active_of(actor.account.id, project_id=actor.only_project)

    def last_change(self) -> int:
        """Where a watcher starts who wants only what is new."""
        with self._database.read() as connection:
            return JobRepository(connection).last_change()

    def changed_since(self, actor: Actor, change: int) -> tuple[Job, ...]:
        """The actor's jobs that changed after `change`, in the order of their changes; some hundred at a time."""
        if actor.account is None:
            return ()
        with self._database.read() as connection:
            return JobRepository(connection).changed_since(
                change, owner_id=actor.account.id, project_id=actor.only_project
            )

    def submit(self, actor: Actor, project: Project, request: JobRequest) -> Job:
        """A pending job of the project's code as it is now; raises InvalidInput, NotFound, Conflict (no GPU)."""
        self._projects.check_edit(actor, project)
        script = self._check_script(actor, project, request.script)
        self._check_request(request)
        tree = self._store.put_tree(self._projects.folders(project).workspace, keep=is_code)
        assert actor.account is not None  # noqa: S101 (check_edit refuses visitors)
        draft = Job(
            id=JobId(new_id()),
            project_id=project.id,
            owner=project.owner,
            project=project.name,
            number=0,
            name=one_line(request.name, what="The job's name", limit=_NAME_LIMIT, field="name"),
            script=script,
            args=request.args,
            env=dict(request.env),
            device=request.device,
            time_limit=request.time_limit,
            state=JobState.PENDING,
            reason="",
            ending=None,
            exit_code=None,
            stop_requested=False,
            tree=tree.digest,
            snapshot_bytes=tree.bytes,
            snapshot_files=tree.files,
            created_by=actor.account.id,
            created_at=self._clock.now(),
            started_at=None,
            ended_at=None,
            change=0,
        )
        return self._add(draft)

    def restart(self, actor: Actor, job: Job) -> Job:
        """A new run of the same snapshot with the same arguments."""
        project = self._project_of(actor, job)
        assert actor.account is not None  # noqa: S101 (check_edit refuses visitors)
        generated = job.name == f"{PurePosixPath(job.script).stem}-{job.number}"
        fresh = replace(
            job,
            id=JobId(new_id()),
            name="" if generated else job.name,
            state=JobState.PENDING,
            reason="",
            ending=None,
            exit_code=None,
            stop_requested=False,
            created_by=actor.account.id,
            created_at=self._clock.now(),
            started_at=None,
            ended_at=None,
            project_id=project.id,
        )
        return self._add(fresh)

    def terminate(self, actor: Actor, job: Job) -> Job:
        """The job is asked to stop; it is terminated when its processes are gone. Raises Conflict for an ended one."""
        self._project_of(actor, job)
        with self._database.begin() as connection:
            jobs = JobRepository(connection)
            now = jobs.by_id(job.id)
            if now is None or now.state.is_terminal:
                raise Conflict(f"Job {job.name!r} has ended already.")
            stopped = jobs.request_stop(now, reason=f"Stopped by {actor.name}.")
        self._notifier.wake(RUNNER)
        return stopped

    def delete(self, actor: Actor, job: Job) -> None:
        """The job, its log and its charts are gone; raises Conflict while it waits or runs."""
        self._project_of(actor, job)
        with self._database.begin() as connection:
            jobs = JobRepository(connection)
            now = jobs.by_id(job.id)
            if now is not None and not now.state.is_terminal:
                raise Conflict(f"Job {job.name!r} is {now.state}: terminate it first.")
            jobs.remove(job.id)
        shutil.rmtree(self._folder.jobs / job.id, ignore_errors=True)

    def check_idle(self, actor: Actor, project: Project) -> None:
        """Raises Conflict while a job of the project waits or runs."""
        for job in self.list(actor, project, limit=_ALL):
            if not job.state.is_terminal:
                raise Conflict(f"Job {job.name!r} is {job.state}: terminate it first.")

    def delete_all(self, actor: Actor, project: Project) -> None:
        """Every job of a project that is being deleted; raises Conflict for one that has not ended."""
        for job in self.list(actor, project, limit=_ALL):
            self.delete(actor, job)

    def log(self, job: Job) -> LogFile:
        """The job's log. The job itself was looked up through its own funnel."""
        return LogFile(self._folder.jobs / job.id)

    def read_log(self, actor: Actor, job: Job, *, start: int = 0, limit: int = 1 << 20) -> LogChunk:
        """A part of the log from byte `start`; a negative start counts from the end."""
        self._project_of(actor, job)
        return self.log(job).read(start, limit, growing=not job.state.is_terminal)

    def metrics(self, actor: Actor, job: Job) -> MetricsReader:
        """The job's charted metrics."""
        self._project_of(actor, job)
        return MetricsReader(self._folder.jobs / job.id / "metrics")

    def _add(self, draft: Job) -> Job:
        with self._database.begin() as connection:
            jobs = JobRepository(connection)
            number = jobs.next_number(draft.project_id)
            name = draft.name or f"{PurePosixPath(draft.script).stem}-{number}"
            job = self._explained(jobs, jobs.add(replace(draft, number=number, name=name)))
        self._notifier.wake(RUNNER)
        return job

    def _project_of(self, actor: Actor, job: Job) -> Project:
        return self._projects.editable(actor, job.owner, job.project)

    def _explained(self, jobs: JobRepository, job: Job) -> Job:
        if job.state is not JobState.PENDING or job.stop_requested:
            return job
        ahead = jobs.pending_before(job)
        waits = "It is the next to start." if ahead == 0 else f"{ahead} {'job is' if ahead == 1 else 'jobs are'} ahead."
        return replace(job, reason=f"Waiting for a free {job.device.upper()}. {waits}")

    def _check_script(self, actor: Actor, project: Project, text: str) -> str:
        script = str(relative_path(text))
        data, _ = self._projects.read_file(actor, project, script, limit=_NOTEBOOK_LIMIT)
        if not _is_in_snapshot(script):
            raise InvalidInput("A job runs the project's code: no file of datasets, results or caches.", field="script")
        if not self._is_plain(project, script):
            raise InvalidInput(f"{script!r} is reached through a link: name the file itself.", field="script")
        if script.endswith(".ipynb"):
            export_notebook(data.decode("utf-8", "replace"), script)  # refuses a broken notebook now, not in the queue
        elif not script.endswith(".py"):
            raise InvalidInput(f"{script!r} is neither a Python file nor a notebook.", field="script")
        return script

    def _is_plain(self, project: Project, script: str) -> bool:
        """Whether no link leads to the script: links out of the project are not part of a snapshot."""
        workspace = self._projects.folders(project).workspace.resolve()
        return (workspace / script).resolve() == workspace / script

    def _check_request(self, request: JobRequest) -> None:
        if request.device is Device.GPU and not self._capacity.gpus:
            raise Conflict("This installation has no GPU: choose CPU.", field="device")
        for name in request.env:
            if not _VARIABLE.fullmatch(name) or name.startswith(_RESERVED_VARIABLES):
                raise InvalidInput(f"{name[:80]!r} cannot be set as an environment variable.", field="env")
        texts = (*request.args, *request.env.values())
        if not all(map(_can_be_passed_on, texts)) or sum(map(len, texts)) > 100_000:
            raise InvalidInput("Arguments and variables hold at most 100,000 characters, and no NUL.", field="args")
        if request.time_limit is not None and not 0 < request.time_limit < 10**8:
            raise InvalidInput("The time limit is a positive number of seconds.", field="time_limit")


def _is_in_snapshot(script: str) -> bool:
    path = PurePosixPath(script)
    return all(is_code(part) for part in (path, *path.parents[:-1]))


def _can_be_passed_on(text: str) -> bool:
    """Whether a process can be given the text as an argument or a variable."""
    return "\0" not in text and not any("\ud800" <= char <= "\udfff" for char in text)
