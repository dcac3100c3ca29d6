"""What the web application is made of: its routes find here what they act through, with its type."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from starlette.requests import HTTPConnection

from openmo.config.origins import ProjectOrigins
from openmo.core.health import HealthCheck
from openmo.identity.call_tokens import CallTokens
from openmo.identity.caller import Identity
from openmo.identity.project_sessions import ProjectSessions
from openmo.signalling.reports import ReadReports
from openmo.web.change_feed import ChangeFeed
from openmo.web.services import Services


@dataclass(frozen=True, slots=True, kw_only=True)
class WebParts:
    """Made once, in `create_app`."""

    services: Services
    identity: Identity
    call_tokens: CallTokens
    csrf_secret: bytes
    change_feed: ChangeFeed
    origins: ProjectOrigins
    project_sessions: ProjectSessions
    health: HealthCheck
    read_reports: ReadReports


def parts_of(connection: HTTPConnection) -> WebParts:
    """Those that the application was made with."""
    parts: WebParts = connection.app.state.parts
    return parts


def services_of(connection: HTTPConnection) -> Services:
    """The slices' services."""
    return parts_of(connection).services


PartsDep = Annotated[WebParts, Depends(parts_of)]
ServicesDep = Annotated[Services, Depends(services_of)]
