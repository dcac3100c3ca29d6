"""What pages and API routes act through."""

from dataclasses import dataclass

from openmo.accounts.service import AccountService
from openmo.apps.owner.service import AppOwnerService
from openmo.apps.preparing.examples import ExampleService
from openmo.apps.preparing.service import PreparingService
from openmo.apps.service import AppService
from openmo.datasets.comparing import ComparisonService
from openmo.datasets.files import DatasetFileService
from openmo.datasets.owning import DatasetOwnerService
from openmo.datasets.service import DatasetService
from openmo.datasets.uploads.receiving import Receiver
from openmo.datasets.uploads.service import UploadService
from openmo.events.log import EventLog
from openmo.identity.app_tokens import AppTokens
from openmo.jobs.lineage.service import LineageService
from openmo.jobs.log.service import JobLogService
from openmo.jobs.module_jobs import ModuleJobService
from openmo.jobs.results.service import JobResultService
from openmo.jobs.service import JobService
from openmo.jobs.watching import JobWatchService
from openmo.modules.changes import VersionChangeService
from openmo.modules.describing import DescribingService
from openmo.modules.files import ModuleFileService
from openmo.modules.service import ModuleService
from openmo.modules.trying.service import ModuleCallService
from openmo.notices.service import NoticeService
from openmo.projects.deletion import ProjectDeletion
from openmo.projects.files import ProjectFileService
from openmo.projects.imports.datasets import DatasetRemoval, DatasetUserService
from openmo.projects.imports.needs import ModuleNeedService
from openmo.projects.imports.service import ImportService
from openmo.projects.imports.updates import ModuleUpdateService
from openmo.projects.imports.uses import ModuleUseService
from openmo.projects.lab import LabService
from openmo.projects.publishing.copying import ModuleCopying
from openmo.projects.publishing.preparing.service import ModulePreparing
from openmo.projects.publishing.service import PublishingService
from openmo.projects.publishing.trying import ProjectCallService
from openmo.projects.publishing.yanking import YankingService
from openmo.projects.service import ProjectService
from openmo.web.documents.renderer import DocumentRenderer


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The slices' services, wired once in `bootstrap`."""

    events: EventLog
    accounts: AccountService
    notices: NoticeService
    projects: ProjectService
    imports: ImportService
    module_updates: ModuleUpdateService
    module_uses: ModuleUseService
    module_needs: ModuleNeedService
    datasets: DatasetService
    dataset_files: DatasetFileService
    dataset_comparisons: ComparisonService
    dataset_owners: DatasetOwnerService
    dataset_removal: DatasetRemoval
    dataset_users: DatasetUserService
    uploads: UploadService
    receiver: Receiver
    modules: ModuleService
    module_calls: ModuleCallService
    module_files: ModuleFileService
    version_changes: VersionChangeService
    describing: DescribingService
    files: ProjectFileService
    publishing: PublishingService
    project_calls: ProjectCallService
    module_preparing: ModulePreparing
    module_copying: ModuleCopying
    yanking: YankingService
    jobs: JobService
    module_jobs: ModuleJobService
    lineage: LineageService
    job_watch: JobWatchService
    job_results: JobResultService
    job_logs: JobLogService
    apps: AppService
    preparing: PreparingService
    examples: ExampleService
    serving: AppOwnerService
    lab: LabService
    deletion: ProjectDeletion
    app_tokens: AppTokens
    documents: DocumentRenderer
