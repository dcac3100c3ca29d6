"""JupyterHub as one of our processes."""

from typing import Any

from jupyterhub.app import JupyterHub
from traitlets.config import Config

from openmo.config.endpoints import Endpoints
from openmo.config.settings import Settings
from openmo.hub.configuration import configure
from openmo.hub.handlers import guarded
from openmo.hub.people import WITHOUT_PROJECT
from openmo.hub.spawner import ProjectSpawner


class GuardedHub(JupyterHub):  # type: ignore[misc]  # JupyterHub ships no types
    """JupyterHub, its handlers (and those of whatever authenticator) with our rules before theirs."""

    def init_handlers(self) -> None:
        super().init_handlers()
        own = self.add_url_prefix(self.hub_prefix, WITHOUT_PROJECT)
        self.handlers: list[tuple[Any, ...]] = guarded([*own, *self.handlers])


def serve_hub(settings: Settings, endpoints: Endpoints, spawner: type[ProjectSpawner]) -> None:
    """Runs JupyterHub until SIGTERM. `<data>/hub/jupyterhub_config.py`, if there is one, has the last word."""
    config = Config()
    configure(config, settings, endpoints, spawner)
    own = settings.folder.hub / "jupyterhub_config.py"
    if own.exists():
        config.JupyterHub.config_file = str(own)  # JupyterHub does not start without a file that it was told of
    GuardedHub.instance(config=config)
    GuardedHub.launch_instance([])
