"""The real services over a temporary folder and a test database, with people and things to act on."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from support.app_tokens import MemoryAppTokens
from support.clocks import ManualClock
from support.files import write_files
from support.identity import MemoryIdentity

from openmo.accounts.values import Account, Actor
from openmo.apps.service import AppService
from openmo.bootstrap import platform as bootstrap
from openmo.bootstrap.datasets import dataset_parts
from openmo.bootstrap.platform import build_platform, pool_folder
from openmo.bootstrap.runner import build_launcher, build_runner
from openmo.bootstrap.web import web_services
from openmo.config.origins import SHARED, ProjectOrigins
from openmo.config.settings import Settings
from openmo.core.clock import Clock, SystemClock
from openmo.core.errors import Conflict
from openmo.core.health import HealthCheck
from openmo.core.visibility import Visibility
from openmo.datasets.uploads.service import UploadService
from openmo.datasets.values import Dataset
from openmo.db.engine import Database
from openmo.environments.recipes import EnvironmentProvider, EnvironmentRecipe, UserEnvironment
from openmo.execution.executor import Executor
from openmo.execution.memory import MemoryExecutor
from openmo.identity.call_tokens import CallTokens
from openmo.identity.servers import Server, ServerState
from openmo.jobs.running.runner import JobRunner
from openmo.jobs.values import Job, JobRequest
from openmo.modules.checking.check import Candidate
from openmo.modules.checking.report import report_of
from openmo.modules.checking.static import examine
from openmo.modules.checking.values import CheckReport
from openmo.modules.describing import DescribingService
from openmo.modules.values import Module
from openmo.projects.values import Project
from openmo.sandbox.interpreter import interpreter_folders
from openmo.serving.directory import DeployedRelease
from openmo.serving.trial import ReleaseTrial, TrialOutcome
from openmo.signalling.memory import MemoryNotifier
from openmo.signalling.reports import ServiceReport
from openmo.web.app import create_app
from openmo.web.documents.formatting import formatted
from openmo.web.documents.renderer import DocumentRenderer
from openmo.web.documents.values import Document, Formatted

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

    def place(self, recipe: EnvironmentRecipe) -> Path:
        return Path("/nowhere") / recipe.digest

    def readable(self) -> tuple[Path, ...]:
        return ()

    def resolve(self, requirements: str) -> EnvironmentRecipe:
        raise Conflict(f"There is no package index to find {requirements} in.")

    def can_build(self, recipe: EnvironmentRecipe) -> bool:
        return recipe.python == "CPython"

    def build(self, recipe: EnvironmentRecipe) -> UserEnvironment:
        raise Conflict(f"There is nothing to build {recipe.digest} with.")

    def prune(self, keep: frozenset[str]) -> tuple[str, ...]:
        del keep
        return ()


@dataclass
class RecordedServers:
    """Notebook servers that are always up; remembers which were asked for, as `owner/slug`."""

    started: list[str] = field(default_factory=list)
    stopped: list[str] = field(default_factory=list)

    async def start_server(self, user: str, slug: str, *, language: str = "") -> Server:
        del language
        self.started.append(f"{user}/{slug}")
        return Server(state=ServerState.READY, url=f"/user/{user}/{slug}/")

    async def stop_server(self, user: str, slug: str) -> None:
        self.stopped.append(f"{user}/{slug}")


class FormattedHere:
    """Formats in the tests' own process; the real child has its tests in tests/security."""

    def format(self, document: Document) -> Formatted:
        return formatted(document)


_first: list[FastAPI] = []


def _with_shared_routes(app: FastAPI) -> FastAPI:
    """The application with the table of routes of this process's first: it holds no services, and is slow to build."""
    _first.append(app)
    app.router = _first[0].router
    del _first[1:]
    return app


class NoTrial:
    """Calls no release: for tests whose handlers need not run."""

    def call(self, release: DeployedRelease, inputs: Mapping[str, Any]) -> TrialOutcome:
        del release, inputs
        return TrialOutcome()


class NoModuleTrial:
    """Reads a module's files and runs nothing: for tests whose modules need not run."""

    def check(self, candidate: Candidate, *, environment: UserEnvironment | None = None) -> CheckReport:
        return report_of(examine(candidate), environment=environment.digest if environment else "")


