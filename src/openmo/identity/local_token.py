"""The token by which the command line of the person who runs the installation speaks to it.

It ends, as all tokens do, and is made anew in time for as long as OpenMo is used: at each start, and while it runs.
"""

import json
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from openmo.config.endpoints import Endpoints
from openmo.core.clock import unix_now
from openmo.core.errors import Unavailable
from openmo.core.hostile.paths import write_over
from openmo.core.messages import message
from openmo.core.plain import read_plain
from openmo.identity.hub.answers import NewTokenModel, TokenModel, UserModel, read

_FILE = "cli-token"
_SECONDS = 60.0
_DAY = 86_400
LIFE_DAYS = 90
"""As the page of tokens proposes for every token."""
RENEWED_DAYS = 30
"""So long before its end a new one is made; what began with the old one can end with it."""
_TOKEN = re.compile(r"[\w.~-]{16,512}", re.ASCII)


@dataclass(frozen=True, slots=True)
class LocalToken:
    """A token, and when it is to be asked for again (Unix seconds)."""

    secret: str
    renew_at: float


def local_token(endpoints: Endpoints, run: Path, account: str, token: str) -> LocalToken:
    """A token of the account: the last one while it is good for long, else a new one; `token` is the supervisor's."""
    path = run / _FILE
    known = _known(path)
    if found := _lasting(endpoints, known, account, token):
        return found
    status, _ = _request(endpoints, "POST", f"/users/{quote(account)}", token)
    if status not in (201, 409):
        raise Unavailable(
            message(
                "The Hub did not accept the account %(account)s (status %(status)s).",
                account=repr(account),
                status=status,
            )
        )
    body = {"note": "openmo command line", "expires_in": LIFE_DAYS * _DAY}
    status, answer = _request(endpoints, "POST", f"/users/{quote(account)}/tokens", token, body)
    if status != 201:
        raise Unavailable(
            message("The Hub gave no token for %(account)s (status %(status)s).", account=repr(account), status=status)
        )
    new = read(answer, NewTokenModel).token
    write_over(path, new.encode())
    return LocalToken(new, unix_now() + (LIFE_DAYS - RENEWED_DAYS) * _DAY)


def _known(path: Path) -> str:
    """The last token; empty where none is kept."""
    try:
        kept = read_plain(path).decode("ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
    return kept if _TOKEN.fullmatch(kept) else ""


def _lasting(endpoints: Endpoints, known: str, account: str, token: str) -> LocalToken | None:
    """The known token where it is good for long; one of an older OpenMo, which was good for years, is withdrawn."""
    status, answer = _request(endpoints, "GET", "/user", known) if known else (403, b"")
    token_id = read(answer, UserModel).token_id if status == 200 else None
    if not token_id:
        return None
    address = f"/users/{quote(account)}/tokens/{token_id}"
    status, answer = _request(endpoints, "GET", address, token)
    if status != 200:
        return None
    expires_at = read(answer, TokenModel).expires_at
    ends = expires_at.timestamp() if expires_at else float("inf")
    left = ends - unix_now()
    if left > LIFE_DAYS * _DAY:
        _request(endpoints, "DELETE", address, token)
        return None
    return LocalToken(known, ends - RENEWED_DAYS * _DAY) if left > RENEWED_DAYS * _DAY else None


def check_routes(endpoints: Endpoints, token: str) -> None:
    """The Hub compares the proxy's routes with its own now; raises Unavailable when it cannot be asked."""
    _request(endpoints, "POST", "/proxy", token)


def _request(
    endpoints: Endpoints, method: str, path: str, token: str, body: Mapping[str, object] | None = None
) -> tuple[int, bytes]:
    request = urllib.request.Request(  # noqa: S310 (the Hub's own loopback URL)
        f"{endpoints.hub_api}{path}",
        method=method,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        data=json.dumps(body or {}).encode() if method == "POST" else None,
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as response:  # noqa: S310 (as above)
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, b""
    except OSError as error:
        raise Unavailable(message("The Hub does not answer: %(error)s.", error=str(error))) from error
