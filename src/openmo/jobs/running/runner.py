"""The runner: starts queued jobs, follows their logs, records how they end.

Its truth is the operating system's: every step looks at what the executor observes and moves the database after it,
never the other way round. It keeps nothing that it could not find out again, so it may be killed at any moment: a job
is marked as running before its process is started, and starting is idempotent.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from openmo.core.clock import Clock
from openmo.core.errors import InvalidTransition, OpenMoError, Unavailable
from openmo.core.ids import JobId
from openmo.core.states import ACTIVE, JobState
from openmo.db.engine import Database, Transaction
from openmo.environments.service import EnvironmentBuilding
from openmo.events.log import EventLog
from openmo.execution.executor import Capacity, Executor, Exit, ExitKind, RunningProcess, Unstarted
from openmo.jobs.events import explained, moved
from openmo.jobs.log.file import LogFile
from openmo.jobs.repository import JobRepository, reason_columns
from openmo.jobs.running.disk import DiskGuard
from openmo.jobs.running.endings import reason, state_after
from openmo.jobs.running.launching import JobLauncher
from openmo.jobs.running.queue import allocations
from openmo.jobs.running.reasons import Reason
from openmo.jobs.service import RUNNER
from openmo.jobs.values import Job
from openmo.metrics.errors import StoreBusy
from openmo.metrics.follower import LogFollower
from openmo.signalling.notifier import Notifier

_log = logging.getLogger(__name__)

_PENDING = frozenset({JobState.PENDING})
_RUNNING = frozenset({JobState.RUNNING})
_BUSY_SECONDS = 0.02
_QUIET_SECONDS = 0.1
_IDLE_SECONDS = 1.0
_QUIET_AFTER = 50
"""Rounds without a new byte after which a running job is looked at less often."""


class JobRunner:
    """One loop over all jobs that wait or run; one runner a database."""

    def __init__(
        self,
        *,
        database: Database,
        events: EventLog,
        executor: Executor,
        launcher: JobLauncher,
        notifier: Notifier,
        guard: DiskGuard,
        clock: Clock,
    ) -> None:
        self._database = database
        self._events = events
        self._executor = executor
        self._launcher = launcher
        self._notifier = notifier
        self._guard = guard
        self._clock = clock
        self._followers: dict[JobId, LogFollower] = {}
        self._terminating: set[JobId] = set()
        self._not_before: dict[JobId, float] = {}
        """When a start that found the machine too busy is tried again, in monotonic seconds."""
        self._troubled: set[JobId] = set()
        self._processes: dict[JobId, int] = {}
        self._filling: set[JobId] = set()
        """Ended since they filled the disk."""
        self._quiet_rounds = 0
        self._stopping = False
        self.rounds = 0
        """How many rounds were begun: a number that stands still is a loop that does."""
        self.problem = ""
        """Why the last round has to be done again; empty when it need not."""

    def run(self) -> None:
        """Works until `stop`; the jobs go on without it."""
        try:
            while not self._stopping:
                self._notifier.wait(RUNNER, self._round())
        finally:
            for follower in self._followers.values():
                follower.close()

    def stop(self) -> None:
        """The loop ends after its present round."""
        self._stopping = True
        self._notifier.wake(RUNNER)

    def _round(self) -> float:
        self.rounds += 1
        try:
            due = self.step()
        except Unavailable as error:
            _log.warning("This round is done again: %s", error)
            self.problem = error.message
            return error.retry_after
        self.problem = ""
        return due

    def step(self) -> float:
        """One round; returns after how many seconds the next one is due."""
        with self._database.read() as connection:
            active = JobRepository(connection).in_states(ACTIVE)
        running = [job for job in active if job.state is JobState.RUNNING]
        pending = [job for job in active if job.state is JobState.PENDING]
        self._processes = {}
        grown = [self._look_at(job) for job in running]
        self._spare_the_disk(running)
        pending = [job for job in pending if not self._stop_pending(job)]
        started = bool(pending) and self._start_next(pending)
        if not running and not started:
            return _IDLE_SECONDS
        self._quiet_rounds = 0 if started or any(grown) else self._quiet_rounds + 1
        return _QUIET_SECONDS if self._quiet_rounds > _QUIET_AFTER else _BUSY_SECONDS

    def _look_at(self, job: Job) -> bool:
        """Follows one running job; what goes wrong with it is tried again next round, and the others go on."""
        try:
            happened = self._follow(job)
        except Exception as error:  # noqa: BLE001 (whatever is wrong with one job stops no other)
            if job.id not in self._troubled:
                surprise = None if isinstance(error, (OpenMoError, OSError)) else error
                _log.warning("Job %s cannot be followed: %s", job.id, error, exc_info=surprise)
                self._troubled.add(job.id)
            return False
        self._troubled.discard(job.id)
        return happened

    def _follow(self, job: Job) -> bool:
        """Looks at one running job; returns whether anything happened."""
        folder = self._launcher.folder(job)
        seen = self._executor.observe(folder)
        if isinstance(seen, Unstarted):
            # The runner was killed between marking the job and starting it, or the machine was too busy.
            if not job.stop_requested:
                return self._start(job)
            self._executor.terminate(folder)  # before the look: a start that is under way then ends as terminated
            seen = self._executor.observe(folder)
            if isinstance(seen, Unstarted):
                seen = Exit(kind=ExitKind.TERMINATED, ended_at=self._clock.now().timestamp())
        if isinstance(seen, Exit):
            self._end(job, seen)
            return True
        if isinstance(seen, RunningProcess):
            self._processes[job.id] = seen.pid
        if job.stop_requested and job.id not in self._terminating:
            self._executor.terminate(folder)
            self._terminating.add(job.id)
        return self._read_log(job) > 0

    def _read_log(self, job: Job) -> int:
        """The number of points that the log has grown by; a follower that fails is not used again."""
        try:
            return self._follower(job).poll()
        except BaseException:
            self._drop_follower(job)
            raise

    def _spare_the_disk(self, running: list[Job]) -> None:
        """The job that fills the disk is stopped; nothing needs to be written for that."""
        worst = self._guard.look(self._processes)
        for job in running:
            if job.id == worst and job.id not in self._filling:
                _log.warning("Job %s fills the disk: it is ended.", job.id)
                self._filling.add(job.id)
                self._executor.terminate(self._launcher.folder(job))

    def _stop_pending(self, job: Job) -> bool:
        if not job.stop_requested:
            return False
        self._move(job, JobState.TERMINATED, ending=ExitKind.TERMINATED, ended_at=self._clock.now())
        return True

    def _start_next(self, pending: list[Job]) -> bool:
        """Grants free slots and starts who got them; returns whether anything happened."""
        if self._guard.is_low:
            return False
        capacity = self._executor.capacity()
        with self._database.read() as connection:
            running = JobRepository(connection).in_states(_RUNNING)
        if not allocations(pending, running, capacity, self._clock.now()):
            return False
        started = False
        for job in self._grant(capacity):
            started |= self._start(job)
        return started

    def _grant(self, capacity: Capacity) -> list[Job]:
        """The jobs that are running from now on. Looks again in the transaction that records who holds which slots."""
        with self._events.begin() as connection:
            repository = JobRepository(connection)
            pending = [job for job in repository.in_states(_PENDING) if not job.stop_requested]
            now = self._clock.now()
            return [
                self._moved(connection, found.job, JobState.RUNNING, started_at=now, granted_gpus=list(found.gpus))
                for found in allocations(pending, repository.in_states(_RUNNING), capacity, now)
            ]

    def _start(self, job: Job) -> bool:
        """Starts what is marked as running; returns whether anything happened."""
        if self._clock.monotonic() < self._not_before.get(job.id, 0.0):
            return False
        try:
            launch = self._launcher.prepare(job)
        except EnvironmentBuilding as error:
            self._say_building(job)
            self._not_before[job.id] = self._clock.monotonic() + error.retry_after
            return False
        except Unavailable as error:
            self._not_before[job.id] = self._clock.monotonic() + error.retry_after
            return False
        except Exception as error:  # noqa: BLE001 (whatever a project holds breaks its own job alone, and is shown)
            self._never_ran(job, error)
            return True
        if job.reason_code == "building_environment":
            self._explain(job, Reason())
        try:
            self._executor.start(launch)
        except Unavailable as error:
            _log.info("Job %s is started later: %s", job.id, error)
            self._not_before[job.id] = self._clock.monotonic() + error.retry_after
            return False
        except (OpenMoError, OSError) as error:
            self._executor.terminate(launch.folder)  # what did start after all must not outlive the record of its end
            if isinstance(self._executor.observe(launch.folder), Unstarted):
                self._never_ran(job, error)
        return True

    def _say_building(self, job: Job) -> None:
        if job.reason_code != "building_environment":
            self._explain(job, Reason("building_environment"))

    def _explain(self, job: Job, reason: Reason) -> None:
        with self._events.begin() as connection:
            change = self._events.draw(connection)
            now = JobRepository(connection).explain(job, reason, change=change)
            if now.change == change:
                self._events.append(connection, explained(now), number=change)

    def _never_ran(self, job: Job, error: Exception) -> None:
        _log.warning("Job %s could not be started.", job.id, exc_info=error)
        detail, why = (str(error), "") if isinstance(error, OpenMoError) else ("", _in_words(error))
        now = self._clock.now().timestamp()
        self._end(job, Exit(kind=ExitKind.NOT_STARTED, ended_at=now, detail=detail, failure=why))

    def _end(self, job: Job, end: Exit) -> None:
        if job.id in self._filling and end.kind is ExitKind.TERMINATED:
            end = replace(end, kind=ExitKind.DISK_FULL)
        self._store_metrics(job)
        tail = LogFile(self._launcher.folder(job)).tail()
        self._move(
            job,
            state_after(end),
            ending=end.kind,
            exit_code=end.code,
            peak_memory=end.peak_memory_bytes,
            ended_at=datetime.fromtimestamp(end.ended_at, UTC),
            **reason_columns(reason(end, job, tail)),
            **_started(end),
        )
        self._terminating.discard(job.id)
        self._filling.discard(job.id)
        self._not_before.pop(job.id, None)

    def _store_metrics(self, job: Job) -> None:
        """The rest of the log's points are stored; raises StoreBusy while an earlier runner still does that."""
        try:
            self._follower(job).finish()
        except StoreBusy:
            raise
        except Exception as error:  # noqa: BLE001 (a full disk, or whatever is damaged, must not keep it from ending)
            surprise = None if isinstance(error, (OpenMoError, OSError)) else error
            _log.warning("The metrics of job %s are incomplete: %s", job.id, error, exc_info=surprise)
        self._drop_follower(job)

    def _drop_follower(self, job: Job) -> None:
        if (follower := self._followers.pop(job.id, None)) is not None:
            follower.close()

    def _move(self, job: Job, after: JobState, **fields: object) -> Job | None:
        """The moved job; None when somebody else moved it first (the next round sees where it is).

        A move and its event, with all that belongs to it, are one transaction: there is never one without the other.
        """
        try:
            with self._events.begin() as connection:
                now = JobRepository(connection).by_id(job.id)
                return self._moved(connection, now, after, **fields) if now is not None else None
        except InvalidTransition as error:
            _log.info("%s", error)
            return None

    def _moved(self, transaction: Transaction, job: Job, after: JobState, **fields: object) -> Job:
        change = self._events.draw(transaction)
        now = JobRepository(transaction).move(job, after, change=change, **fields)
        self._events.append(transaction, moved(now), number=change)
        return now

    def _follower(self, job: Job) -> LogFollower:
        follower = self._followers.get(job.id)
        if follower is None:
            folder = self._launcher.folder(job)
            follower = LogFollower(folder / "log", folder / "log.times", folder / "metrics")
            self._followers[job.id] = follower
        return follower


def _in_words(error: Exception) -> str:
    return str(error) if isinstance(error, OSError) else repr(error)


def _started(end: Exit) -> Mapping[str, datetime]:
    return {} if end.started_at is None else {"started_at": datetime.fromtimestamp(end.started_at, UTC)}
