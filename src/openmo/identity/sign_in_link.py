"""One-time sign-in links.

A link's key is 32 random bytes; the data folder holds only a file named by the key's SHA-256. So neither a listing nor
a backup of the folder signs anybody in, and looking a key up compares hashes, whose timing tells nothing. Using a key
removes its file: of two simultaneous attempts exactly one succeeds.
"""

import contextlib
import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path

from openmo.core.clock import Clock
from openmo.core.hostile.paths import set_aside, write_atomic
from openmo.core.plain import read_plain

LIFETIME = timedelta(hours=24)
_KEY_BYTES = 32


def _folder(run: Path) -> Path:
    return run / "links"


def _file(run: Path, key: str) -> Path:
    return _folder(run) / hashlib.sha256(key.encode()).hexdigest()


def new_link(run: Path, clock: Clock) -> str:
    """A new key, good once within LIFETIME; expired ones are swept up."""
    folder = _folder(run)
    if not folder.is_dir():
        set_aside(folder)
        folder.mkdir(mode=0o700, exist_ok=True)
    for path in folder.iterdir():
        if not _fresh(path, clock):
            with contextlib.suppress(OSError):  # no file, or somebody else's: it signs nobody in
                path.unlink()
    key = secrets.token_urlsafe(_KEY_BYTES)
    write_atomic(_file(run, key), clock.now().isoformat().encode())
    return key


def is_valid(run: Path, key: str, clock: Clock) -> bool:
    """Whether `consume` would accept the key; changes nothing."""
    return _plausible(key) and _fresh(_file(run, key), clock)


def consume(run: Path, key: str, clock: Clock) -> bool:
    """Whether the key was good; it is not any more."""
    if not _plausible(key):
        return False
    path = _file(run, key)
    fresh = _fresh(path, clock)
    try:
        path.unlink()
    except OSError:
        return False
    return fresh


def _plausible(key: str) -> bool:
    return 0 < len(key) <= 128 and key.isascii()


def _fresh(path: Path, clock: Clock) -> bool:
    with contextlib.suppress(OSError, ValueError):
        age = clock.now() - datetime.fromisoformat(read_plain(path).decode()).astimezone(UTC)
        return timedelta(0) <= age <= LIFETIME
    return False
