"""Whether this process, and what stands behind it, works."""

from fastapi import APIRouter, Depends, Request
from fastapi.responses import PlainTextResponse, Response

from openmo.core.health import HEALTH_PATH, HealthCheck
from openmo.web.policy import allow

router = APIRouter(include_in_schema=False)


@router.get(HEALTH_PATH, dependencies=[Depends(allow.anyone)])
async def health(request: Request) -> Response:
    """200 when all parts work, else 503 with which do not and why."""
    check: HealthCheck = request.app.state.health
    found = await check.read()
    return Response(found.body(), found.status, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.get("/healthz", dependencies=[Depends(allow.anyone)])
def healthz() -> PlainTextResponse:
    """The former address: whether this process answers, and no more."""
    return PlainTextResponse("ok")
