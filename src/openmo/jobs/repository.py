"""SQL of jobs. Every change of a job carries the number of its event, by which watchers see what is new."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from statistics import median

from sqlalchemy import Connection, delete, func, insert, select, update

from openmo.core.errors import InvalidTransition
from openmo.core.ids import AccountId, JobId, ProjectId
from openmo.core.messages import message
from openmo.core.states import ACTIVE, JobState, check_job_move
from openmo.db.counters import next_value
from openmo.db.rows import Query, Row, all_rows, first_row
from openmo.db.tables import accounts, jobs, projects
from openmo.jobs.running.reasons import Reason, say
from openmo.jobs.values import Device, Job

_RECENT = 5
"""Runs of a script that tell how long it usually takes."""


class JobRepository:
    """Jobs in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def by_id(self, job_id: JobId) -> Job | None:
        return self._one(select_jobs().where(jobs.c.id == job_id))

    def by_number(self, project_id: ProjectId, number: int) -> Job | None:
        return self._one(select_jobs().where(jobs.c.project_id == project_id, jobs.c.number == number))

    def by_numbers(self, project_id: ProjectId, numbers: Collection[int]) -> tuple[Job, ...]:
        """Those that there are, by their numbers ascending."""
        query = select_jobs().where(jobs.c.project_id == project_id, jobs.c.number.in_(sorted(numbers)))
        return self._many(query.order_by(jobs.c.number))

    def of_project(self, project_id: ProjectId, *, limit: int, offset: int = 0) -> tuple[Job, ...]:
        query = select_jobs().where(jobs.c.project_id == project_id).order_by(jobs.c.number.desc())
        return self._many(query.limit(limit).offset(offset))

    def run_before(self, job: Job) -> Job | None:
        """The newest earlier job of the same script."""
        same = (jobs.c.project_id == job.project_id, jobs.c.script == job.script, jobs.c.number < job.number)
        return self._one(select_jobs().where(*same).order_by(jobs.c.number.desc()).limit(1))

    def in_states(self, states: frozenset[JobState]) -> tuple[Job, ...]:
        """Oldest first."""
        return self._many(select_jobs().where(jobs.c.state.in_(sorted(states))).order_by(jobs.c.created_at, jobs.c.id))

    def active_of(self, owner_id: AccountId, *, project_id: ProjectId | None) -> tuple[Job, ...]:
        """What waits or runs in one owner's projects, or in one project of theirs alone; oldest first."""
        query = _of(owner_id, project_id).where(jobs.c.state.in_(sorted(ACTIVE)))
        return self._many(query.order_by(jobs.c.created_at, jobs.c.id))

    def changed_since(
        self, change: int, *, owner_id: AccountId, project_id: ProjectId | None, limit: int = 500
    ) -> tuple[Job, ...]:
        """As `active_of`: jobs that changed after `change`, in the order of their changes."""
        query = _of(owner_id, project_id).where(jobs.c.change > change)
        return self._many(query.order_by(jobs.c.change).limit(limit))

    def usual_seconds(self, project_ids: Collection[ProjectId]) -> dict[tuple[ProjectId, str], float]:
        """How long each script of those projects usually runs: the median of its last five successes."""
        newest = func.row_number().over(
            partition_by=(jobs.c.project_id, jobs.c.script), order_by=(jobs.c.ended_at.desc(), jobs.c.id)
        )
        ended = (
            select(jobs.c.project_id, jobs.c.script, jobs.c.started_at, jobs.c.ended_at, newest.label("newest"))
            .where(jobs.c.project_id.in_(project_ids), jobs.c.state == JobState.SUCCEEDED)
            .subquery()
        )
        runs: defaultdict[tuple[ProjectId, str], list[float]] = defaultdict(list)
        for row in self._connection.execute(select(ended).where(ended.c.newest <= _RECENT)):
            if row.started_at is not None and row.ended_at is not None:
                runs[row.project_id, row.script].append((row.ended_at - row.started_at).total_seconds())
        return {key: median(seconds) for key, seconds in runs.items()}

    def next_number(self, project_id: ProjectId) -> int:
        return next_value(self._connection, f"jobs of {project_id}")

    def add(self, job: Job) -> Job:
        values = {column.name: _stored(getattr(job, column.name)) for column in jobs.c}
        self._connection.execute(insert(jobs).values(values))
        return self._known(job.id)

    def move(self, job: Job, after: JobState, *, change: int, **fields: object) -> Job:
        """One move of the state machine; raises InvalidTransition when the job is no longer where `job` says."""
        check_job_move(job.state, after)
        result = self._connection.execute(
            update(jobs)
            .where(jobs.c.id == job.id, jobs.c.state == job.state)
            .values(state=after, change=change, **fields)
        )
        if result.rowcount != 1:
            now = self.by_id(job.id)
            raise InvalidTransition(
                message(
                    "Job %(name)s is %(state)s by now.", name=repr(job.name), state=now.state if now else "deleted"
                ),
                before=job.state,
                after=after,
            )
        return self._known(job.id)

    def request_stop(self, job: Job, *, change: int, reason: Reason) -> Job:
        """The wish that the job stops, and who has it; the first one stands."""
        self._connection.execute(
            update(jobs)
            .where(jobs.c.id == job.id, jobs.c.state.in_(sorted(ACTIVE)), jobs.c.stop_requested.is_(False))
            .values(stop_requested=True, change=change, **reason_columns(reason))
        )
        return self._known(job.id)

    def explain(self, job: Job, reason: Reason, *, change: int) -> Job:
        """What there is to say about a job that nobody has asked to stop."""
        self._connection.execute(
            update(jobs)
            .where(jobs.c.id == job.id, jobs.c.state == job.state, jobs.c.stop_requested.is_(False))
            .values(change=change, **reason_columns(reason))
        )
        return self._known(job.id)

    def set_priority(self, job: Job, priority: int, *, change: int) -> Job:
        """For a job that waits; one that was started meanwhile stays as it is."""
        self._connection.execute(
            update(jobs)
            .where(jobs.c.id == job.id, jobs.c.state == JobState.PENDING)
            .values(priority=priority, change=change)
        )
        return self._known(job.id)

    def remove(self, job_id: JobId) -> None:
        self._connection.execute(delete(jobs).where(jobs.c.id == job_id))

    def _known(self, job_id: JobId) -> Job:
        job = self.by_id(job_id)
        assert job is not None  # noqa: S101 (written in this transaction)
        return job

    def _one(self, query: Query) -> Job | None:
        row = first_row(self._connection, query)
        return job_of(row) if row else None

    def _many(self, query: Query) -> tuple[Job, ...]:
        return tuple(job_of(row) for row in all_rows(self._connection, query))


