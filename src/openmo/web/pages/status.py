"""Which processes of the installation work."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.web.pages.dependencies import Reads
from openmo.web.pages.rendering import render
from openmo.web.parts import PartsDep
from openmo.web.policy import needs
from openmo.web.presentation.services import service_list

router = APIRouter()


@router.get("/status", dependencies=needs(Kind.PLATFORM, Verb.WORK))
def show_status(request: Request, parts: PartsDep, language: Reads) -> Response:
    """Each with its state, and why it is not ready; refreshes itself."""
    return render(request, "status.html", service_list(parts.read_reports, parts.health.warnings, language))
