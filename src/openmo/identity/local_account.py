"""The one account of laptop mode."""

import getpass
import os
import re

from openmo.core.errors import InvalidInput
from openmo.core.ids import check_owner

_FALLBACK = "me"


def local_user(configured: str) -> str:
    """The account of laptop mode: as configured, or the operating system's user in a form that can stand in a URL."""
    if configured:
        return check_owner(configured)
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user without an entry in the password file
        name = os.environ.get("USER", "")
    name = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("-._")[:63].strip("-._")
    try:
        return check_owner(name)
    except InvalidInput:
        return _FALLBACK
