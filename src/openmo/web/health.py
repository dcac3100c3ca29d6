"""Whether this process, and what stands behind it, works."""

from fastapi import APIRouter
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.core.health import HEALTH_PATH
from openmo.web.parts import PartsDep
from openmo.web.policy import needs

router = APIRouter(include_in_schema=False)


@router.get(HEALTH_PATH, dependencies=needs(Kind.PLATFORM, Verb.BROWSE))
async def health(parts: PartsDep) -> Response:
    """200 when all parts work, else 503 with which do not and why."""
    found = await parts.health.read()
    return Response(found.body(), found.status, media_type="application/json", headers={"Cache-Control": "no-store"})
