"""What jobs were made with: found at their submission, told to those who may see it."""

from openmo.accounts.access import PLATFORM, check, may, scope_of
from openmo.accounts.rights import Kind, Verb
from openmo.accounts.values import Actor
from openmo.core.references import Reference
from openmo.datasets.values import Dataset
from openmo.db.engine import Database
from openmo.jobs.lineage.repository import LineageRepository
from openmo.jobs.lineage.values import JobInput, JobInputs, UsePage
from openmo.jobs.values import Job
from openmo.modules.values import DEV, Module
from openmo.projects.imports.naming import named_in
from openmo.projects.imports.service import ImportService
from openmo.projects.service import ProjectService
from openmo.projects.values import Project
from openmo.storage.store import ObjectStore

MAX_SCRIPT = 16 << 20
"""Bytes of a script or notebook that is read, a notebook's pictures among them."""
USES_LIMIT = 100
"""Jobs on a page."""


class LineageService:
    """Reads scripts without running them: what is named only while a job runs is not found."""

    def __init__(
        self, database: Database, projects: ProjectService, imports: ImportService, store: ObjectStore
    ) -> None:
        self._database = database
        self._projects = projects
        self._imports = imports
        self._store = store

    def find(self, actor: Actor, project: Project, script: str, tree: str) -> tuple[JobInput, ...]:
        """What that script of the snapshot names of the project's imports, in the versions that they have now."""
        modules = {
            Reference(each.module.owner, each.module.name, each.version): each.module.id
            for each in self._imports.modules(actor, project)
        }
        datasets = {each.dataset.folder: each for each in self._imports.datasets(actor, project)}
        if not (modules or datasets):
            return ()
        files = self._store.read_files(tree, lambda path: path == script, limit=MAX_SCRIPT, total=MAX_SCRIPT)
        named = named_in(script, files.get(script, b""), modules=tuple(modules), folders=tuple(datasets))
        return (
            *(
                JobInput(module_id=modules[each.module], version=each.module.version, method=each.method)
                for each in named.modules
            ),
            *(
                JobInput(dataset_id=datasets[folder].dataset.id, version=str(datasets[folder].version))
                for folder in named.folders
            ),
        )

    def inputs(self, actor: Actor, job: Job) -> JobInputs:
        """What the job was made with, as far as the actor may see it by now."""
        project = self._projects.get(actor, job.owner, job.project)
        check(actor, Verb.SEE, project.thing(Kind.JOB))
        with self._database.read() as connection:
            lineage = LineageRepository(connection)
            modules, datasets = lineage.modules_of(job.id), lineage.datasets_of(job.id)
        return JobInputs(
            modules=tuple(
                each
                for each in modules
                if may(actor, Verb.TRY if each.version == DEV else Verb.SEE, each.module.thing())
            ),
            datasets=tuple(each for each in datasets if may(actor, Verb.SEE, each.dataset.thing())),
        )

    def uses(self, actor: Actor, used: Module | Dataset, *, after: str = "", limit: int = 20) -> UsePage:
        """The actor's own jobs that were made with it, in any version; guests have none."""
        scope = scope_of(actor)
        if scope is None or not may(actor, Verb.WORK, PLATFORM):
            return UsePage()
        limit = max(1, min(limit, USES_LIMIT))
        with self._database.read() as connection:
            found = LineageRepository(connection).uses(
                used.id, owner_id=scope.owner_id, project_id=scope.project_id, after=after, limit=limit + 1
            )
        return UsePage(items=found[:limit], next=found[limit - 1].job.id if len(found) > limit else "")
