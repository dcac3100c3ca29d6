"""The web application: pages and REST API."""

import secrets
from collections.abc import Iterable
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from openmo import __version__
from openmo.config.origins import SHARED, ProjectOrigins
from openmo.core.clock import SystemClock
from openmo.core.health import HealthCheck
from openmo.identity.call_tokens import CallTokens
from openmo.identity.caller import Identity
from openmo.identity.project_sessions import ProjectSessions
from openmo.signalling.reports import ReadReports
from openmo.web import api, handover, health, pages, problems, sign_in
from openmo.web.change_feed import ChangeFeed
from openmo.web.middleware import Guard, KnownHost
from openmo.web.parts import WebParts
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
    origins: ProjectOrigins = SHARED,
    project_sessions: ProjectSessions | None = None,
    health_check: HealthCheck | None = None,
    read_reports: ReadReports = lambda: None,
) -> FastAPI:
    """The application over these services.

    Args:
        services: What pages and routes act through.
        identity: Who vouches for people and tokens.
        call_tokens: Lets pages call the reader's own unpublished apps.
        csrf_secret: Signs CSRF tokens; the same in every process and after every restart.
        origins: Where projects answer.
        project_sessions: Makes and reads sessions for one project; None: with a secret of this process.
        hosts: Host names that requests may ask for; empty: any (an outer proxy checks them).
        health_check: Of what this application stands on.
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
    project_sessions = project_sessions or ProjectSessions(secrets.token_bytes(32), SystemClock())
    app.state.parts = WebParts(
        services=services,
        identity=identity,
        call_tokens=call_tokens,
        csrf_secret=csrf_secret,
        change_feed=ChangeFeed(services.events),
        origins=origins,
        project_sessions=project_sessions,
        health=health_check or HealthCheck({}, SystemClock()),
        read_reports=read_reports,
    )
    _add_routes(app)
    sessions = SessionReader(identity, services.accounts, services.projects, origins, project_sessions)
    app.add_middleware(Guard, sessions=sessions, origins=origins)
    app.add_middleware(KnownHost, hosts=tuple(hosts), origins=origins)
    return app


def _add_routes(app: FastAPI) -> None:
    for room in (health, sign_in, handover, api, pages):
        app.include_router(room.router)
    app.mount("/static", StaticFiles(directory=_STATIC, check_dir=False), name="static")
    problems.install(app)
