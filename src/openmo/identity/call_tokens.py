"""Short-lived tokens by which a signed-in page calls its reader's own unpublished apps.

The gateway looks at no cookie, so that no foreign page can make a browser call a private app. A page of ours asks the
web service for such a token and sends it in the Authorization header.
"""

import base64
import binascii
import hmac
import json

from openmo.core.clock import Clock
from openmo.identity.caller import Caller

_PREFIX = "call_"
SECONDS = 600.0


class CallTokens:
    """Issues and reads tokens signed with a secret that web and gateway share."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock

    def issue(self, account: str, *, app: str = "") -> str:
        """A token of that account, good for ten minutes of calling apps (`app`: only this `owner/slug`), no more."""
        until = self._clock.now().timestamp() + SECONDS
        body = json.dumps([account, until, app]).encode()
        return _PREFIX + base64.urlsafe_b64encode(self._mac(body) + body).decode()

    def read(self, token: str) -> Caller | None:
        """Whom the token stands for; None when it is none of ours, or expired."""
        if not token.startswith(_PREFIX):
            return None
        try:
            raw = base64.urlsafe_b64decode(token.removeprefix(_PREFIX))
        except (binascii.Error, ValueError):
            return None
        if not hmac.compare_digest(raw[:32], self._mac(raw[32:])):
            return None
        account, until, app = json.loads(raw[32:])
        if float(until) <= self._clock.now().timestamp():
            return None
        return Caller(name=str(account), apps=frozenset({str(app)}) if app else None)

    def _mac(self, body: bytes) -> bytes:
        return hmac.digest(self._secret, b"openmo app call\0" + body, "sha256")
