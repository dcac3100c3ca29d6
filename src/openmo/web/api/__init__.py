"""The REST API, version 1."""

from fastapi import APIRouter

from openmo.core.problems import MEDIA_TYPE, SCHEMA
from openmo.web.api import (
    app_serving,
    app_tokens,
    apps,
    catalogue,
    files,
    job_comparing,
    job_logs,
    job_metrics,
    jobs,
    notebooks,
    notices,
    projects,
)

_PROBLEM = {"description": "What went wrong", "content": {MEDIA_TYPE: {"schema": SCHEMA}}}

router = APIRouter(prefix="/api/v1", responses={"default": _PROBLEM})
_OF_JOBS = (job_comparing, job_logs, job_metrics, jobs)
for part in (projects, files, catalogue, *_OF_JOBS, apps, app_serving, app_tokens, notebooks, notices):
    router.include_router(part.router)
