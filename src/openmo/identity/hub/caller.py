"""Who is calling, as JupyterHub says: OAuth for browsers, tokens for everybody else."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlencode

import httpx
import msgspec

from openmo.core.clock import Clock
from openmo.core.errors import NotSignedIn, StorageFull, Unavailable
from openmo.core.messages import message
from openmo.core.space import FULL
from openmo.identity.caller import Caller, SignIn, SignInStart
from openmo.identity.hub.answers import AccessModel, UserModel, read
from openmo.identity.service_names import CALL_SCOPE, OAUTH_CALLBACK, SERVER_SCOPE, USE_WEB_SCOPE, WEB_CLIENT

CACHE_SECONDS = 30.0
STATE_SECONDS = 600.0
STATE_COOKIE = "openmo-sign-in"
_CACHE_SIZE = 10_000
_TOKEN_MAX = 512
_FAILED = message(
    "Signing in is not possible right now: the sign-in service cannot use its database. The administrator can see "
    "whether the disk is full."
)


@dataclass(frozen=True, slots=True)
class _Known:
    caller: Caller | None
    until: float


class _Memory(msgspec.Struct):
    """What a browser remembers of its start."""

    state: str
    verifier: str
    next: str
    at: float


class HubIdentity:
    """JupyterHub's answers, each kept for CACHE_SECONDS: a withdrawn token works for at most that long.

    Make it with an `httpx.AsyncClient` whose base URL is the Hub's API and whose credentials are nobody's.
    """

    def __init__(
        self, client: httpx.AsyncClient, *, client_secret: str, clock: Clock, calls_apps: bool = False
    ) -> None:
        """`calls_apps`: tokens that may call apps and do nothing else are somebody's here, too."""
        self._calls_apps = calls_apps
        self._client = client
        self._secret = client_secret
        self._clock = clock
        self._known: OrderedDict[bytes, _Known] = OrderedDict()
        self._ended: OrderedDict[bytes, None] = OrderedDict()

    async def caller(self, token: str) -> Caller | None:
        """Who bears the token; None for an unknown one, and for one that may not use this site."""
        if not token or len(token) > _TOKEN_MAX or not token.isascii():
            return None
        key = hashlib.sha256(token.encode()).digest()
        known = self._known.get(key)
        if known is not None and known.until > self._clock.monotonic():
            return known.caller
        answer = await self._ask("GET", "/user", headers={"Authorization": f"Bearer {token}"})
        caller = _caller(read(answer.content, UserModel), calls_apps=self._calls_apps) if _is_known(answer) else None
        if key in self._ended:
            return None
        self._known[key] = _Known(caller, self._clock.monotonic() + CACHE_SECONDS)
        self._known.move_to_end(key)
        while len(self._known) > _CACHE_SIZE:
            self._known.popitem(last=False)
        return caller

    def start(self, next_url: str) -> SignInStart:
        """The Hub's authorisation page. What must be remembered until its answer is in the signed cookie alone."""
        state, verifier = secrets.token_urlsafe(16), secrets.token_urlsafe(32)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "client_id": WEB_CLIENT,
            "redirect_uri": OAUTH_CALLBACK,
            "response_type": "code",
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        memory = _Memory(state=state, verifier=verifier, next=next_url, at=self._clock.now().timestamp())
        return SignInStart(
            url=f"/hub/api/oauth2/authorize?{urlencode(query)}",
            cookie_name=STATE_COOKIE,
            cookie_value=self._sign(memory),
        )

    async def finish(self, *, code: str, state: str, cookie_value: str) -> SignIn:
        """The token for the code; raises NotSignedIn unless the answer belongs to this browser's own start."""
        memory = self._verified(cookie_value)
        if memory is None or not hmac.compare_digest(memory.state.encode(), state.encode()):
            raise NotSignedIn("This sign-in does not belong to this browser or is too old: start it again.")
        answer = await self._ask(
            "POST",
            "/oauth2/token",
            data={
                "client_id": WEB_CLIENT,
                "client_secret": self._secret,
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": OAUTH_CALLBACK,
                "code_verifier": memory.verifier,
            },
        )
        if answer.status_code not in (200, 400, 401, 403):
            raise Unavailable(_FAILED, retry_after=5)
        if answer.status_code != 200:
            raise NotSignedIn("The sign-in was not accepted: start it again.")
        return SignIn(token=read(answer.content, AccessModel).access_token, next_url=memory.next)

    def forget(self, token: str) -> None:
        self._known.pop(hashlib.sha256(token.encode()).digest(), None)

    def end(self, token: str) -> None:
        """Refused here from now on; the Hub itself withdraws it when the browser signs out there, which comes next.

        (The Hub's API would withdraw the tokens of all browsers that this account has signed in with.)
        """
        key = hashlib.sha256(token.encode()).digest()
        self._ended[key] = None
        self._known.pop(key, None)
        while len(self._ended) > _CACHE_SIZE:
            self._ended.popitem(last=False)

    async def _ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, data: Mapping[str, str] | None = None
    ) -> httpx.Response:
        try:
            answer = await self._client.request(method, path, headers=headers, data=data)
        except httpx.TransportError as error:
            raise Unavailable(
                "Signing in is not possible right now: the Hub does not answer.", retry_after=2
            ) from error
        if answer.status_code == StorageFull.status:
            raise StorageFull(FULL)
        if answer.status_code >= 500:
            raise Unavailable(_FAILED, retry_after=5)
        return answer

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._secret.encode(), b"openmo sign-in state\0" + body, "sha256")

    def _sign(self, memory: _Memory) -> str:
        body = msgspec.json.encode(memory)
        return base64.urlsafe_b64encode(self._mac(body) + body).decode()

    def _verified(self, cookie_value: str) -> _Memory | None:
        try:
            raw = base64.urlsafe_b64decode(cookie_value.encode())
        except (binascii.Error, ValueError):
            return None
        if not hmac.compare_digest(raw[:32], self._mac(raw[32:])):
            return None
        memory = msgspec.json.decode(raw[32:], type=_Memory)
        age = self._clock.now().timestamp() - memory.at
        return memory if 0 <= age <= STATE_SECONDS else None


