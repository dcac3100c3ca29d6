"""What can happen, one type per kind: the payload of an event, and what it is about.

A kind is never renamed, and a field that comes later has a default: rows of earlier versions are read for as long as
they are kept.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NewType, TypeAlias

import msgspec

from openmo.core.ids import AccountId, DatasetId, JobId, ModuleId, ProjectId, ReleaseId
from openmo.core.states import JobState

KEPT_FOR = timedelta(days=90)
KEPT = 500_000
"""So many of the newest are kept, of those that are young enough."""
Cursor = NewType("Cursor", int)
"""How far a reader has come: the number of the last event that it has seen; 0: it begins with the oldest."""
Amount: TypeAlias = str | int | float | bool | None


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind"):
    """Something that happened."""

    actor_id: AccountId | None = None
    """Who did it; None: the platform."""
    owner_id: AccountId | None = None
    """Whose it is, when that is not the owner of the project."""

    @property
    def project(self) -> ProjectId | None:
        """The project that it belongs to."""
        return None

    @property
    def concerned(self) -> tuple[AccountId, ...]:
        """Who sees something else than before, besides the owner."""
        return ()

    @property
    def subject_id(self) -> str:
        """What it happened to."""
        raise NotImplementedError


class ProjectEvent(Event, frozen=True, kw_only=True):
    """Something that happened to a project, or to what belongs to one."""

    project_id: ProjectId

    @property
    def project(self) -> ProjectId | None:
        return self.project_id

    @property
    def subject_id(self) -> str:
        return self.project_id


class ProjectCreated(ProjectEvent, frozen=True, kw_only=True, tag="project_created"):
    name: str


class ProjectChanged(ProjectEvent, frozen=True, kw_only=True, tag="project_changed"):
    fields: tuple[str, ...]
    """Which of its title, description and visibility."""


class ProjectDeleted(ProjectEvent, frozen=True, kw_only=True, tag="project_deleted"):
    name: str


class DatasetImported(ProjectEvent, frozen=True, kw_only=True, tag="dataset_imported"):
    dataset_id: DatasetId
    version: int


class DatasetImportRemoved(ProjectEvent, frozen=True, kw_only=True, tag="dataset_import_removed"):
    dataset_id: DatasetId


class DatasetEvent(Event, frozen=True, kw_only=True):
    """Something that happened to a dataset, in whichever projects it is imported."""

    dataset_id: DatasetId

    @property
    def subject_id(self) -> str:
        return self.dataset_id


class DatasetPublished(DatasetEvent, frozen=True, kw_only=True, tag="dataset_published"):
    """There is a new version of it, at first version 1."""

    version: int


class DatasetChanged(DatasetEvent, frozen=True, kw_only=True, tag="dataset_changed"):
    fields: tuple[str, ...]
    """Which of what its owner says of it."""


class DatasetDeleted(DatasetEvent, frozen=True, kw_only=True, tag="dataset_deleted"):
    name: str


class ModuleImported(ProjectEvent, frozen=True, kw_only=True, tag="module_imported"):
    module_id: ModuleId
    version: str


class ModuleImportRemoved(ProjectEvent, frozen=True, kw_only=True, tag="module_import_removed"):
    module_id: ModuleId
    version: str


class ModuleEvent(Event, frozen=True, kw_only=True):
    """Something that happened to a version of a module, in whichever projects it is imported."""

    module_id: ModuleId
    version: str
    project_id: ProjectId | None = None
    """The project that the module is published from, while that is there."""

    @property
    def project(self) -> ProjectId | None:
        return self.project_id

    @property
    def subject_id(self) -> str:
        return self.module_id


class ModulePublished(ModuleEvent, frozen=True, kw_only=True, tag="module_published"):
    """Also of `dev`, which replaces the last one."""


class ModuleYanked(ModuleEvent, frozen=True, kw_only=True, tag="module_yanked"):
    pass


class ModuleYankUndone(ModuleEvent, frozen=True, kw_only=True, tag="module_yank_undone"):
    pass


class JobEvent(ProjectEvent, frozen=True, kw_only=True):
    """Something that happened to a job."""

    job_id: JobId
    number: int
    """Its number within the project."""
    name: str

    @property
    def subject_id(self) -> str:
        return self.job_id


class JobSubmitted(JobEvent, frozen=True, kw_only=True, tag="job_submitted"):
    script: str


class JobStarted(JobEvent, frozen=True, kw_only=True, tag="job_started"):
    pass


class JobExplained(JobEvent, frozen=True, kw_only=True, tag="job_explained"):
    """There is something new to say of a job that waits or starts."""

    reason_code: str


class JobPriorityChanged(JobEvent, frozen=True, kw_only=True, tag="job_priority_changed"):
    priority: int


class JobStopRequested(JobEvent, frozen=True, kw_only=True, tag="job_stop_requested"):
    pass


class JobEnded(JobEvent, frozen=True, kw_only=True, tag="job_ended"):
    state: JobState
    created_by: AccountId
    """Who is told."""
    ended_at: datetime
    reason: str
    """Why, in English; empty: there is nothing to say."""
    reason_code: str
    reason_params: dict[str, Amount]

    @property
    def concerned(self) -> tuple[AccountId, ...]:
        return (self.created_by,)


class JobDeleted(JobEvent, frozen=True, kw_only=True, tag="job_deleted"):
    """What was told of the job is gone, too."""

    created_by: AccountId

    @property
    def concerned(self) -> tuple[AccountId, ...]:
        return (self.created_by,)


class ReleaseEvent(ProjectEvent, frozen=True, kw_only=True):
    """Something that happened to a release of an app."""

    release_id: ReleaseId
    version: str

    @property
    def subject_id(self) -> str:
        return self.release_id


class ReleaseDeployed(ReleaseEvent, frozen=True, kw_only=True, tag="release_deployed"):
    channel: str


class ReleaseActivated(ReleaseEvent, frozen=True, kw_only=True, tag="release_activated"):
    pass


class ReleaseRemoved(ReleaseEvent, frozen=True, kw_only=True, tag="release_removed"):
    pass


class AppSettingsChanged(ProjectEvent, frozen=True, kw_only=True, tag="app_settings_changed"):
    fields: tuple[str, ...]


class AppSuspended(ProjectEvent, frozen=True, kw_only=True, tag="app_suspended"):
    pass


class AppResumed(ProjectEvent, frozen=True, kw_only=True, tag="app_resumed"):
    pass


class NoticesRead(Event, frozen=True, kw_only=True, tag="notices_read"):
    """An account has read notices of its own."""

    account_id: AccountId

    @property
    def subject_id(self) -> str:
        return self.account_id


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedEvent:
    """An event with its place in the order of commits."""

    number: int
    at: datetime
    owner_id: AccountId | None
    """Whose it is: the project's owner, or whom the event names."""
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFilter:
    """Which events a reader wants; what is not said does not matter."""

    kinds: tuple[type[Event], ...] = ()
    owner_id: AccountId | None = None
    project_id: ProjectId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """What happened after a cursor, oldest first."""

    events: tuple[RecordedEvent, ...]
    cursor: Cursor
    """Where to go on, also behind events that the filter leaves out."""
    more: bool
    """Whether there may be more already."""
    complete: bool
    """False: some that the reader has not seen were forgotten, so what it has built of them must be built anew."""
