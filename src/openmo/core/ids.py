"""Identifiers, and the names that people give to things.

Every row has a random id that sorts by time of creation; people see names. A *slug* is the short stable name under
which JupyterHub knows a project's server.
"""

import re
import secrets
from typing import NewType

from openmo.core.clock import unix_now
from openmo.core.errors import InvalidInput
from openmo.core.messages import message

AccountId = NewType("AccountId", str)
ProjectId = NewType("ProjectId", str)
DatasetId = NewType("DatasetId", str)
ModuleId = NewType("ModuleId", str)
ReleaseId = NewType("ReleaseId", str)
JobId = NewType("JobId", str)
NoticeId = NewType("NoticeId", str)

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?")
_CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U0003134f]")
OWNER_PATTERN = r"[a-z0-9](?:[a-z0-9._@-]{0,61}[a-z0-9])?"
"""What names of accounts are made of."""
_OWNER = re.compile(OWNER_PATTERN)
RESERVED_NAMES = frozenset({"new", "api", "static", "hub", "user", "run", "projects", "datasets", "modules", "jobs"})

SLUG_MAX = 30  # JupyterHub 6: 1-30 characters of [a-z0-9-], starting with a letter
_SLUG_RANDOM = 8


def _encode(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, rest = divmod(number, 32)
        digits.append(_ALPHABET[rest])
    return "".join(reversed(digits))


def new_id() -> str:
    """A 20-character id: 9 characters of milliseconds, 11 of randomness (55 bits), safe in paths and URLs."""
    return _encode(int(unix_now() * 1000), 9) + _encode(secrets.randbits(55), 11)


def check_name(name: str, *, what: str = "name") -> str:
    """The name unchanged, when it can stand in a URL; raises InvalidInput otherwise."""
    if name in RESERVED_NAMES:
        raise InvalidInput(
            message("%(name)s is taken by OpenMo's own pages; choose another name.", name=repr(name)), field="name"
        )
    if not is_name(name):
        raise InvalidInput(
            message(
                "%(name)s cannot be a %(what)s: use 1 to 63 of a-z, 0-9, '-' and '_', "
                "starting and ending with a letter or digit.",
                name=repr(name[:80]),
                what=what,
            ),
            field="name",
        )
    return name


def is_name(text: str) -> bool:
    """Whether it has the form of a name, as it stands in URLs."""
    return _NAME.fullmatch(text) is not None


def check_owner(name: str) -> str:
    """The account name unchanged, when it can stand in a URL; raises InvalidInput otherwise."""
    if not _OWNER.fullmatch(name):
        raise InvalidInput(message("%(name)s is not an account name.", name=repr(name[:80])), field="owner")
    return name


def name_from_title(title: str, *, fallback: str) -> str:
    """A name made of the Latin letters and digits of `title`, Chinese as pinyin; `fallback` when it has neither."""
    if _CHINESE.search(title):
        from pypinyin import lazy_pinyin  # its dictionaries take half a second, and most titles need none

        title = "-".join(lazy_pinyin(title))
    name = re.sub(r"[^a-z0-9_]+", "-", title.lower()).strip("-_")[:63].strip("-_")
    return name if name and name not in RESERVED_NAMES else fallback


def new_slug(name: str) -> str:
    """A server name for JupyterHub that no two projects share: what is readable of `name`, then 40 random bits."""
    readable = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    if not readable or not readable[0].isalpha():
        readable = f"p-{readable}".rstrip("-")
    head = readable[: SLUG_MAX - _SLUG_RANDOM - 1].rstrip("-")
    return f"{head}-{_encode(secrets.randbits(40), _SLUG_RANDOM)}"
