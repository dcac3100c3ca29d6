"""The slices' services, wired from settings; every process that touches the platform's state starts here."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from openmo.accounts.service import AccountService
from openmo.apps.owner.calls import StoredCallRecords
from openmo.apps.owner.limits import LimitBounds
from openmo.apps.owner.service import AppOwnerService
from openmo.apps.preparing.service import PreparingService
from openmo.apps.service import AppService
from openmo.config.settings import DataFolder, Settings
from openmo.config.shipped import shipped
from openmo.core.clock import Clock, SystemClock
from openmo.core.space import DiskSpace
from openmo.datasets.service import DatasetService
from openmo.datasets.trees import DatasetTrees
from openmo.db.engine import Database
from openmo.environments.installed import InstalledEnvironments
from openmo.environments.modules import ModuleEnvironments
from openmo.environments.recipes import EnvironmentProvider
from openmo.environments.service import EnvironmentService
from openmo.events.log import EventLog
from openmo.execution.executor import Executor
from openmo.execution.local import LocalExecutor
from openmo.jobs.lineage.service import LineageService
from openmo.jobs.log.service import JobLogService
from openmo.jobs.results.service import JobResultService
from openmo.jobs.service import JobService
from openmo.jobs.watching import JobWatchService
from openmo.modules.checking.check import ModuleCheck
from openmo.modules.checking.environments import CheckInOwnEnvironment
from openmo.modules.checking.sandboxed import SandboxedCheck
from openmo.modules.describing import DescribingService
from openmo.modules.service import ModuleService
from openmo.notices.ended_jobs import tell_of_ended_job
from openmo.notices.service import NoticeService
from openmo.projects.files import ProjectFileService
from openmo.projects.imports.environments import ImportedEnvironments
from openmo.projects.imports.service import ImportService
from openmo.projects.imports.updates import ModuleUpdateService
from openmo.projects.publishing.copying import ModuleCopying
from openmo.projects.publishing.placing import Placement
from openmo.projects.publishing.preparing.service import ModulePreparing
from openmo.projects.publishing.service import PublishingService
from openmo.projects.publishing.skeleton import Skeletons
from openmo.projects.publishing.trees import VersionTrees
from openmo.projects.publishing.yanking import YankingService
from openmo.projects.service import ProjectService
from openmo.projects.templates import Templates
from openmo.sandbox.detect import detect_sandbox
from openmo.serving.forked.trial import PoolTrial
from openmo.serving.trial import ReleaseTrial
from openmo.signalling.datagram import DatagramNotifier
from openmo.signalling.notifier import Notifier
from openmo.storage.folder import FolderObjectStore
from openmo.storage.store import ObjectStore

SUBSCRIBERS = (tell_of_ended_job,)
"""What is done in the transaction of an event, whichever process adds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """Services over one data folder and one database."""

    settings: Settings
    clock: Clock
    database: Database
    events: EventLog
    store: ObjectStore
    notifier: Notifier
    executor: Executor
    environments: EnvironmentService
    accounts: AccountService
    notices: NoticeService
    datasets: DatasetService
    modules: ModuleService
    module_check: ModuleCheck
    describing: DescribingService
    imports: ImportService
    module_environments: ModuleEnvironments
    imported_environments: ImportedEnvironments
    module_updates: ModuleUpdateService
    projects: ProjectService
    files: ProjectFileService
    publishing: PublishingService
    module_preparing: ModulePreparing
    module_copying: ModuleCopying
    yanking: YankingService
    jobs: JobService
    lineage: LineageService
    job_watch: JobWatchService
    job_results: JobResultService
    job_logs: JobLogService
    apps: AppService
    preparing: PreparingService
    serving: AppOwnerService
    call_records: StoredCallRecords


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """What the services stand on."""

    clock: Clock
    database: Database
    events: EventLog
    store: ObjectStore
    notifier: Notifier
    executor: Executor
    environments: EnvironmentProvider
    trial: ReleaseTrial
    module_check: ModuleCheck


