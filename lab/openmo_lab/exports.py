"""Exported scripts carry a first line by which a later export knows whether it may overwrite them."""

import hashlib
import re
from pathlib import Path, PurePosixPath

_STAMP = re.compile(r"# Exported from .* by OpenMo, sha256:([0-9a-f]{16})\.\n")


def target_of(notebook: str) -> str:
    """Where a notebook's export goes: `<name>.py` beside it."""
    return str(PurePosixPath(notebook).with_suffix(".py"))


def stamped(source: str, notebook: str) -> str:
    """The script to write: `source` below a line that names the notebook and the digest of `source`."""
    name = re.sub(r"[\x00-\x1f\x7f\u0085\u2028\u2029]", "?", PurePosixPath(notebook).name)  # the comment is one line
    return f"# Exported from {name} by OpenMo, sha256:{_digest(source)}.\n{source}"


def is_untouched_export(text: str) -> bool:
    """Whether `text` was written by an export and not edited since, so that nothing of the user's can be lost."""
    stamp = _STAMP.match(text)
    return stamp is not None and stamp[1] == _digest(text[stamp.end() :])


def is_replaceable(script: Path) -> bool:
    """Whether writing `script` loses nothing of the user's: there is none, or it is an untouched export."""
    if not script.exists():
        return True
    try:
        return is_untouched_export(script.read_bytes().decode())
    except (OSError, UnicodeDecodeError):  # a folder, unreadable, or not text: in any case not ours
        return False


def _digest(source: str) -> str:
    return hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest()[:16]
