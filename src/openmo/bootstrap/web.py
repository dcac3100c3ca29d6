"""The web service's process: pages and REST API."""

import asyncio
import socket

import httpx
import uvicorn

from openmo.accounts.values import Actor
from openmo.apps.owner.call_tokens import CallTokens
from openmo.apps.preparing.examples import ExampleService
from openmo.bootstrap.platform import Platform, build_platform
from openmo.config.endpoints import Endpoints, listening_socket, load_endpoints
from openmo.config.settings import Settings
from openmo.core.clock import SystemClock
from openmo.identity.hub.admin import HubAdmin, ServerState
from openmo.identity.hub.app_tokens import HubAppTokens
from openmo.identity.hub.caller import HubIdentity
from openmo.identity.hub.names import web_token
from openmo.projects.values import Project
from openmo.web.app import create_app
from openmo.web.services import Services

_LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")


class HubLaunch:
    """Opens a project's JupyterLab through the Hub."""

    def __init__(self, platform: Platform, admin: HubAdmin) -> None:
        self._platform = platform
        self._admin = admin

    async def start(self, actor: Actor, project: Project, *, language: str = "") -> str:
        self._platform.projects.check_edit(actor, project)
        server = await self._admin.start_server(project.owner, project.slug, language=language)
        if server.state is ServerState.READY:
            return f"{server.url}lab/tree/coding_here.ipynb"
        return f"/hub/spawn-pending/{project.owner}/{project.slug}"

    async def stop(self, project: Project) -> None:
        await self._admin.stop_server(project.owner, project.slug)


def run_web(settings: Settings) -> None:
    """Serves until SIGTERM."""
    endpoints = load_endpoints(settings.folder.run)
    platform = build_platform(settings)
    platform.apps.sweep()
    listener = listening_socket("web", endpoints.web)
    asyncio.run(_serve(settings, endpoints, platform, listener))


async def _serve(settings: Settings, endpoints: Endpoints, platform: Platform, listener: socket.socket) -> None:
    token = web_token(settings)
    authorised = {"Authorization": f"token {token}"}
    async with (
        httpx.AsyncClient(base_url=endpoints.hub_api, timeout=30, headers=authorised) as admin_client,
        httpx.AsyncClient(base_url=endpoints.hub_api, timeout=10) as identity_client,
    ):
        services = Services(
            accounts=platform.accounts,
            notices=platform.notices,
            projects=platform.projects,
            datasets=platform.datasets,
            modules=platform.modules,
            jobs=platform.jobs,
            apps=platform.apps,
            examples=ExampleService(platform.projects),
            serving=platform.serving,
            launch=HubLaunch(platform, HubAdmin(admin_client)),
            app_tokens=HubAppTokens(identity_client),
        )
        app = create_app(
            services=services,
            identity=HubIdentity(identity_client, client_secret=token, clock=SystemClock()),
            call_tokens=CallTokens(bytes.fromhex(settings.folder.secret("app-calls")), platform.clock),
            csrf_secret=bytes.fromhex(settings.folder.secret("web-csrf")),
            hosts=_LOOPBACK_NAMES if settings.laptop else (),
        )
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=1,  # live streams never end by themselves
            proxy_headers=False,
            server_header=False,
        )
        await uvicorn.Server(config).serve(sockets=[listener])
