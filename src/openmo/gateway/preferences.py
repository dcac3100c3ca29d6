"""The Prefer header (RFC 7240), as far as it concerns calls."""

import re
from dataclasses import dataclass

from openmo.core.errors import InvalidInput
from openmo.gateway.http import Scope, header

_WAIT = re.compile(rb"wait\s*=\s*\"?(\d{1,6})\"?")
_KEY = re.compile(rb"[\x20-\x7e]{1,255}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    """How a caller wants to be answered."""

    respond_async: bool
    wait: float
    """Seconds that the caller would wait for the answer before it takes a promise of one."""


_NONE = Preferences(respond_async=False, wait=0.0)


def preferences(scope: Scope) -> Preferences:
    """What the request's Prefer headers ask for; what is not understood is left alone, as the RFC wants it."""
    lines = [value for name, value in scope["headers"] if name == b"prefer"]
    if not lines:
        return _NONE
    wanted = [item.partition(b";")[0].strip().lower() for line in lines for item in line.split(b",")]
    waits = [match for item in wanted if (match := _WAIT.fullmatch(item))]
    return Preferences(respond_async=b"respond-async" in wanted, wait=float(waits[0][1]) if waits else 0.0)


def idempotency_key(scope: Scope) -> str:
    """The Idempotency-Key header; empty without one. Raises InvalidInput for one that is none."""
    key = header(scope, b"idempotency-key").strip()
    if key and not _KEY.fullmatch(key):
        raise InvalidInput("An Idempotency-Key has 1 to 255 printable ASCII characters.")
    return key.decode()
