"""The real services over a temporary folder and a test database, with people and things to act on."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from support.app_tokens import MemoryAppTokens
from support.clocks import ManualClock
from support.files import write_files
from support.identity import MemoryIdentity

from openmo.accounts.service import AccountService
from openmo.accounts.values import Account, Actor
from openmo.apps.owner.call_tokens import CallTokens
from openmo.apps.owner.calls import StoredCallRecords
from openmo.apps.owner.service import ServingService
from openmo.apps.preparing.examples import ExampleService
from openmo.apps.service import AppService
from openmo.config.settings import DataFolder
from openmo.core.clock import Clock
from openmo.core.errors import Conflict
from openmo.core.visibility import Visibility
from openmo.datasets.service import DatasetService
from openmo.datasets.values import Dataset
from openmo.db.engine import Database
from openmo.environments.recipes import EnvironmentProvider, EnvironmentRecipe, UserEnvironment
from openmo.environments.service import EnvironmentService
from openmo.execution.executor import Executor
from openmo.execution.memory import MemoryExecutor
from openmo.jobs.running.launching import JobLauncher
from openmo.jobs.running.runner import Runner
from openmo.jobs.service import JobService
from openmo.jobs.values import Job, JobRequest
from openmo.modules.service import ModuleService
from openmo.modules.values import Module
from openmo.notices.service import NoticeService
from openmo.projects.service import ProjectService
from openmo.projects.templates import Templates
from openmo.projects.values import Project
from openmo.sandbox.variables import interpreter_folders
from openmo.serving.trial import ReleaseTrial
from openmo.signalling.memory import MemoryNotifier
from openmo.storage.folder import FolderObjectStore
from openmo.web.app import create_app
from openmo.web.services import Services

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
HOST = "openmo.test"
DIGEST = "0" * 64
HANDLER = 'def handle(conf):\n    a = conf["a"]  # value_type: int\n    return {"b": a}  # value_type: int\n'
MODULE_FILES = {
    "main.py": "class echo:\n    def run(self, conf={}):\n        return conf\n",
    "module_spec.yml": "input:\n  run:\n    a:\n      value_type: int\n",
}


class ThisEnvironment:
    """User code runs in the interpreter of the tests, or in the one that a test puts into `environment`."""

    def __init__(self) -> None:
        python = Path(sys.executable)
        self.environment = UserEnvironment(digest=DIGEST, python=python, read_only=interpreter_folders(python))

    def base(self) -> UserEnvironment:
        return self.environment

    def base_recipe(self) -> EnvironmentRecipe:
        lock = "numpy==2.3.0\n"
        return EnvironmentRecipe(digest=self.environment.digest, name="base", python="CPython", lock=lock, wheels={})

    def find(self, digest: str) -> UserEnvironment | None:
        return self.environment if digest == self.environment.digest else None

    def can_build(self, recipe: EnvironmentRecipe) -> bool:
        return recipe.python == "CPython"

    def build(self, recipe: EnvironmentRecipe) -> UserEnvironment:
        raise Conflict(f"There is nothing to build {recipe.digest} with.")

    def prune(self, keep: frozenset[str]) -> tuple[str, ...]:
        del keep
        return ()


@dataclass
class RecordedLaunch:
    """Says where JupyterLab would be, and remembers what was asked."""

    started: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)
    projects: ProjectService | None = None

    async def start(self, actor: Actor, project: Project, *, language: str = "") -> str:
        del language
        assert self.projects is not None
        self.projects.check_edit(actor, project)
        self.started.append(project.full_name)
        return f"/user/{project.owner}/{project.slug}/lab"

    async def stop(self, project: Project) -> None:
        self.stopped.append(project.full_name)


class Platform:
    """Everything that the web service and the runner are made of, without the servers."""

    def __init__(
        self,
        database: Database,
        root: Path,
        *,
        executor: Executor | None = None,
        clock: Clock | None = None,
        environments: EnvironmentProvider | None = None,
    ) -> None:
        self.clock: Clock = clock or ManualClock()
        self.database = database
        self.folder = DataFolder(root)
        self.folder.prepare()
        self.store = FolderObjectStore(self.folder.store)
        self.notifier = MemoryNotifier()
        self.executor: Executor = executor or MemoryExecutor(clock=self.clock)
        self.provider = environments or ThisEnvironment()
        self.environments = EnvironmentService(database, self.provider, self.clock)
        self.accounts = AccountService(database, self.clock)
        self.notices = NoticeService(database, self.clock)
        self.datasets = DatasetService(database, self.store, self.folder, self.clock)
        self.modules = ModuleService(database, self.store, self.folder, self.clock)
        self.projects = ProjectService(
            database=database,
            folder=self.folder,
            datasets=self.datasets,
            modules=self.modules,
            templates=Templates(TEMPLATES),
            clock=self.clock,
        )
        self.jobs = self._job_service()
        self.apps = self.apps_with(None)
        self.app_logs = root / "app-logs"
        self.serving = ServingService(
            database=database,
            projects=self.projects,
            clock=self.clock,
            logs=self.app_logs,
            store=self.store,
            releases=self.folder.releases,
        )
        self.call_records = StoredCallRecords(database, self.clock)
        self.launch = RecordedLaunch(projects=self.projects)
        self.app_tokens = MemoryAppTokens(self.clock)
        self.launcher = JobLauncher(
            projects=self.projects,
            datasets=self.datasets,
            modules=self.modules,
            store=self.store,
            environments=self.environments,
            folder=self.folder,
        )

    def _job_service(self) -> JobService:
        return JobService(
            database=self.database,
            projects=self.projects,
            store=self.store,
            notifier=self.notifier,
            capacity=self.executor.capacity,
            folder=self.folder,
            environments=self.environments,
            clock=self.clock,
        )

    def apps_with(self, trial: ReleaseTrial | None) -> AppService:
        """The service, calling releases so before they are there."""
        return AppService(
            database=self.database,
            projects=self.projects,
            datasets=self.datasets,
            modules=self.modules,
            store=self.store,
            environments=self.environments,
            folder=self.folder,
            clock=self.clock,
            trial=trial,
        )

    def use(self, executor: Executor) -> None:
        """Jobs run there from now on."""
        self.executor = executor
        self.jobs = self._job_service()

    def runner(self) -> Runner:
        """A runner as a new process would have it."""
        return Runner(
            database=self.database,
            executor=self.executor,
            launcher=self.launcher,
            notifier=self.notifier,
            clock=self.clock,
        )

    def app(self, identity: MemoryIdentity, *, hosts: tuple[str, ...] = (HOST,)) -> FastAPI:
        """The production application over these services."""
        services = Services(
            accounts=self.accounts,
            notices=self.notices,
            projects=self.projects,
            datasets=self.datasets,
            modules=self.modules,
            jobs=self.jobs,
            apps=self.apps,
            examples=ExampleService(self.projects),
            serving=self.serving,
            launch=self.launch,
            app_tokens=self.app_tokens,
        )
        return create_app(
            services=services,
            identity=identity,
            call_tokens=CallTokens(b"calls", self.clock),
            csrf_secret=b"csrf",
            hosts=hosts,
        )

    def account(self, name: str) -> Account:
        if name == "openmo":
            return self.accounts.ensure_samples_owner()
        return self.accounts.ensure(name)

    def actor(self, name: str, *, only: Project | None = None) -> Actor:
        return Actor(account=self.account(name), only_project=only.id if only else None)

    def project(
        self,
        owner: str = "ada",
        name: str = "digits",
        *,
        files: Mapping[str, str] | None = None,
        visibility: Visibility = Visibility.PRIVATE,
    ) -> Project:
        """A blank project with these files besides."""
        project = self.projects.create(self.actor(owner), title=name, name=name, visibility=visibility)
        self.write(project, files or {})
        return project

    def workspace(self, project: Project) -> Path:
        return self.projects.folders(project).workspace

    def write(self, project: Project, files: Mapping[str, str]) -> None:
        write_files(self.workspace(project), files)

    def dataset(
        self,
        owner: str = "openmo",
        name: str = "iris",
        *,
        files: Mapping[str, str] | None = None,
        visibility: Visibility = Visibility.PUBLIC,
    ) -> Dataset:
        source = self.folder.root / f"source-of-{owner}-{name}"
        write_files(source, files or {"README.md": f"# {name}\n", "data.csv": "a,b\n1,2\n"})
        account = self.account(owner)
        return self.datasets.create(
            account, name=name, title=name, description="", visibility=visibility, source=source
        )

    def module(
        self,
        owner: str = "openmo",
        name: str = "iris_classifier",
        version: str = "1.0.0",
        *,
        visibility: Visibility = Visibility.PUBLIC,
    ) -> Module:
        source = self.folder.root / f"source-of-{owner}-{name}-module"
        write_files(source, MODULE_FILES)
        return self.modules.create(
            self.account(owner),
            name=name,
            version=version,
            title=name,
            description="",
            visibility=visibility,
            source=source,
        )

    def samples(self) -> None:
        """Stand-ins of what the templates import."""
        self.dataset("openmo", "iris")
        self.dataset("openmo", "digits")
        self.module("openmo", "iris_classifier", "1.0.0")

    def submit(self, project: Project, script: str = "train.py", **options: Any) -> Job:
        actor = self.actor(project.owner)
        return self.jobs.submit(actor, project, JobRequest(script=script, **options))

    def job(self, job: Job) -> Job:
        """The job as it stands now."""
        project = self.projects.by_id(job.project_id)
        return self.jobs.get(self.actor(project.owner), project, job.number)
