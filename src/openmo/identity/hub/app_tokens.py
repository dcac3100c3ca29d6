"""Tokens for calling one app: the Hub's own, with a scope that names the app's project by its named server.

They are made, listed and withdrawn by the web service's own right, in the moment when a page or a program asks for it.
So a browser's session need not be able to: whoever got hold of one could make tokens that outlive it.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

import httpx

from openmo.core.errors import NotFound, StorageFull, Unavailable
from openmo.core.messages import message
from openmo.core.space import FULL
from openmo.identity.app_tokens import AppToken, AppTokenHolder, NewAppToken
from openmo.identity.hub.answers import NewTokenModel, TokenModel, TokensModel, read
from openmo.identity.service_names import call_scope

_WITHDRAWN = message("You have no such token of this app. Was it withdrawn already?")
_IDENTIFY = ("read:users:name!", "read:users:groups!")


class HubAppTokens:
    """See `openmo.identity.app_tokens.AppTokens`.

    Make it with an `httpx.AsyncClient` that holds the Hub's API URL and the web service's token.
    """

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def issue(self, holder: AppTokenHolder, *, note: str, expires_in: int | None) -> NewAppToken:
        draft = {"note": note, "expires_in": expires_in, "scopes": [_scope(holder)]}
        model = read((await self._ask("POST", holder, json=draft)).content, NewTokenModel)
        return NewAppToken(token=_token(model), secret=model.token)

    async def issued(self, holder: AppTokenHolder) -> Sequence[AppToken]:
        models = read((await self._ask("GET", holder)).content, TokensModel).api_tokens
        ours = [_token(model) for model in models if _scopes(model) == {_scope(holder)}]
        return sorted(ours, key=lambda token: (token.created_at is not None, token.created_at), reverse=True)

    async def withdraw(self, holder: AppTokenHolder, token_id: str) -> None:
        if token_id not in {token.id for token in await self.issued(holder)}:
            raise NotFound(_WITHDRAWN)
        await self._ask("DELETE", holder, f"/{quote(token_id, safe='')}")

    async def _ask(
        self, method: str, holder: AppTokenHolder, path: str = "", *, json: Mapping[str, object] | None = None
    ) -> httpx.Response:
        url = f"/users/{quote(holder.account, safe='')}/tokens{path}"
        try:
            answer = await self._client.request(method, url, json=json)
        except httpx.TransportError as error:
            raise Unavailable("The Hub, which keeps tokens, does not answer: try again in a moment.") from error
        if answer.status_code == 404 and path:
            raise NotFound(_WITHDRAWN)
        if answer.status_code == StorageFull.status:
            raise StorageFull(FULL)
        if answer.status_code >= 400:
            raise Unavailable(message("The Hub could not do that (status %(status)s).", status=answer.status_code))
        return answer


def _scope(holder: AppTokenHolder) -> str:
    return call_scope(holder.owner, holder.slug)


def _scopes(model: TokenModel) -> set[str]:
    """The token's scopes but those that every token has: it may say whose it is."""
    return {scope for scope in model.scopes if not scope.startswith(_IDENTIFY)}


def _token(model: TokenModel) -> AppToken:
    return AppToken(
        id=model.id,
        note=model.note or "",
        created_at=model.created,
        last_used_at=model.last_activity,
        expires_at=model.expires_at,
    )