class Platform:
    """The product's own services, built by its own composition root, with people and things to act on."""

    def __init__(
        self,
        database: Database,
        root: Path,
        *,
        executor: Executor | None = None,
        clock: Clock | None = None,
        environments: EnvironmentProvider | None = None,
        low_space_mb: int = 0,
    ) -> None:
        self.settings = Settings(data=root, low_space_mb=low_space_mb)
        self.folder = self.settings.folder
        self.clock: Clock = clock or ManualClock()
        self.database = database
        self.notifier = MemoryNotifier()
        self.executor: Executor = executor or MemoryExecutor(clock=self.clock)
        self.provider = environments or ThisEnvironment()
        self.servers = RecordedServers()
        self.app_tokens = MemoryAppTokens(self.clock)
        self.reports: tuple[ServiceReport, ...] | None = None
        """What the supervisor says of the processes."""
        self.warnings: dict[str, str] = {}
        built = self._built(NoTrial())
        self._platform = built
        self.store = built.store
        self.events = built.events
        self.environments = built.environments
        self.accounts = built.accounts
        self.notices = built.notices
        self._take_datasets(built)
        self.modules = built.modules
        self.imports = built.imports
        self.imported_environments = built.imported_environments
        self.module_updates = built.module_updates
        self.projects = built.projects
        self.files = built.files
        self.publishing = built.publishing
        self.module_copying = built.module_copying
        self.yanking = built.yanking
        self.jobs = built.jobs
        self.lineage = built.lineage
        self.job_watch = built.job_watch
        self.job_results = built.job_results
        self.job_logs = built.job_logs
        self.preparing = built.preparing
        self.launcher = build_launcher(built)
        self.apps = built.apps
        self.serving = built.serving
        self.call_records = built.call_records
        self.app_logs = pool_folder(self.settings) / "logs"

    def _take_datasets(self, built: bootstrap.Platform) -> None:
        self.datasets = built.datasets
        parts = dataset_parts(built)
        self.dataset_files = parts.files
        self.dataset_comparisons = parts.comparisons
        self.dataset_owners = parts.owners
        self.dataset_removal = parts.removal
        self.dataset_users = parts.users
        self.uploads = parts.uploads

    @property
    def describing(self) -> DescribingService:
        return self._platform.describing

    def _built(self, trial: ReleaseTrial) -> bootstrap.Platform:
        return build_platform(
            self.settings,
            clock=self.clock,
            database=self.database,
            notifier=self.notifier,
            executor=self.executor,
            environments=self.provider,
            trial=trial,
            module_check=NoModuleTrial(),
        )

    def uploads_restarted(self) -> UploadService:
        """The service as a new process would have it."""
        return dataset_parts(self._built(NoTrial())).uploads

    def apps_with(self, trial: ReleaseTrial) -> AppService:
        """The service, calling releases so before they are there."""
        return self._built(trial).apps

    def use(self, executor: Executor) -> None:
        """Jobs run there from now on."""
        self.executor = executor
        self._platform = self._built(NoTrial())
        self.jobs = self._platform.jobs
        self.job_watch = self._platform.job_watch

    def runner(self) -> JobRunner:
        """A runner as a new process would have it."""
        return build_runner(self._built(NoTrial()))

    def app(
        self, identity: MemoryIdentity, *, hosts: tuple[str, ...] = (HOST,), origins: ProjectOrigins = SHARED
    ) -> FastAPI:
        """The production application over these services."""
        app = create_app(
            services=replace(
                web_services(self._platform, self.servers, self.app_tokens),
                apps=self.apps,
                documents=DocumentRenderer(FormattedHere()),
            ),
            identity=identity,
            call_tokens=CallTokens(b"calls", self.clock),
            csrf_secret=b"csrf",
            hosts=hosts,
            origins=origins,
            read_reports=lambda: self.reports,
            health_check=HealthCheck({}, SystemClock(), warnings=lambda: self.warnings),
        )
        return _with_shared_routes(app)

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
        return Path(self.projects.folders(project).workspace.whereabouts)

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
        for name in ("iris_classifier", "image_classifier", "kmeans_cluster", "min_max_scaler", "text_classifier"):
            self.module("openmo", name, "1.0.0")

    def submit(self, project: Project, script: str = "train.py", **options: Any) -> Job:
        actor = self.actor(project.owner)
        return self.jobs.submit(actor, project, JobRequest(script=script, **options))

    def job(self, job: Job) -> Job:
        """The job as it stands now."""
        project = self.projects.by_id(job.project_id)
        return self.jobs.get(self.actor(project.owner), project, job.number)
