"""What the notebook server calls at its start."""

import os

from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join

from openmo_lab.client import PlatformClient
from openmo_lab.connection import Connection
from openmo_lab.handlers import ROUTES
from openmo_lab.job_relay import SCHEMA, SCHEMA_ID, JobRelay


def _load_jupyter_server_extension(server: ServerApp) -> None:
    """Adds our routes below `openmo/`. Without a platform in the environment they answer 503 and say why."""
    connection = Connection.from_environment(os.environ)
    options = {
        "client": None if connection is None else PlatformClient(connection),
        "relay": None if connection is None else _relay(server, connection),
    }
    if connection is not None:
        server.web_app.settings.setdefault("page_config_data", {})["openmoProjectKind"] = connection.kind
    base_url = server.web_app.settings["base_url"]
    server.web_app.add_handlers(  # type: ignore[no-untyped-call]  # tornado's, untyped
        ".*$", [(url_path_join(base_url, "openmo", route), handler, options) for route, handler in ROUTES]
    )
    server.log.info("openmo_lab: %s", "not connected" if connection is None else f"project {connection.project}")


def _relay(server: ServerApp, connection: Connection) -> JobRelay:
    events = server.event_logger
    if events is None:
        raise RuntimeError("The notebook server loads extensions before it has its events.")
    events.register_event_schema(SCHEMA)

    def tell() -> None:
        events.emit(schema_id=SCHEMA_ID, data={})

    return JobRelay(connection, tell)
