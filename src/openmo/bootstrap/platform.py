"""The slices' services, wired from settings; every process that touches the platform's state starts here."""

import importlib.resources
from dataclasses import dataclass
from pathlib import Path

from openmo.accounts.service import AccountService
from openmo.apps.owner.calls import StoredCallRecords
from openmo.apps.owner.limits import LimitBounds
from openmo.apps.owner.service import ServingService
from openmo.apps.service import AppService
from openmo.config.settings import Settings
from openmo.core.clock import Clock, SystemClock
from openmo.datasets.service import DatasetService
from openmo.db.engine import Database
from openmo.environments.installed import InstalledEnvironments
from openmo.environments.service import EnvironmentService
from openmo.execution.executor import Executor
from openmo.execution.local import LocalExecutor
from openmo.jobs.service import JobService
from openmo.modules.service import ModuleService
from openmo.notices.service import NoticeService
from openmo.projects.service import ProjectService
from openmo.projects.templates import Templates
from openmo.sandbox.detect import detect_sandbox
from openmo.serving.forked.trial import PoolTrial
from openmo.signalling.datagram import DatagramNotifier
from openmo.signalling.notifier import Notifier
from openmo.storage.folder import FolderObjectStore
from openmo.storage.store import ObjectStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """Services over one data folder and one database."""

    settings: Settings
    clock: Clock
    database: Database
    store: ObjectStore
    notifier: Notifier
    executor: Executor
    environments: EnvironmentService
    accounts: AccountService
    notices: NoticeService
    datasets: DatasetService
    modules: ModuleService
    projects: ProjectService
    jobs: JobService
    apps: AppService
    serving: ServingService
    call_records: StoredCallRecords


def build_platform(settings: Settings) -> Platform:
    """Everything wired; opens no connection yet."""
    folder, clock = settings.folder, SystemClock()
    folder.prepare()
    database = Database(settings.database)
    store = FolderObjectStore(folder.store)
    notifier = DatagramNotifier(folder.run)
    sandbox = detect_sandbox()
    executor = LocalExecutor(sandbox, cpus=settings.cpus)
    environments = EnvironmentService(database, installed_environments(settings), clock)
    datasets = DatasetService(database, store, folder, clock)
    modules = ModuleService(database, store, folder, clock)
    projects = ProjectService(
        database=database,
        folder=folder,
        datasets=datasets,
        modules=modules,
        templates=Templates(shipped("templates")),
        clock=clock,
    )
    jobs = JobService(
        database=database,
        projects=projects,
        store=store,
        notifier=notifier,
        capacity=executor.capacity,
        folder=folder,
        environments=environments,
        clock=clock,
    )
    apps = AppService(
        database=database,
        projects=projects,
        datasets=datasets,
        modules=modules,
        store=store,
        environments=environments,
        folder=folder,
        clock=clock,
        trial=PoolTrial(folder.root / "gateway" / "trials", sandbox),
        bounds=_limit_bounds(settings),
    )
    return Platform(
        settings=settings,
        clock=clock,
        database=database,
        store=store,
        notifier=notifier,
        executor=executor,
        environments=environments,
        accounts=AccountService(database, clock),
        notices=NoticeService(database, clock),
        datasets=datasets,
        modules=modules,
        projects=projects,
        jobs=jobs,
        apps=apps,
        serving=_serving(settings, database, projects, store, clock),
        call_records=StoredCallRecords(database, clock),
    )


def installed_environments(settings: Settings) -> InstalledEnvironments:
    """What lies in the installation's folder of environments, which may be other installations' too."""
    return InstalledEnvironments(settings.environments_folder, own=settings.environments is None)


def pool_folder(settings: Settings) -> Path:
    """Where the gateway's workers have their folders and logs."""
    return settings.folder.root / "gateway" / "pool"


def _serving(
    settings: Settings, database: Database, projects: ProjectService, store: ObjectStore, clock: Clock
) -> ServingService:
    return ServingService(
        database=database,
        projects=projects,
        clock=clock,
        logs=pool_folder(settings) / "logs",
        store=store,
        releases=settings.folder.releases,
        bounds=_limit_bounds(settings),
    )


def _limit_bounds(settings: Settings) -> LimitBounds:
    return LimitBounds(
        timeout=settings.app_timeout,
        memory_bytes=settings.app_memory_mb << 20,
        workers=settings.app_workers,
        cpus=settings.app_cpus,
        body_bytes=settings.app_body_mb << 20,
    )


def shipped(name: str) -> Path:
    """A folder that ships with OpenMo: inside the package when installed, at the top of a checkout."""
    package = Path(str(importlib.resources.files("openmo")))
    installed = package / name
    return installed if installed.is_dir() else package.parents[1] / name
