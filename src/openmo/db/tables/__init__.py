"""Every table, so that importing this package fills METADATA."""

from openmo.db.tables.accounts import accounts
from openmo.db.tables.apps import app_call_hours, app_calls, app_settings, releases
from openmo.db.tables.datasets import dataset_favourites, dataset_uses, dataset_versions, datasets
from openmo.db.tables.environments import environments
from openmo.db.tables.events import events
from openmo.db.tables.jobs import counters, job_inputs, jobs
from openmo.db.tables.metadata import METADATA
from openmo.db.tables.modules import module_favourites, module_uses, module_versions, modules
from openmo.db.tables.notices import notices
from openmo.db.tables.projects import project_datasets, project_modules, projects
from openmo.db.tables.uploads import upload_files, upload_sessions

__all__ = [
    "METADATA",
    "accounts",
    "app_call_hours",
    "app_calls",
    "app_settings",
    "counters",
    "dataset_favourites",
    "dataset_uses",
    "dataset_versions",
    "datasets",
    "environments",
    "events",
    "job_inputs",
    "jobs",
    "module_favourites",
    "module_uses",
    "module_versions",
    "modules",
    "notices",
    "project_datasets",
    "project_modules",
    "projects",
    "releases",
    "upload_files",
    "upload_sessions",
]
