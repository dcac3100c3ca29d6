"""/api/v1/projects/{owner}/{name}/app/tokens: tokens that can call this app and do nothing else, for its owner."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request

from openmo.accounts.access import check
from openmo.accounts.rights import Kind, Verb
from openmo.apps.owner.token_schemas import AppTokenDraft, AppTokenList, AppTokenView, NewAppTokenView
from openmo.core.errors import Conflict, Forbidden
from openmo.core.messages import message
from openmo.identity.app_tokens import AppTokenHolder
from openmo.web.api.dependencies import ActorDep, ProjectDep
from openmo.web.parts import ServicesDep
from openmo.web.policy import needs
from openmo.web.security import current_session

router = APIRouter(prefix="/projects/{owner}/{name}/app/tokens", tags=["apps"])

_MAX_TOKENS = 50


async def _holder(request: Request, actor: ActorDep, project: ProjectDep) -> AppTokenHolder:
    check(actor, Verb.MAKE_TOKENS, project.thing(Kind.RELEASE))
    if not current_session(request).may_make_tokens:
        raise Forbidden(
            "This session or token may not manage tokens: sign out and in again, or send one with all your rights."
        )
    return AppTokenHolder(account=str(actor.name), owner=project.owner, slug=project.slug)


HolderDep = Annotated[AppTokenHolder, Depends(_holder)]


@router.get("", dependencies=needs(Kind.RELEASE, Verb.MAKE_TOKENS))
async def list_app_tokens(services: ServicesDep, holder: HolderDep) -> AppTokenList:
    """Your tokens that can call the app; their secrets were shown once, when they were made."""
    found = await services.app_tokens.issued(holder)
    return AppTokenList(items=[AppTokenView.of(token) for token in found])


@router.post("", status_code=201, dependencies=needs(Kind.RELEASE, Verb.MAKE_TOKENS))
async def make_app_token(services: ServicesDep, holder: HolderDep, draft: AppTokenDraft) -> NewAppTokenView:
    """A token that calls this app as you would, and opens nothing else."""
    title = draft.title
    if len(await services.app_tokens.issued(holder)) >= _MAX_TOKENS:
        raise Conflict(
            message("This app has %(limit)s tokens already: withdraw one that is no longer needed.", limit=_MAX_TOKENS)
        )
    return NewAppTokenView.made(await services.app_tokens.issue(holder, note=title, expires_in=draft.seconds))


@router.delete("/{token_id}", status_code=204, dependencies=needs(Kind.RELEASE, Verb.MAKE_TOKENS))
async def withdraw_app_token(services: ServicesDep, holder: HolderDep, token_id: str) -> None:
    """The token stops working; a gateway that has just seen it may know it for 30 seconds more."""
    await services.app_tokens.withdraw(holder, token_id)
