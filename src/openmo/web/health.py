"""Whether this process, and what stands behind it, works."""

from fastapi import APIRouter
from fastapi.responses import Response

from openmo.accounts.rights import Kind, Verb
from openmo.core.health import HEALTH_PATH
from openmo.languages.language import translations
from openmo.web.parts import PartsDep
from openmo.web.policy import needs
from openmo.web.reader import Reads

router = APIRouter(include_in_schema=False)


@router.get(HEALTH_PATH, dependencies=needs(Kind.PLATFORM, Verb.BROWSE))
async def health(parts: PartsDep, language: Reads) -> Response:
    """200 when all parts work, else 503 with which do not and why."""
    found = await parts.health.read()
    return Response(
        found.body(translations(language).gettext),
        found.status,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
