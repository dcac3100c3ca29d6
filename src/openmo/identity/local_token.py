"""The token by which the command line of the person who runs the installation speaks to it."""

import json
import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import quote

from openmo.config.endpoints import Endpoints
from openmo.core.errors import Unavailable
from openmo.core.hostile.paths import write_over
from openmo.core.messages import message
from openmo.core.plain import read_plain

_FILE = "cli-token"
_SECONDS = 60.0
_TOKEN = re.compile(r"[\w.~-]{16,512}", re.ASCII)


def local_token(endpoints: Endpoints, run: Path, account: str, token: str) -> str:
    """A token of the account: the last one while it is good, else a new one; `token` is the supervisor's."""
    path = run / _FILE
    try:
        known = read_plain(path).decode("ascii").strip()
    except (OSError, UnicodeDecodeError):
        known = ""
    if _TOKEN.fullmatch(known) and _request(endpoints, "GET", "/user", known)[0] == 200:
        return known
    status, _ = _request(endpoints, "POST", f"/users/{quote(account)}", token)
    if status not in (201, 409):
        raise Unavailable(
            message(
                "The Hub did not accept the account %(account)s (status %(status)s).",
                account=repr(account),
                status=status,
            )
        )
    status, answer = _request(
        endpoints, "POST", f"/users/{quote(account)}/tokens", token, {"note": "openmo command line"}
    )
    if status != 201:
        raise Unavailable(
            message("The Hub gave no token for %(account)s (status %(status)s).", account=repr(account), status=status)
        )
    new = str(answer["token"])
    write_over(path, new.encode())
    return new


def check_routes(endpoints: Endpoints, token: str) -> None:
    """The Hub compares the proxy's routes with its own now; raises Unavailable when it cannot be asked."""
    _request(endpoints, "POST", "/proxy", token)


def _request(endpoints: Endpoints, method: str, path: str, token: str, body: Any = None) -> tuple[int, Any]:
    request = urllib.request.Request(  # noqa: S310 (the Hub's own loopback URL)
        f"{endpoints.hub_api}{path}",
        method=method,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        data=json.dumps(body or {}).encode() if method == "POST" else None,
    )
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as response:  # noqa: S310 (as above)
            content = response.read()
            return response.status, json.loads(content) if content else None
    except urllib.error.HTTPError as error:
        return error.code, None
    except OSError as error:
        raise Unavailable(message("The Hub does not answer: %(error)s.", error=str(error))) from error
