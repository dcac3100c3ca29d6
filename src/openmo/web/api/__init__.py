"""The REST API, version 1."""

from fastapi import APIRouter

from openmo.web.api import apps, catalogue, files, jobs, notebooks, projects

router = APIRouter(prefix="/api/v1")
for part in (projects, files, catalogue, jobs, apps, notebooks):
    router.include_router(part.router)
