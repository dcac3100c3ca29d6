"""Symbolic links that appear and change atomically."""

import secrets
from pathlib import Path

from openmo.core.errors import Conflict


def replace_link(link: Path, target: Path) -> None:
    """`link` points to `target`; raises Conflict when something that is not a link is in the way."""
    if link.exists() and not link.is_symlink():
        raise Conflict(f"{link.name!r} exists already and is not an import: rename it first.")
    link.parent.mkdir(parents=True, exist_ok=True)
    temporary = link.with_name(f".{link.name}.{secrets.token_hex(4)}")
    temporary.symlink_to(target)
    temporary.replace(link)
