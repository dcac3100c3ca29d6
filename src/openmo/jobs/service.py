"""Jobs: submitted, watched, stopped, run again. The runner moves them on (see `runner`)."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import TypedDict

from openmo.accounts.access import PLATFORM, check, may
from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import Actor
from openmo.config.settings import DataFolder
from openmo.core.clock import Clock
from openmo.core.errors import Conflict, InvalidInput, NotFound
from openmo.core.hostile.trees import remove_tree
from openmo.core.ids import JobId, new_id
from openmo.core.messages import message
from openmo.core.space import DiskSpace
from openmo.core.states import JobState
from openmo.db.engine import Database
from openmo.environments.packages import (
    HEAD_BYTES,
    REQUIREMENTS,
    TOTAL_BYTES,
    installed,
    is_wanted,
    missing,
)
from openmo.environments.service import EnvironmentService
from openmo.events.log import EventLog
from openmo.events.values import Amount
from openmo.execution.executor import Capacity
from openmo.jobs.events import deleted, priority_changed, stop_requested, submitted
from openmo.jobs.lineage.repository import LineageRepository
from openmo.jobs.lineage.service import LineageService
from openmo.jobs.lineage.values import JobInput
from openmo.jobs.repository import JobRepository
from openmo.jobs.requests import JobRequests
from openmo.jobs.running.reasons import Reason
from openmo.jobs.secrets import SecretBox
from openmo.jobs.values import Job, JobRequest
from openmo.jobs.waiting import JobQueue
from openmo.projects.files import ProjectFileService
from openmo.projects.service import ProjectService
from openmo.projects.snapshot import is_code
from openmo.projects.values import Project
from openmo.signalling.notifier import Notifier
from openmo.storage.store import ObjectStore

RUNNER = "runner"
"""The topic that wakes the runner."""
_ALL = 1_000_000


class _Place(TypedDict):
    """Where a job runs."""

    environment: str
    packages: tuple[str, ...]
    missing: tuple[str, ...]


class _Beginning(TypedDict):
    """What a job is before anything happened to it."""

    state: JobState
    reason: str
    reason_code: str
    reason_params: Mapping[str, Amount]
    ending: str | None
    exit_code: int | None
    peak_memory: int | None
    stop_requested: bool
    granted_gpus: tuple[str, ...]
    started_at: datetime | None
    ended_at: datetime | None
    change: int


class JobService:
    """What users do with jobs."""

    def __init__(
        self,
        *,
        database: Database,
        events: EventLog,
        projects: ProjectService,
        files: ProjectFileService,
        store: ObjectStore,
        notifier: Notifier,
        capacity: Callable[[], Capacity],
        folder: DataFolder,
        environments: EnvironmentService,
        lineage: LineageService,
        space: DiskSpace,
        clock: Clock,
    ) -> None:
        self._database = database
        self._lineage = lineage
        self._events = events
        self._projects = projects
        self._store = store
        self._environments = environments
        self._notifier = notifier
        self._capacity = capacity
        self._folder = folder
        self._clock = clock
        self._space = space
        self._requests = JobRequests(projects, files, capacity)
        self._queue = JobQueue(capacity, space, clock)
        self._box = SecretBox(folder)

    @property
    def capacity(self) -> Capacity:
        """What jobs can ask for here."""
        return self._capacity()

    def list(self, actor: Actor, project: Project, *, limit: int = 200, offset: int = 0) -> tuple[Job, ...]:
        """The project's jobs, newest first; its owner's to see."""
        check(actor, Verb.SEE, project.thing(Kind.JOB))
        with self._database.read() as connection:
            jobs = JobRepository(connection)
            return self._queue.explained(jobs, jobs.of_project(project.id, limit=limit, offset=offset))

    def get(self, actor: Actor, project: Project, number: int) -> Job:
        """Raises NotFound."""
        check(actor, Verb.SEE, project.thing(Kind.JOB))
        with self._database.read() as connection:
            jobs = JobRepository(connection)
            job = jobs.by_number(project.id, number)
            if job is None:
                raise NotFound(
                    message("%(project)s has no job number %(number)s.", project=project.full_name, number=number)
                )
            return self._queue.explained(jobs, (job,))[0]

    def several(self, actor: Actor, project: Project, numbers: Collection[int]) -> tuple[Job, ...]:
        """The jobs of those numbers that there are, by their numbers ascending."""
        check(actor, Verb.SEE, project.thing(Kind.JOB))
        with self._database.read() as connection:
            jobs = JobRepository(connection)
            return self._queue.explained(jobs, jobs.by_numbers(project.id, numbers))

    def submit(self, actor: Actor, project: Project, request: JobRequest) -> Job:
        """A pending job of the project's code as it is now, or as an earlier job had it.

        Raises InvalidInput, NotFound, Forbidden (a priority), Conflict for what this installation does not have,
        StorageFull.
        """
        check(actor, Verb.RUN, project.thing(Kind.JOB))
        self._space.check()
        request = self._requests.checked(actor, request)
        if request.code_of is None:
            script = self._requests.script(actor, project, request.script)
            tree = self._store.put_tree(self._projects.folders(project).workspace, keep=is_code)
            place = self._present(tree.digest)
        else:
            earlier = self.get(actor, project, request.code_of)
            script, tree = earlier.script, self._store.summary(earlier.tree)
            place = self._present(tree.digest) if request.present_environment else self._recorded(earlier)
            if request.script not in ("", script):
                raise InvalidInput("To run another script, take the code as it is now.", field="script")
        assert actor.account is not None  # noqa: S101 (guests run no jobs)
        secrets = {**self._secrets_of(actor, project, request.secrets_of), **request.secrets}
        draft = Job(
            id=JobId(new_id()),
            project_id=project.id,
            owner=project.owner,
            project=project.name,
            number=0,
            name=request.name,
            script=script,
            args=request.args,
            env=dict(request.env),
            secret_names=tuple(sorted(secrets)),
            sealed_secrets=self._box.seal(secrets),
            device=request.device,
            cpus=request.cpus,
            gpus=request.gpus,
            memory_limit=request.memory_limit,
            time_limit=request.time_limit,
            priority=request.priority,
            tree=tree.digest,
            snapshot_bytes=tree.bytes,
            snapshot_files=tree.files,
            created_by=actor.account.id,
            created_at=self._clock.now(),
            **place,
            **_FRESH,
        )
        return self._add(draft, self._lineage.find(actor, project, script, tree.digest))

    def restart(self, actor: Actor, job: Job) -> Job:
        """A new run of the same snapshot with the same arguments, variables, secrets and limits."""
        project = self._checked(actor, Verb.RUN, job)
        self._space.check()
        assert actor.account is not None  # noqa: S101 (guests run no jobs)
        fresh = replace(
            job,
            id=JobId(new_id()),
            name="" if job.has_generated_name else job.name,
            priority=job.priority if may(actor, Verb.JUMP_QUEUE, PLATFORM) else min(job.priority, 0),
            created_by=actor.account.id,
            created_at=self._clock.now(),
            project_id=project.id,
            **self._recorded(job),
            **_FRESH,
        )
        return self._add(fresh, self._lineage.find(actor, project, job.script, job.tree))

    def set_priority(self, actor: Actor, job: Job, priority: int) -> Job:
        """A waiting job goes earlier or later; raises Forbidden for one that jumps the queue."""
        self._checked(actor, Verb.STOP, job)
        self._requests.check_priority(actor, priority)
        with self._events.begin() as connection:
            change = self._events.draw(connection)
            changed = JobRepository(connection).set_priority(job, priority, change=change)
            if changed.change == change:
                self._events.append(connection, priority_changed(actor, changed), number=change)
        self._notifier.wake(RUNNER)
        return changed

    def terminate(self, actor: Actor, job: Job) -> Job:
        """The job is asked to stop; it is terminated when its processes are gone. Raises Conflict for an ended one."""
        self._checked(actor, Verb.STOP, job)
        with self._events.begin() as connection:
            jobs = JobRepository(connection)
            now = jobs.by_id(job.id)
            if now is None or now.state.is_terminal:
                raise Conflict(message("Job %(name)s has ended already.", name=job.name))
            change = self._events.draw(connection)
            stopped = jobs.request_stop(now, change=change, reason=Reason("terminated_by", {"who": actor.name}))
            if stopped.change == change:
                self._events.append(connection, stop_requested(actor, stopped), number=change)
        self._notifier.wake(RUNNER)
        return stopped

    def delete(self, actor: Actor, job: Job) -> None:
        """The job, its log and its charts are gone; raises Conflict while it waits or runs."""
        self._checked(actor, Verb.DELETE, job)
        self._delete(actor, (job,))

    def delete_several(self, actor: Actor, project: Project, numbers: Iterable[int]) -> None:
        """As `delete`: all of them, or none. What is gone already stays gone."""
        check(actor, Verb.DELETE, project.thing(Kind.JOB))
        with self._database.read() as connection:
            jobs = JobRepository(connection)
            found = [job for number in sorted(set(numbers)) if (job := jobs.by_number(project.id, number))]
        self._delete(actor, found)

    def _delete(self, actor: Actor, found: Sequence[Job]) -> None:
        with self._events.begin() as connection:
            jobs = JobRepository(connection)
            for job in found:
                now = jobs.by_id(job.id)
                if now is None:
                    continue
                if not now.state.is_terminal:
                    raise Conflict(message("Job %(name)s still waits or runs: terminate it first.", name=job.name))
                self._events.append(connection, deleted(actor, now))
                jobs.remove(job.id)
        for job in found:
            remove_tree(self._folder.jobs / job.id)

    def check_deletable(self, actor: Actor, project: Project) -> None:
        """Raises Conflict while a job of the project waits or runs."""
        for job in self.list(actor, project, limit=_ALL):
            if not job.state.is_terminal:
                raise Conflict(message("Job %(name)s still waits or runs: terminate it first.", name=job.name))

    def delete_all(self, actor: Actor, project: Project) -> None:
        """Every job of a project that is being deleted; raises Conflict for one that has not ended."""
        for job in self.list(actor, project, limit=_ALL):
            self.delete(actor, job)

    def _add(self, draft: Job, inputs: Sequence[JobInput]) -> Job:
        self._projects.touch(self._projects.by_id(draft.project_id))
        with self._events.begin() as connection:
            jobs = JobRepository(connection)
            number, change = jobs.next_number(draft.project_id), self._events.draw(connection)
            name = draft.name or f"{PurePosixPath(draft.script).stem}-{number}"
            added = jobs.add(replace(draft, number=number, name=name, change=change))
            LineageRepository(connection).add(added.id, inputs)
            self._events.append(connection, submitted(added), number=change)
            (job,) = self._queue.explained(jobs, (added,))
        self._notifier.wake(RUNNER)
        return job

    def _present(self, tree: str) -> _Place:
        """The environment as it is now, and what the snapshot brings and lacks on top of it."""
        environment = self._environments.current()
        recipe = self._environments.recipe(environment.digest)
        files = self._store.read_files(tree, is_wanted, limit=HEAD_BYTES, total=TOTAL_BYTES)
        own = installed(files)
        wishes = files.get(REQUIREMENTS, b"").decode("utf-8", "replace")
        absent = missing(wishes, lock=recipe.lock, own=own) if recipe is not None else ()
        return _Place(environment=environment.digest, packages=own, missing=absent)

    def _recorded(self, job: Job) -> _Place:
        """The environment of an earlier job; raises Conflict when it is gone for good."""
        if not job.environment:
            return self._present(job.tree)
        self._environments.check(job.environment)
        return _Place(environment=job.environment, packages=job.packages, missing=job.missing)

    def _checked(self, actor: Actor, verb: Verb, job: Job) -> Project:
        """The job's project, when the actor may do that to its jobs."""
        project = self._projects.get(actor, job.owner, job.project)
        check(actor, verb, project.thing(Kind.JOB))
        return project

    def _secrets_of(self, actor: Actor, project: Project, number: int | None) -> dict[str, str]:
        return {} if number is None else self._box.open(self.get(actor, project, number).sealed_secrets)


_FRESH = _Beginning(
    state=JobState.PENDING,
    reason="",
    reason_code="",
    reason_params={},
    ending=None,
    exit_code=None,
    peak_memory=None,
    stop_requested=False,
    granted_gpus=(),
    started_at=None,
    ended_at=None,
    change=0,
)
