"""The REST API, version 1."""

from fastapi import APIRouter

from openmo.core.problems import MEDIA_TYPE, SCHEMA
from openmo.web.api import (
    dataset_versions,
    datasets,
    files,
    imports,
    module_calls,
    module_files,
    modules,
    notebooks,
    notices,
    projects,
    publishing,
    status,
)
from openmo.web.api.app import apps
from openmo.web.api.app import owner as app_serving
from openmo.web.api.app import tokens as app_tokens
from openmo.web.api.job import comparing as job_comparing
from openmo.web.api.job import jobs
from openmo.web.api.job import lineage as job_lineage
from openmo.web.api.job import logs as job_logs
from openmo.web.api.job import metrics as job_metrics
from openmo.web.api.upload import files as upload_files
from openmo.web.api.upload import sessions as upload_sessions

_PROBLEM = {"description": "What went wrong", "content": {MEDIA_TYPE: {"schema": SCHEMA}}}

router = APIRouter(prefix="/api/v1", responses={"default": _PROBLEM})
_OF_JOBS = (job_comparing, job_lineage, job_logs, job_metrics, jobs)
_OF_DATASETS = (datasets, dataset_versions, upload_sessions, upload_files)
_OF_MODULES = (modules, module_calls, imports)
_OF_PROJECTS = (projects, publishing, module_files, files)
_OF_APPS = (apps, app_serving, app_tokens)
for part in (*_OF_PROJECTS, *_OF_DATASETS, *_OF_MODULES, *_OF_JOBS, *_OF_APPS, notebooks, notices, status):
    router.include_router(part.router)
