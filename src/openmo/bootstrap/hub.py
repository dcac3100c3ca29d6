"""JupyterHub's process."""

import os

from openmo.bootstrap.platform import build_platform, installed_environments
from openmo.config.endpoints import listening_socket, load_endpoints
from openmo.config.settings import Settings
from openmo.hub.launcher import ProjectLauncher
from openmo.hub.server import serve_hub
from openmo.hub.spawner import LEASH_VARIABLE, bind_spawner
from openmo.projects.launch import LaunchService
from openmo.sandbox.detect import detect_sandbox


def serve(settings: Settings, launcher: ProjectLauncher) -> None:
    """JupyterHub with a given launcher, until SIGTERM."""
    folder = settings.folder
    endpoints = load_endpoints(folder.run)
    spawner = bind_spawner(
        launcher=launcher,
        sandbox=detect_sandbox(settings.allowed_system_calls),
        folder=folder.hub / "servers",
        logs=folder.logs,
        public_site=settings.site_seen_by_projects(endpoints.public_url),
        processes=settings.most_processes,
        leash=int(os.environ.pop(LEASH_VARIABLE, "-1")),
    )
    serve_hub(settings, endpoints, spawner, listening_socket("hub", endpoints.hub))


def run_hub(settings: Settings) -> None:
    """JupyterHub over the platform's projects, until SIGTERM."""
    platform, environments = build_platform(settings), installed_environments(settings)
    launches = LaunchService(
        projects=platform.projects,
        imports=platform.imports,
        imported=platform.imported_environments,
        environments=environments,
        python_lab=lambda: environments.lab().python,
        api_url=load_endpoints(settings.folder.run).web.url,
    )
    serve(settings, launches)
