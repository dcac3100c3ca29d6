"""Whether this process serves."""

from fastapi import APIRouter, Depends
from fastapi.responses import PlainTextResponse

from openmo.web.policy import allow

router = APIRouter(include_in_schema=False)


@router.get("/healthz", dependencies=[Depends(allow.anyone)])
def healthz() -> PlainTextResponse:
    """For the supervisor's ready check; looks at nothing else, so that one broken part does not hide another."""
    return PlainTextResponse("ok")
