"""JupyterHub as one of our processes."""

from jupyterhub.app import JupyterHub
from traitlets.config import Config

from openmo.config.endpoints import Endpoints
from openmo.config.settings import Settings
from openmo.hub.configuration import configure
from openmo.hub.spawner import ProjectSpawner


def serve_hub(settings: Settings, endpoints: Endpoints, spawner: type[ProjectSpawner]) -> None:
    """Runs JupyterHub until SIGTERM. `<data>/hub/jupyterhub_config.py`, if there is one, has the last word."""
    config = Config()
    configure(config, settings, endpoints, spawner)
    own = settings.folder.hub / "jupyterhub_config.py"
    if own.exists():
        config.JupyterHub.config_file = str(own)  # JupyterHub does not start without a file that it was told of
    JupyterHub.instance(config=config)
    JupyterHub.launch_instance([])
