"""The proxy's process."""

import asyncio

from openmo.config.endpoints import listening_socket, load_endpoints
from openmo.config.settings import Settings
from openmo.core.clock import SystemClock
from openmo.core.space import DiskSpace
from openmo.identity.project_sessions import ProjectSessions
from openmo.identity.service_names import proxy_token
from openmo.proxy.app import Proxy, fixed_routes, serve
from openmo.proxy.health import health_urls
from openmo.proxy.open_streams import OpenStreams
from openmo.proxy.project_address import Addresses
from openmo.proxy.routes import RouteTable


def run_proxy(settings: Settings) -> None:
    """The proxy in front of everything, until SIGTERM."""
    endpoints = load_endpoints(settings.folder.run)
    routes = RouteTable(settings.folder.run / "routes.json", SystemClock(), fixed_routes(endpoints))
    streams = OpenStreams()
    addresses = Addresses(
        settings.project_origins,
        ProjectSessions(bytes.fromhex(settings.folder.secret("project-sessions")), SystemClock()),
        home=settings.public_url.rstrip("/") or endpoints.public_url,
        ended=streams.has_ended,
    )
    proxy = Proxy(
        routes,
        proxy_token(settings),
        loopback_only=endpoints.public.loopback,
        behind=health_urls(endpoints),
        warnings=DiskSpace(settings.data, settings.low_space_mb << 20).warnings,
        public_url=settings.public_url,
        streams=streams,
        addresses=addresses,
    )
    public = listening_socket("public", endpoints.public)
    api = listening_socket("proxy_api", endpoints.proxy_api)
    asyncio.run(serve(proxy, public, api))
