"""What the platform asks the Hub to do: accounts, notebook servers, tokens."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote

import httpx

from openmo.core.errors import Conflict, NotFound, StorageFull, Unavailable
from openmo.core.messages import message
from openmo.core.space import FULL
from openmo.identity.hub.answers import NewTokenModel, ServerModel, UserModel, read
from openmo.identity.servers import Server, ServerState


class HubAdmin:
    """JupyterHub's REST API. Make it with an `httpx.AsyncClient` that holds the Hub's API URL and a service's token."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def ensure_user(self, user: str) -> None:
        """The Hub knows the account."""
        answer = await self._ask("POST", f"/users/{quote(user)}")
        if answer.status_code not in (201, 409):
            raise _refused(answer)

    async def start_server(self, user: str, slug: str, *, language: str = "") -> Server:
        """The server starts, or has started; its state of this moment. `language` is that of JupyterLab's own texts.

        A Hub that has been asked and is too busy to say more starts it all the same: the server is starting.
        """
        try:
            answer = await self._ask("POST", _server_path(user, slug), json={"language": language} if language else {})
            if answer.status_code not in (201, 202) and not _is_already_so(answer):
                raise _refused(answer)
            return await self.server(user, slug)
        except Unavailable as error:
            if not isinstance(error.__cause__, httpx.ReadTimeout):
                raise
            return Server(state=ServerState.STARTING, url=_server_url(user, slug))

    async def stop_server(self, user: str, slug: str) -> None:
        """The server stops; nothing when it does not run."""
        answer = await self._ask("DELETE", _server_path(user, slug))
        if answer.status_code not in (202, 204, 404) and not _is_already_so(answer):
            raise _refused(answer)

    async def server(self, user: str, slug: str) -> Server:
        """The server as it is now; a server that was never started is stopped. Raises NotFound for an unknown user."""
        answer = await self._ask("GET", f"/users/{quote(user)}", params={"include_stopped_servers": "1"})
        if answer.status_code != 200:
            raise _refused(answer)
        model = read(answer.content, UserModel).servers.get(slug)
        return Server(state=_state(model), url=_server_url(user, slug))

    async def user_token(
        self, user: str, *, note: str, expires_in: int | None = None, scopes: Sequence[str] | None = None
    ) -> str:
        """A new token of the account: all its rights or `scopes` of them; `expires_in` seconds (None: for ever)."""
        body: dict[str, object] = {"note": note, "expires_in": expires_in}
        if scopes is not None:
            body["scopes"] = list(scopes)
        answer = await self._ask("POST", f"/users/{quote(user)}/tokens", json=body)
        if answer.status_code != 201:
            raise _refused(answer)
        return read(answer.content, NewTokenModel).token

    async def _ask(
        self,
        method: str,
        path: str,
        *,
        json: Mapping[str, object] | None = None,
        params: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        try:
            answer = await self._client.request(method, path, json=json, params=params)
        except httpx.ReadTimeout as error:
            raise Unavailable(
                "The Hub, which starts notebooks, is busy: try again in a moment.", retry_after=5
            ) from error
        except httpx.TransportError as error:
            raise Unavailable("The Hub, which starts notebooks, does not answer: try again in a moment.") from error
        if answer.status_code == StorageFull.status:
            raise StorageFull(FULL)
        if answer.status_code >= 500:
            raise Unavailable(message("The Hub could not do that: %(message)s", message=_message(answer)))
        return answer


def _server_url(user: str, slug: str) -> str:
    return f"/user/{quote(user)}/{slug}/"


def _server_path(user: str, slug: str) -> str:
    return f"/users/{quote(user)}/servers/{quote(slug)}"


def _state(model: ServerModel | None) -> ServerState:
    if model is None:
        return ServerState.STOPPED
    if model.pending == "stop":
        return ServerState.STOPPING
    if model.ready:
        return ServerState.READY
    return ServerState.STARTING if model.pending else ServerState.STOPPED


def _message(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["message"])
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}"


def _is_already_so(answer: httpx.Response) -> bool:
    return answer.status_code == 400 and ("already running" in _message(answer) or "pending" in _message(answer))


def _refused(answer: httpx.Response) -> NotFound | Conflict | Unavailable:
    if answer.status_code == 404:
        return NotFound(message("The Hub does not know that: %(message)s", message=_message(answer)))
    if answer.status_code in (400, 409):
        return Conflict(message("The Hub does not allow that now: %(message)s", message=_message(answer)))
    return Unavailable(message("The Hub refused: %(message)s", message=_message(answer)))
