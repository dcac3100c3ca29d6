"""/api/v1/projects/{owner}/{name}/app and its releases."""

from fastapi import APIRouter, Request
from pydantic import BaseModel

from openmo.apps.call_tokens import CallTokens
from openmo.apps.schemas import AppReadingView, ReleaseDraft, ReleaseList, ReleaseView
from openmo.core.errors import Forbidden
from openmo.web.api.dependencies import ANYONE, SIGNED_IN, ActorDep, ProjectDep
from openmo.web.services import ServicesDep

router = APIRouter(prefix="/projects/{owner}/{name}", tags=["apps"])


class CallToken(BaseModel):
    token: str


@router.post("/call-token", dependencies=SIGNED_IN)
def call_token(request: Request, actor: ActorDep, project: ProjectDep) -> CallToken:
    """A token of ten minutes for calling the caller's own unpublished apps from a page."""
    del project  # only whoever may see the project comes this far
    if actor.only_project is not None:
        raise Forbidden("This token is one project's own: it cannot stand for its owner elsewhere.")
    tokens: CallTokens = request.app.state.call_tokens
    return CallToken(token=tokens.issue(str(actor.name)))


@router.get("/app", dependencies=SIGNED_IN)
def check_app(services: ServicesDep, actor: ActorDep, project: ProjectDep) -> AppReadingView:
    """What deploying would publish: inputs and outputs read from handler.py, and what to look at first."""
    return AppReadingView.of(services.apps.check(actor, project))


@router.get("/releases", dependencies=ANYONE)
def list_releases(services: ServicesDep, actor: ActorDep, project: ProjectDep) -> ReleaseList:
    """Releases, newest first."""
    return ReleaseList(items=[ReleaseView.of(release) for release in services.apps.releases(actor, project)])


@router.post("/releases", status_code=201, dependencies=SIGNED_IN)
def deploy(services: ServicesDep, actor: ActorDep, project: ProjectDep, draft: ReleaseDraft) -> ReleaseView:
    """A new release of the project as it is now."""
    release = services.apps.deploy(actor, project, version=draft.version, channel=draft.channel, notes=draft.notes)
    return ReleaseView.of(release)
