"""JupyterHub as one of our processes."""

import logging
import re
from socket import socket

from jupyterhub.app import JupyterHub
from jupyterhub.log import CoroutineLogFormatter
from tornado.httpserver import HTTPServer
from traitlets.config import Config

from openmo.config.endpoints import Endpoints
from openmo.config.settings import Settings
from openmo.hub.configuration import configure
from openmo.hub.endings import EndedSignIns, SignsOutForGood
from openmo.hub.handlers import Route, guarded
from openmo.hub.people import WITHOUT_PROJECT
from openmo.hub.spawner import ProjectSpawner

_SECRET = re.compile(r"([?&][\w.-]*(?:token|key|code|state|auth|pass|secret|xsrf)[\w.-]*=)[^&\s'\")]+", re.IGNORECASE)


class SecretsHidden(CoroutineLogFormatter):  # type: ignore[misc]  # JupyterHub ships no types
    """Lines without the values of telling names in addresses: tornado's own warnings hold whole addresses."""

    def format(self, record: logging.LogRecord) -> str:
        return _SECRET.sub(r"\1[secret]", super().format(record))


class GuardedHub(JupyterHub):  # type: ignore[misc]  # JupyterHub ships no types
    """JupyterHub, its handlers (and those of whatever authenticator) with our rules before theirs."""

    _log_formatter_cls = SecretsHidden

    def init_handlers(self) -> None:
        super().init_handlers()
        own = self.add_url_prefix(self.hub_prefix, WITHOUT_PROJECT)
        self.handlers: list[Route] = guarded([*own, *self.handlers])


def serve_hub(settings: Settings, endpoints: Endpoints, spawner: type[ProjectSpawner], listener: socket) -> None:
    """Runs JupyterHub until SIGTERM. `<data>/hub/jupyterhub_config.py`, if there is one, has the last word.

    It answers on `listener`, which `openmo up` holds as well: while a Hub that died comes back, nobody else can take
    its port and be told the secrets that are for it.
    """
    _listen_on(listener)
    config = Config()
    configure(config, settings, endpoints, spawner)
    SignsOutForGood.ended = EndedSignIns(settings.folder.hub / "ended-sign-ins")
    own = settings.folder.hub / "jupyterhub_config.py"
    if own.exists():
        config.JupyterHub.config_file = str(own)  # JupyterHub does not start without a file that it was told of
    GuardedHub.instance(config=config)
    GuardedHub.launch_instance([])


def _listen_on(listener: socket) -> None:
    """JupyterHub takes an address and binds it itself; it has one server."""
    listener.setblocking(False)

    def listen(server: HTTPServer, *_: object, **__: object) -> None:
        server.add_socket(listener)

    setattr(HTTPServer, "listen", listen)  # noqa: B010 (an assignment that mypy would refuse: it is a patch)
