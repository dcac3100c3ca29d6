"""The gateway's process: deployed apps."""

import logging
import socket
from functools import partial

import httpx
import uvloop

from openmo.apps.directory import CachedAppDirectory
from openmo.apps.releases.tree import check_files
from openmo.bootstrap.parts import HUB_SECONDS, parts_behind
from openmo.bootstrap.platform import Platform, build_platform, disk_space, installed_environments, pool_folder
from openmo.config.endpoints import Endpoints, listening_socket, load_endpoints
from openmo.config.settings import Settings
from openmo.gateway.app import create_gateway
from openmo.gateway.server import serve
from openmo.gateway.settings import GatewaySettings
from openmo.identity.call_identity import CallIdentity
from openmo.identity.call_tokens import CallTokens
from openmo.identity.hub.caller import HubIdentity
from openmo.identity.service_names import web_token
from openmo.sandbox.detect import detect_sandbox
from openmo.serving.forked.pool import ForkedWorkerPool, PoolSettings


def run_gateway(settings: Settings) -> None:
    """Serves until SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    endpoints = load_endpoints(settings.folder.run)
    platform = build_platform(settings)
    listener = listening_socket("gateway", endpoints.gateway)
    uvloop.run(_serve(settings, endpoints, platform, listener))


async def _serve(settings: Settings, endpoints: Endpoints, platform: Platform, listener: socket.socket) -> None:
    folder = settings.folder.root / "gateway"
    pool = ForkedWorkerPool(
        PoolSettings(
            folder=pool_folder(settings),
            trusted_pythons=frozenset({platform.environments.current().python}),
            known_pythons=installed_environments(settings).known_pythons(),
        ),
        detect_sandbox(settings.allowed_system_calls),
        check=partial(check_files, platform.store),
    )
    async with httpx.AsyncClient(base_url=endpoints.hub_api, timeout=HUB_SECONDS) as client:
        secret = web_token(settings)
        hub = HubIdentity(client, client_secret=secret, clock=platform.clock, calls_apps=True)
        calls = CallTokens(bytes.fromhex(settings.folder.secret("app-calls")), platform.clock)
        gateway = create_gateway(
            CachedAppDirectory(platform.apps, platform.clock),
            pool,
            CallIdentity(calls, hub),
            GatewaySettings(
                folder=folder,
                space=disk_space(settings),
                calls_per_minute=settings.app_calls_per_minute or None,
            ),
            records=platform.call_records,
            behind=parts_behind(platform.database, client, endpoints),
            warnings=disk_space(settings).warnings,
        )
        await serve(gateway, listener, drain_seconds=2)