def _is_known(answer: httpx.Response) -> bool:
    """Whether the Hub says whose the token is, or that it is nobody's; raises Unavailable when it says neither."""
    if answer.status_code == 200:
        return True
    if answer.status_code in (401, 403):
        try:
            if answer.json()["message"]:
                return False
        except (ValueError, LookupError, TypeError):
            pass
    raise Unavailable(_FAILED, retry_after=5)


def _caller(model: UserModel, *, calls_apps: bool) -> Caller | None:
    """The caller that the Hub describes.

    A person whose token may use this site, one project's server or, where that is enough, a token that calls apps.
    """
    if model.kind != "user" or not model.name:
        return None
    name, scopes = model.name, model.scopes
    if USE_WEB_SCOPE in scopes or "access:services" in scopes:
        makes_tokens = "tokens" in scopes or f"tokens!user={name}" in scopes
        return Caller(name=name, admin=model.admin, makes_tokens=makes_tokens)
    for scope in scopes:
        owner, _, slug = (
            unquote(scope.removeprefix(SERVER_SCOPE)).partition("/") if scope.startswith(SERVER_SCOPE) else ("", "", "")
        )
        if owner == name and slug:
            return Caller(name=name, project_slug=slug)
    if not calls_apps:
        return None
    if CALL_SCOPE in scopes:
        return Caller(name=name, admin=model.admin)
    prefix = f"{CALL_SCOPE}!server="
    apps = frozenset(unquote(scope.removeprefix(prefix)) for scope in scopes if scope.startswith(prefix))
    return Caller(name=name, admin=model.admin, apps=apps) if apps else None
