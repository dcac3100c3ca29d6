"""The REST API, version 1."""

from fastapi import APIRouter

from openmo.web.api import apps, catalogue, jobs, notebooks, projects

router = APIRouter(prefix="/api/v1")
for part in (projects, catalogue, jobs, apps, notebooks):
    router.include_router(part.router)
