"""What happens to somebody's jobs: those that wait or run, and what changed since."""

from collections.abc import Callable

from openmo.accounts.access import scope_of
from openmo.accounts.values import Actor
from openmo.core.clock import Clock
from openmo.core.space import DiskSpace
from openmo.db.engine import Database
from openmo.execution.executor import Capacity
from openmo.jobs.repository import JobRepository
from openmo.jobs.values import Job
from openmo.jobs.waiting import JobQueue


class JobWatchService:
    """Everything is the actor's own; a project's own server sees that project's alone. Visitors have none."""

    def __init__(self, database: Database, capacity: Callable[[], Capacity], space: DiskSpace, clock: Clock) -> None:
        self._database = database
        self._queue = JobQueue(capacity, space, clock)

    def active(self, actor: Actor) -> tuple[Job, ...]:
        """The actor's jobs that wait or run, oldest first."""
        scope = scope_of(actor)
        if scope is None:
            return ()
        with self._database.read() as connection:
            jobs = JobRepository(connection)
            return self._queue.explained(jobs, jobs.active_of(scope.owner_id, project_id=scope.project_id))

    def changed_since(self, actor: Actor, change: int) -> tuple[Job, ...]:
        """The actor's jobs that events after number `change` changed, in that order; some hundred at a time."""
        scope = scope_of(actor)
        if scope is None:
            return ()
        with self._database.read() as connection:
            return JobRepository(connection).changed_since(change, owner_id=scope.owner_id, project_id=scope.project_id)
