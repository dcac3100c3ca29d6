"""/api/v1/status."""

from fastapi import APIRouter

from openmo.accounts.rights import Kind, Verb
from openmo.web.parts import PartsDep
from openmo.web.policy import needs
from openmo.web.presentation.services import ServiceList, service_list
from openmo.web.reader import Reads

router = APIRouter(tags=["status"])


@router.get("/status", dependencies=needs(Kind.PLATFORM, Verb.WORK))
def show_status(parts: PartsDep, language: Reads) -> ServiceList:
    """Which processes of the installation work, and what is wrong with those that do not."""
    return service_list(parts.read_reports, parts.health.warnings, language)
