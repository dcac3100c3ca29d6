"""Secrets in requests: masked wherever they are shown, whole only in the request that brings them."""

from typing import Annotated, Final

from pydantic import PlainSerializer, SecretStr, SerializationInfo

SENDING: Final = {"sending": True}
"""The serialization context of a client that sends the request."""


def _sent(value: SecretStr, info: SerializationInfo[object]) -> str:
    return value.get_secret_value() if info.context == SENDING else str(value)


Secret = Annotated[SecretStr, PlainSerializer(_sent, when_used="json")]
