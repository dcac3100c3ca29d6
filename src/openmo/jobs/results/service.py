"""What a job came to: its metrics, what it used, the code and the environment that it ran with."""

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import Actor
from openmo.config.settings import DataFolder
from openmo.db.engine import Database
from openmo.environments.packages import PackageChange, differences
from openmo.environments.service import EnvironmentService
from openmo.jobs.repository import JobRepository
from openmo.jobs.results.usage import read_usage
from openmo.jobs.results.values import Usage
from openmo.jobs.values import Job, JobEnvironment
from openmo.metrics.store.reader import MetricsReader
from openmo.projects.service import ProjectService
from openmo.storage.store import ObjectStore, TreeSummary


class JobResultService:
    """Reads, for those who may see the project's jobs."""

    def __init__(
        self,
        *,
        database: Database,
        projects: ProjectService,
        store: ObjectStore,
        environments: EnvironmentService,
        folder: DataFolder,
    ) -> None:
        self._database = database
        self._projects = projects
        self._store = store
        self._environments = environments
        self._folder = folder

    def environment(self, actor: Actor, job: Job) -> JobEnvironment:
        """What the job runs in, and how that differs from the run of the script before it."""
        self._check(actor, job)
        with self._database.read() as connection:
            earlier = JobRepository(connection).run_before(job)
        return JobEnvironment(
            recipe=self._environments.recipe(job.environment) if job.environment else None,
            exists=bool(job.environment) and self._environments.exists(job.environment),
            is_present=job.environment == self._environments.current().digest,
            packages=job.packages,
            missing=job.missing,
            earlier=earlier.number if earlier is not None else None,
            changes=self._changes(earlier, job) if earlier is not None else (),
        )

    def _changes(self, before: Job, after: Job) -> tuple[PackageChange, ...]:
        if not (before.environment and after.environment):
            return ()
        recipes = [self._environments.recipe(job.environment) for job in (before, after)]
        locks = [recipe.lock if recipe is not None else "" for recipe in recipes]
        return differences((locks[0], before.packages), (locks[1], after.packages))

    def snapshot(self, actor: Actor, job: Job) -> TreeSummary:
        """What the job's code consists of."""
        self._check(actor, job)
        return self._store.summary(job.tree)

    def metrics(self, actor: Actor, job: Job) -> MetricsReader:
        """The job's charted metrics."""
        self._check(actor, job)
        return MetricsReader(self._folder.jobs / job.id / "metrics")

    def usage(self, actor: Actor, job: Job) -> Usage:
        """What the job uses of CPUs, memory and GPUs, or used."""
        self._check(actor, job)
        return read_usage(self._folder.jobs / job.id)

    def _check(self, actor: Actor, job: Job) -> None:
        check(actor, Verb.SEE, self._projects.get(actor, job.owner, job.project).thing(Kind.JOB))
