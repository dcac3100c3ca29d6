"""Callers of apps: whoever bears a token of our pages, or one of the identity provider's."""

from openmo.identity.call_tokens import CallTokens
from openmo.identity.caller import Caller, Identity, SignIn, SignInStart


class CallIdentity:
    """The provider's identities, and besides them the tokens by which our pages call apps."""

    def __init__(self, calls: CallTokens, provider: Identity) -> None:
        self._calls = calls
        self._provider = provider

    async def caller(self, token: str) -> Caller | None:
        return self._calls.read(token) or await self._provider.caller(token)

    def start(self, next_url: str) -> SignInStart:
        return self._provider.start(next_url)

    async def finish(self, *, code: str, state: str, cookie_value: str) -> SignIn:
        return await self._provider.finish(code=code, state=state, cookie_value=cookie_value)

    def forget(self, token: str) -> None:
        self._provider.forget(token)

    def end(self, token: str) -> None:
        self._provider.end(token)
