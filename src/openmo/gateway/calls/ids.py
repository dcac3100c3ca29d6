"""Ids of calls: unguessable, and recognised as ours after the call itself is forgotten."""

import base64
import binascii
import hmac
import secrets
from pathlib import Path

from openmo.core.hostile.paths import kept

_RANDOM, _MAC, _SECRET = 15, 15, 32


class CallIds:
    """Issues ids that belong to one app each."""

    def __init__(self, secret_file: Path) -> None:
        """The secret outlives the process, so that an id of an earlier one is known for what it is."""
        self._secret = kept(secret_file, lambda: secrets.token_bytes(_SECRET), lambda data: len(data) == _SECRET)

    def issue(self, project_id: str) -> str:
        """40 characters of the URL-safe base64 alphabet."""
        random = secrets.token_bytes(_RANDOM)
        return base64.urlsafe_b64encode(random + self._mac(project_id, random)).decode()

    def ours(self, project_id: str, call_id: str) -> bool:
        """Whether this was once issued for a call of that app."""
        if len(call_id) != (_RANDOM + _MAC) * 4 // 3:
            return False
        try:
            raw = base64.b64decode(call_id, altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return False
        return hmac.compare_digest(raw[_RANDOM:], self._mac(project_id, raw[:_RANDOM]))

    def _mac(self, project_id: str, random: bytes) -> bytes:
        return hmac.digest(self._secret, project_id.encode() + b"\0" + random, "sha256")[:_MAC]
