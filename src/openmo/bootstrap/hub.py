"""JupyterHub's process."""

import os

from openmo.bootstrap.platform import build_platform
from openmo.bootstrap.project_launcher import PlatformLauncher
from openmo.config.endpoints import load_endpoints
from openmo.config.settings import Settings
from openmo.environments.installed import InstalledEnvironments
from openmo.hub.launcher import ProjectLauncher
from openmo.hub.server import serve_hub
from openmo.hub.spawner import LEASH_VARIABLE, bind_spawner
from openmo.sandbox.detect import detect_sandbox


def serve(settings: Settings, launcher: ProjectLauncher) -> None:
    """JupyterHub with a given launcher, until SIGTERM."""
    folder = settings.folder
    endpoints = load_endpoints(folder.run)
    spawner = bind_spawner(
        launcher=launcher,
        sandbox=detect_sandbox(),
        folder=folder.hub / "servers",
        logs=folder.logs,
        public_site=endpoints.public_url,
        leash=int(os.environ.pop(LEASH_VARIABLE, "-1")),
    )
    serve_hub(settings, endpoints, spawner)


def run_hub(settings: Settings) -> None:
    """JupyterHub over the platform's projects, until SIGTERM."""
    platform = build_platform(settings)
    serve(settings, PlatformLauncher(platform, InstalledEnvironments(settings.environments_folder)))
