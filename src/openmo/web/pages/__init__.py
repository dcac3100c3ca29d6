"""The pages: server-rendered, one module for each part of the site."""

from fastapi import APIRouter

from openmo.web.pages import home, notices, preferences, rest_api, status
from openmo.web.pages.app import calls as app_calls
from openmo.web.pages.app import deploy, use
from openmo.web.pages.app import examples as app_examples
from openmo.web.pages.app import log as app_log
from openmo.web.pages.app import samples as app_samples
from openmo.web.pages.app import settings as app_settings
from openmo.web.pages.app import versions as app_versions
from openmo.web.pages.dataset import catalogue as dataset_catalogue
from openmo.web.pages.dataset import imports as dataset_imports
from openmo.web.pages.dataset import pages as datasets
from openmo.web.pages.dataset import settings as dataset_settings
from openmo.web.pages.dataset import uploading
from openmo.web.pages.dataset import versions as dataset_versions
from openmo.web.pages.errors import error_page
from openmo.web.pages.job import compare
from openmo.web.pages.job import pages as jobs
from openmo.web.pages.module import catalogue as module_catalogue
from openmo.web.pages.module import files as module_files
from openmo.web.pages.module import imports as module_imports
from openmo.web.pages.module import pages as modules
from openmo.web.pages.module import settings as module_settings
from openmo.web.pages.module import trying as module_trying
from openmo.web.pages.project import copying, files, publish, raw, workspace
from openmo.web.pages.project import new as new_project
from openmo.web.pages.project import pages as projects
from openmo.web.pages.rendering import environment as templates
from openmo.web.pages.rendering import render

__all__ = ["error_page", "render", "router", "templates"]

router = APIRouter(include_in_schema=False)
PARTS = (
    home,
    workspace,
    new_project,
    dataset_catalogue,
    dataset_imports,
    dataset_settings,
    dataset_versions,
    datasets,
    uploading,
    module_catalogue,
    module_imports,
    modules,
    module_files,
    module_trying,
    module_settings,
    preferences,
    notices,
    projects,
    files,
    raw,
    publish,
    copying,
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
    status,
)
for part in PARTS:
    router.include_router(part.router)
