"""The web application: pages and REST API."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from openmo import __version__
from openmo.core.clock import SystemClock
from openmo.core.health import Check, HealthCheck
from openmo.identity.call_tokens import CallTokens
from openmo.identity.caller import Identity
from openmo.signalling.reports import ReadReports
from openmo.web import api, health, pages, problems, sign_in
from openmo.web.change_feed import ChangeFeed
from openmo.web.middleware import Guard, KnownHost
from openmo.web.security import SessionReader
from openmo.web.services import Services

BODY_LIMIT = 2 << 20
"""Bytes of a request: forms and drafts are small, and are read before anybody is asked who sends them."""
_STATIC = Path(__file__).parent / "static"


def create_app(
    *,
    services: Services,
    identity: Identity,
    call_tokens: CallTokens,
    csrf_secret: bytes,
    hosts: Iterable[str],
    behind: Mapping[str, Check] | None = None,
    read_reports: ReadReports = lambda: None,
) -> FastAPI:
    """The application over these services.

    Args:
        services: What pages and routes act through.
        identity: Who vouches for people and tokens.
        call_tokens: Lets pages call the reader's own unpublished apps.
        csrf_secret: Signs CSRF tokens; the same in every process and after every restart.
        hosts: Host names that requests may ask for; empty: any (an outer proxy checks them).
        behind: The parts whose health is this application's own.
        read_reports: What the supervisor says of the installation's processes.
    """
    app = FastAPI(
        title="OpenMo",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        max_body_size=BODY_LIMIT,
    )
    app.state.services = services
    app.state.health = HealthCheck(behind or {}, SystemClock())
    app.state.read_reports = read_reports
    app.state.identity = identity
    app.state.csrf_secret = csrf_secret
    app.state.change_feed = ChangeFeed(services.events)
    app.state.call_tokens = call_tokens
    app.include_router(health.router)
    app.include_router(sign_in.router)
    app.include_router(api.router)
    app.include_router(pages.router)
    app.mount("/static", StaticFiles(directory=_STATIC, check_dir=False), name="static")
    problems.install(app)
    sessions = SessionReader(identity, services.accounts, services.projects)
    app.add_middleware(Guard, sessions=sessions)
    app.add_middleware(KnownHost, hosts=tuple(hosts))
    return app