def select_jobs() -> Query:
    """Jobs with their project's name and its owner's."""
    return (
        select(*jobs.c, accounts.c.name.label("owner"), projects.c.name.label("project"))
        .join(projects, projects.c.id == jobs.c.project_id)
        .join(accounts, accounts.c.id == projects.c.owner_id)
    )


def _of(owner_id: AccountId, project_id: ProjectId | None) -> Query:
    query = select_jobs().where(projects.c.owner_id == owner_id)
    return query if project_id is None else query.where(projects.c.id == project_id)


def reason_columns(reason: Reason) -> dict[str, object]:
    """A reason as columns of a job."""
    return {"reason": say(reason), "reason_code": reason.code, "reason_params": dict(reason.params)}


def _stored(value: object) -> object:
    """Sequences and mappings as JSON has them."""
    if isinstance(value, tuple):
        return list(value)
    return dict(value) if isinstance(value, Mapping) else value


def job_of(row: Row) -> Job:
    """A row of `select_jobs`."""
    return Job(
        **{
            **row,
            "args": tuple(row["args"]),
            "device": Device(row["device"]),
            "state": JobState(row["state"]),
            # Rows of the first release hold nothing in these.
            "secret_names": tuple(row["secret_names"] or ()),
            "sealed_secrets": row["sealed_secrets"] or "",
            "environment": row["environment"] or "",
            "packages": tuple(row["packages"] or ()),
            "missing": tuple(row["missing"] or ()),
            "granted_gpus": tuple(row["granted_gpus"] or ()),
            "reason_code": row["reason_code"] or "",
            "reason_params": row["reason_params"] or {},
        }
    )
