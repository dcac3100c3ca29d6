"""The REST API, version 1."""

from fastapi import APIRouter

from openmo.web.api import (
    app_serving,
    app_tokens,
    apps,
    catalogue,
    files,
    job_comparing,
    job_metrics,
    jobs,
    notebooks,
    projects,
)

router = APIRouter(prefix="/api/v1")
for part in (projects, files, catalogue, job_comparing, job_metrics, jobs, apps, app_serving, app_tokens, notebooks):
    router.include_router(part.router)
