"""What the Hub's REST API answers, as far as it is read here; what else it says is passed over."""

from datetime import datetime
from typing import TypeVar

import msgspec

from openmo.core.errors import Unavailable

T = TypeVar("T")


class ServerModel(msgspec.Struct):
    """A notebook server."""

    ready: bool = False
    pending: str | None = None


class UserModel(msgspec.Struct):
    """An account, or a service that bears a token."""

    name: str = ""
    kind: str = ""
    admin: bool = False
    token_id: str | None = None
    scopes: tuple[str, ...] = ()
    """Of the token that asks."""
    servers: dict[str, ServerModel] = {}


class TokenModel(msgspec.Struct, kw_only=True):
    """A token, without its secret."""

    id: str
    note: str | None = None
    scopes: tuple[str, ...] = ()
    created: datetime | None = None
    last_activity: datetime | None = None
    expires_at: datetime | None = None


class NewTokenModel(TokenModel, kw_only=True):
    """A token that was just made, with its secret."""

    token: str


class TokensModel(msgspec.Struct):
    """The tokens of an account."""

    api_tokens: tuple[TokenModel, ...]


class AccessModel(msgspec.Struct):
    """What a code is exchanged for."""

    access_token: str


def read(answer: bytes, model: type[T]) -> T:
    """The answer's body; raises Unavailable for one that is no such thing, as of another program at that address."""
    try:
        return msgspec.json.decode(answer, type=model)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Unavailable("The Hub gave an answer that OpenMo cannot read.", retry_after=5) from error
