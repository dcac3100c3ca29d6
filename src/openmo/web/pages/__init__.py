"""The pages: server-rendered, one module for each part of the site."""

from fastapi import APIRouter

from openmo.web.pages import (
    app_calls,
    app_examples,
    app_log,
    app_samples,
    app_settings,
    app_versions,
    compare,
    datasets,
    deploy,
    files,
    home,
    jobs,
    modules,
    new_project,
    notices,
    preferences,
    projects,
    raw,
    rest_api,
    use,
    workspace,
)
from openmo.web.pages.errors import error_page
from openmo.web.pages.rendering import environment as templates
from openmo.web.pages.rendering import render

__all__ = ["error_page", "render", "router", "templates"]

router = APIRouter(include_in_schema=False)
PARTS = (
    home,
    workspace,
    new_project,
    datasets,
    modules,
    preferences,
    notices,
    projects,
    files,
    raw,
    compare,
    jobs,
    use,
    deploy,
    app_versions,
    app_calls,
    app_log,
    app_settings,
    app_examples,
    app_samples,
    rest_api,
)
for part in PARTS:
    router.include_router(part.router)
