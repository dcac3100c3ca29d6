"""The proxy's process."""

import asyncio

from openmo.config.endpoints import listening_socket, load_endpoints
from openmo.config.settings import Settings
from openmo.core.clock import SystemClock
from openmo.identity.service_names import proxy_token
from openmo.proxy.app import Proxy, fixed_routes, serve
from openmo.proxy.health import health_urls
from openmo.proxy.routes import RouteTable


def run_proxy(settings: Settings) -> None:
    """The proxy in front of everything, until SIGTERM."""
    endpoints = load_endpoints(settings.folder.run)
    routes = RouteTable(settings.folder.run / "routes.json", SystemClock(), fixed_routes(endpoints))
    proxy = Proxy(
        routes,
        proxy_token(settings),
        loopback_only=endpoints.public.loopback,
        behind=health_urls(endpoints),
        public_url=settings.public_url,
    )
    public = listening_socket("public", endpoints.public)
    api = listening_socket("proxy_api", endpoints.proxy_api)
    asyncio.run(serve(proxy, public, api))