def build_platform(
    settings: Settings,
    *,
    clock: Clock | None = None,
    database: Database | None = None,
    notifier: Notifier | None = None,
    executor: Executor | None = None,
    environments: EnvironmentProvider | None = None,
    trial: ReleaseTrial | None = None,
    module_check: ModuleCheck | None = None,
) -> Platform:
    """Everything wired; opens no connection yet. What is not given is the product's own."""
    folder, sandbox = settings.folder, detect_sandbox(settings.allowed_system_calls)
    clock, database = clock or SystemClock(), database or Database(settings.database)
    executor, environments = (
        executor or LocalExecutor(sandbox, cpus=settings.cpus),
        environments or installed_environments(settings),
    )
    folder.prepare()
    return _services(
        settings,
        Engines(
            clock=clock,
            database=database,
            events=EventLog(database, clock, SUBSCRIBERS),
            store=FolderObjectStore(folder.store),
            notifier=notifier or DatagramNotifier(folder.run),
            executor=executor,
            environments=environments,
            trial=trial or PoolTrial(folder.root / "gateway" / "trials", sandbox),
            module_check=module_check or SandboxedCheck(executor, environments, folder.root / "web" / "checks", clock),
        ),
    )


def _services(settings: Settings, engines: Engines) -> Platform:
    folder, database, clock = settings.folder, engines.database, engines.clock
    space = DiskSpace(settings.environments_folder, settings.low_space_mb << 20)
    environments = EnvironmentService(database, engines.environments, clock, space)
    found = _found(engines, folder, environments)
    modules, imports = found.modules, found.imports
    projects = _projects(engines, folder, imports)
    files = ProjectFileService(projects, imports)
    preparing = PreparingService(database, projects, files)
    lineage = LineageService(database, projects, imports, engines.store)
    publishing = _publishing(settings, engines, projects, found)
    return Platform(
        settings=settings,
        clock=clock,
        database=database,
        events=engines.events,
        store=engines.store,
        notifier=engines.notifier,
        executor=engines.executor,
        environments=environments,
        accounts=AccountService(database, clock),
        notices=NoticeService(database, engines.events, clock),
        datasets=found.datasets,
        modules=modules,
        module_check=engines.module_check,
        describing=DescribingService(database, modules, clock),
        imports=imports,
        module_environments=found.environments,
        imported_environments=found.imported,
        module_updates=ModuleUpdateService(imports, modules, folder),
        projects=projects,
        files=files,
        publishing=publishing,
        module_preparing=ModulePreparing(projects),
        module_copying=ModuleCopying(projects, imports, publishing, engines.store, disk_space(settings)),
        yanking=YankingService(events=engines.events, modules=modules, clock=clock),
        jobs=_jobs(settings, engines, projects, files, environments=environments, lineage=lineage),
        lineage=lineage,
        job_watch=JobWatchService(database, engines.executor.capacity, disk_space(settings), clock),
        job_results=_job_results(settings, engines, projects, environments),
        job_logs=JobLogService(projects, folder),
        apps=_apps(settings, engines, projects, found=found, environments=environments, preparing=preparing),
        preparing=preparing,
        serving=_serving(settings, engines, projects),
        call_records=StoredCallRecords(database, clock),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What projects find to import."""

    datasets: DatasetService
    modules: ModuleService
    environments: ModuleEnvironments
    imported: ImportedEnvironments
    imports: ImportService


def _found(engines: Engines, folder: DataFolder, environments: EnvironmentService) -> _Found:
    database, clock, store = engines.database, engines.clock, engines.store
    of_modules = ModuleEnvironments(environments, engines.environments, clock)
    trees = DatasetTrees(store, folder.datasets)
    datasets = DatasetService(database=database, events=engines.events, store=store, trees=trees, clock=clock)
    modules = ModuleService(database, store, of_modules, folder, clock)
    imported = ImportedEnvironments(database, of_modules, folder)
    imports = ImportService(
        database=database,
        events=engines.events,
        datasets=datasets,
        modules=modules,
        environments=of_modules,
        imported=imported,
        folder=folder,
        clock=clock,
    )
    return _Found(datasets=datasets, modules=modules, environments=of_modules, imported=imported, imports=imports)


def _projects(engines: Engines, folder: DataFolder, imports: ImportService) -> ProjectService:
    return ProjectService(
        database=engines.database,
        events=engines.events,
        folder=folder,
        imports=imports,
        templates=Templates(shipped("templates")),
        clock=engines.clock,
    )


def _publishing(settings: Settings, engines: Engines, projects: ProjectService, found: _Found) -> PublishingService:
    trees = VersionTrees(engines.store, settings.folder.modules)
    return PublishingService(
        database=engines.database,
        projects=projects,
        store=engines.store,
        trees=trees,
        placement=Placement(engines.database, engines.events, found.modules, trees),
        skeletons=Skeletons(shipped("skeletons")),
        module_check=CheckInOwnEnvironment(engines.module_check, found.environments),
        environments=found.environments,
        imported=found.imported,
        space=disk_space(settings),
        clock=engines.clock,
    )


def _jobs(
    settings: Settings,
    engines: Engines,
    projects: ProjectService,
    files: ProjectFileService,
    *,
    environments: EnvironmentService,
    lineage: LineageService,
) -> JobService:
    return JobService(
        database=engines.database,
        events=engines.events,
        projects=projects,
        files=files,
        store=engines.store,
        notifier=engines.notifier,
        capacity=engines.executor.capacity,
        folder=settings.folder,
        environments=environments,
        lineage=lineage,
        space=disk_space(settings),
        clock=engines.clock,
    )


def _job_results(
    settings: Settings, engines: Engines, projects: ProjectService, environments: EnvironmentService
) -> JobResultService:
    return JobResultService(
        database=engines.database,
        projects=projects,
        store=engines.store,
        environments=environments,
        folder=settings.folder,
    )


def _apps(
    settings: Settings,
    engines: Engines,
    projects: ProjectService,
    *,
    found: _Found,
    environments: EnvironmentService,
    preparing: PreparingService,
) -> AppService:
    return AppService(
        database=engines.database,
        events=engines.events,
        projects=projects,
        imports=found.imports,
        imported=found.imported,
        store=engines.store,
        environments=environments,
        folder=settings.folder,
        clock=engines.clock,
        trial=engines.trial,
        bounds=_limit_bounds(settings),
        preparing=preparing,
        space=disk_space(settings),
    )


def _serving(settings: Settings, engines: Engines, projects: ProjectService) -> AppOwnerService:
    return AppOwnerService(
        database=engines.database,
        events=engines.events,
        projects=projects,
        clock=engines.clock,
        logs=pool_folder(settings) / "logs",
        store=engines.store,
        releases=settings.folder.releases,
        bounds=_limit_bounds(settings),
    )


def installed_environments(
    settings: Settings, *, report: Callable[[str], None] = lambda _: None
) -> InstalledEnvironments:
    """What lies in the installation's folder of environments, which may be other installations' too."""
    return InstalledEnvironments(
        settings.environments_folder,
        own=settings.environments is None,
        report=report,
        sandbox=detect_sandbox(settings.allowed_system_calls),
    )


def disk_space(settings: Settings) -> DiskSpace:
    """The disk that all data lie on."""
    return DiskSpace(settings.data, settings.low_space_mb << 20)


def pool_folder(settings: Settings) -> Path:
    """Where the gateway's workers have their folders and logs."""
    return settings.folder.root / "gateway" / "pool"


def _limit_bounds(settings: Settings) -> LimitBounds:
    return LimitBounds(
        timeout=settings.app_timeout,
        memory_bytes=settings.app_memory_mb << 20,
        workers=settings.app_workers,
        cpus=settings.app_cpus,
        body_bytes=settings.app_body_mb << 20,
    )
